"""`windlass follow`: promoting new tags as they appear, until it is stopped."""

import asyncio
import json
import os
from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, assert_never

from tui.cli.commands_trusting import FollowCommand
from tui.cli.confirm import Ask, ask_keyboard, is_confirmed
from tui.cli.exits import Exit, UsageError
from tui.cli.hoist import Teller, exit_of
from tui.cli.notices import tell_notices
from tui.cli.opening import Opener, opener_for
from tui.cli.output import Console
from tui.cli.running import run_until_signalled
from tui.domain import amounts
from tui.domain.environment import PromotionPath
from tui.domain.events import Ending
from tui.domain.follow import Advanced, Began, FollowEvent, Looked, Unread, Waits
from tui.domain.timestamps import format_timestamp
from tui.usecases.following import Follow, followers

_LEFT: Final = "following ends; no tag is half written"
_MEND: Final = "write follow = true under the [[environment]] that is to take new tags from the one before"


def run_follow(command: FollowCommand, console: Console) -> Exit:
    """Follows where the settings say so. Raises SettingsError, UsageError."""
    return run_until_signalled(follow(command, console, opener_for(command.common)), console, _LEFT)


async def follow(command: FollowCommand, console: Console, opener: Opener, ask: Ask = ask_keyboard) -> Exit:
    """Follows on the workbench that `opener` opens. Raises UsageError, JournalError."""
    wake = asyncio.Event()
    async with opener() as bench, _heard(command, wake, console):
        tell_notices(bench, console)
        _say_who(bench.path, console)
        if not command.is_confirmed and not await _agreed(bench.path, console, ask):
            return Exit.REFUSED
        teller = _Teller(console, as_json=command.as_json, path=bench.path)
        how = Follow(command.every, command.is_once, command.catches_up)
        async with aclosing(bench.follow(how, wake)) as events:
            async for event in events:
                teller.tell(event)
    return teller.result


def _say_who(path: PromotionPath, console: Console) -> None:
    found = followers(path)
    if not found:
        raise UsageError(f"no environment follows another: {_MEND}")
    for each in found:
        before = path.before(each.name)
        console.say(f"{each.name} follows {before.name if before else 'nobody'}")


async def _agreed(path: PromotionPath, console: Console, ask: Ask) -> bool:
    """True where everybody who is protected may be written without being asked again."""
    for each in followers(path):
        what = f"following will promote to {each.name} by itself"
        if each.protected and not await is_confirmed(console, each, what, ask):
            return False
    return True


@asynccontextmanager
async def _heard(command: FollowCommand, wake: asyncio.Event, console: Console) -> AsyncGenerator[None, None]:
    """Sets `wake` whenever a webhook arrives, where that was asked for."""
    if command.port is None:
        yield
        return
    async with _listener(command.port, _secret(command.secret_env), wake) as port:
        console.say(f"listening on http://127.0.0.1:{port}/ for webhooks with the secret in ${command.secret_env}")
        yield


def _listener(port: int, secret: str, wake: asyncio.Event) -> AbstractAsyncContextManager[int]:
    from tui.notify.listener import listening

    return listening(port, secret, wake.set)


def _secret(variable: str) -> str:
    secret = os.environ.get(variable, "").strip()
    if not secret:
        raise UsageError(f"--secret-env {variable}: there is no such variable, or it is empty; set it to the secret")
    return secret


@dataclass(slots=True)
class _Teller:
    """Tells what happens: promotions as `promote` does, the rest as lines of its own."""

    console: Console
    as_json: bool
    path: PromotionPath
    result: Exit = Exit.DONE
    """What `--once` ends with: how the first promotion ended that did not succeed."""
    promotions: Teller = field(init=False)

    def __post_init__(self) -> None:
        self.promotions = Teller(self.console, self.as_json, names_images=True)

    def tell(self, event: FollowEvent) -> None:
        """Tells one event."""
        match event:
            case Advanced(record, plan):
                self.promotions.tell(record, plan)
                if isinstance(record.event, Ending) and self.result is Exit.DONE:
                    self.result = exit_of(record)
            case Unread():
                self.result = Exit.INCOMPLETE if self.result is Exit.DONE else self.result
                self._say(event)
            case Began() | Looked() | Waits():
                self._say(event)
            case _:
                assert_never(event)

    def _say(self, event: Began | Looked | Waits | Unread) -> None:
        if self.as_json:
            self.console.document(json.dumps(_document(event)))
        elif line := _line(event):
            self.console.say(line)


def _line(event: Began | Looked | Waits | Unread) -> str:
    """For people; empty where there is nothing worth saying."""
    match event:
        case Began(environment, known):
            known_already = f"{amounts.count(known, 'tag')} known already" if known else "everything it lacks is new"
            return f"{environment}: following begins; {known_already}"
        case Looked(new, next_at):
            return "nothing new" if not new and next_at is None else ""
        case Waits(target, _, reason, is_final):
            return f"{'left to you' if is_final else 'waits'}: {target}: {reason}"
        case Unread(environment, cause):
            return f"not read: {environment}: {cause}; the next look tries again"
        case _:
            assert_never(event)


def _document(event: Began | Looked | Waits | Unread) -> dict[str, Any]:
    document: dict[str, Any] = {"event": type(event).__name__, "at": format_timestamp(datetime.now(UTC))}
    match event:
        case Began(environment, known):
            return document | {"environment": environment, "known": known}
        case Looked(new, next_at):
            return document | {"new": new, "next_at": format_timestamp(next_at) if next_at else None}
        case Waits(target, digest, reason, is_final):
            told = {"target": str(target), "digest": str(digest) if digest else None}
            return document | told | {"reason": reason, "final": is_final}
        case Unread(environment, cause):
            return document | {"environment": environment, "cause": cause}
        case _:
            assert_never(event)
