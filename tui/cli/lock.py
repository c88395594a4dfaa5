"""`windlass lock` and `windlass unlock`: ask, then change one tag's lock after the other.

The first that cannot be changed ends the run and decides the exit code.
"""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from tui.cli.commands_writing import LockCommand
from tui.cli.confirm import Ask, ask_keyboard, is_confirmed
from tui.cli.exits import Exit, UsageError
from tui.cli.narration import narrate
from tui.cli.notices import tell_notices
from tui.cli.opening import Opener, opener_for
from tui.cli.output import Console
from tui.cli.planning import find_environment
from tui.cli.running import run_until_signalled
from tui.domain import amounts
from tui.domain.environment import Environment
from tui.domain.events import Event, PromotionFailed, PromotionRefused, Recorded, TagLocked, TagUnlocked
from tui.domain.reference import Reference, Repository, Tag
from tui.domain.wire import to_json
from tui.usecases.locks import LOCK
from tui.usecases.workbench import Workbench

_LEFT: Final = "no lock was changed"
_MEANINGS: Final = {
    True: "nobody moves or deletes it until it is unlocked, promotions among them",
    False: "anybody with push rights can then move or delete it",
}


def run_lock(command: LockCommand, console: Console) -> Exit:
    """Opens what the settings say and locks, or unlocks. Raises SettingsError, UsageError."""
    return run_until_signalled(lock(command, console, opener_for(command.common)), console, _LEFT)


async def lock(command: LockCommand, console: Console, opener: Opener, ask: Ask = ask_keyboard) -> Exit:
    """Locks, or unlocks, on the workbench that `opener` opens. Raises UsageError, JournalError."""
    async with opener() as bench:
        tell_notices(bench, console)
        environment = find_environment(bench.path, "--in", command.environment)
        if not command.is_confirmed and not await _agreed(command, environment, console, ask):
            return Exit.REFUSED
        for at, (repository, tag) in enumerate(command.images):
            ending = await _change(bench, environment.reference(repository, tag), command, at, console)
            if ending is not Exit.DONE:
                _tell_left(command.images[at + 1 :], console)
                return ending
        return Exit.DONE


async def _agreed(command: LockCommand, environment: Environment, console: Console, ask: Ask) -> bool:
    for repository, tag in command.images:
        reference = environment.reference(repository, tag)
        console.say(f"{_verb(command)} {reference}: {_MEANINGS[command.locks]}")
    what = f"{_verb(command)} {amounts.count(len(command.images), 'tag')} in {environment.name}"
    return await is_confirmed(console, environment, what, ask)


async def _change(bench: Workbench, reference: Reference, command: LockCommand, at: int, console: Console) -> Exit:
    last: Recorded | None = None
    try:
        async with aclosing(_records(bench, command, at)) as records:
            async for last in records:
                _tell(last, command, console)
    except asyncio.CancelledError:
        console.say(f"interrupted; look whether {reference} is locked before relying on it")
        return Exit.INTERRUPTED
    ending = _exit_of(last)
    if ending is Exit.DONE and not command.as_json:
        console.data(_result(last, reference, command))
    return ending


def _records(bench: Workbench, command: LockCommand, at: int) -> AsyncGenerator[Recorded, None]:
    environment = find_environment(bench.path, "--in", command.environment)
    return (bench.lock if command.locks else bench.unlock)(environment, *command.images[at])


def _tell(record: Recorded, command: LockCommand, console: Console) -> None:
    is_bad = isinstance(record.event, PromotionRefused | PromotionFailed)
    if command.as_json:
        console.document(json.dumps(to_json(record)))
    if (is_bad or not command.as_json) and not _has_no_locks(record.event):
        console.say(narrate(record))


def _has_no_locks(event: Event) -> bool:
    """True where the registry has no locks to change, which is told as wrong usage."""
    return isinstance(event, PromotionRefused) and event.gate == LOCK


def _exit_of(last: Recorded | None) -> Exit:
    """The exit code of the last event. Raises UsageError where the registry has no locks."""
    match last.event if last else None:
        case PromotionRefused(gate=gate, reason=reason, remedy=remedy) if gate == LOCK:
            raise UsageError(f"{reason}; {remedy}")
        case PromotionRefused():
            return Exit.REFUSED
        case PromotionFailed() | None:
            return Exit.FAILED
        case _:
            return Exit.DONE


def _result(last: Recorded | None, reference: Reference, command: LockCommand) -> str:
    """The line on stdout: where, which, and how it now stands; with the digest where it was changed."""
    held = f"@{last.event.digest}" if last and isinstance(last.event, TagLocked | TagUnlocked) else ""
    return f"{command.environment} {reference}{held} {_verb(command)}ed"


def _verb(command: LockCommand) -> str:
    return "lock" if command.locks else "unlock"


def _tell_left(images: tuple[tuple[Repository, Tag], ...], console: Console) -> None:
    for repository, tag in images:
        console.say(f"not begun: {repository}:{tag}")
