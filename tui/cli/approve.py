"""`windlass approve`: look what would be approved of, show it, ask, then approve one image after the other.

Nothing is approved unless every image can be looked at. The first that cannot be approved ends the run and decides
the exit code.
"""

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from typing import Final

from tui.cli.commands_trusting import ApproveCommand
from tui.cli.confirm import Ask, ask_keyboard, is_confirmed
from tui.cli.exits import Exit, UsageError
from tui.cli.narration import narrate
from tui.cli.notices import tell_notices
from tui.cli.opening import Opener, opener_for
from tui.cli.output import Console
from tui.cli.planning import find_environment
from tui.cli.running import run_until_signalled
from tui.domain import amounts
from tui.domain.approval import Approval
from tui.domain.environment import Environment, PromotionPath
from tui.domain.events import ApprovalGiven, PromotionFailed, PromotionRefused, Recorded
from tui.domain.reference import Repository, Tag
from tui.domain.timestamps import format_timestamp
from tui.domain.wire import to_json
from tui.ports.errors import WindlassError
from tui.usecases.approving import Approving
from tui.usecases.workbench import Workbench

_LEFT: Final = "nothing was approved"


def run_approve(command: ApproveCommand, console: Console) -> Exit:
    """Opens what the settings say and approves. Raises SettingsError, UsageError."""
    return run_until_signalled(approve(command, console, opener_for(command.common)), console, _LEFT)


async def approve(command: ApproveCommand, console: Console, opener: Opener, ask: Ask = ask_keyboard) -> Exit:
    """Approves on the workbench that `opener` opens. Raises UsageError, JournalError."""
    async with opener() as bench:
        tell_notices(bench, console)
        source, target = _ends(bench.path, command)
        looked = await _look(bench, source, target, command.images, console)
        if len(looked) < len(command.images):
            return Exit.FAILED
        if not command.is_confirmed and not await _agreed(looked, target, console, ask):
            return Exit.REFUSED
        for at, approving in enumerate(looked):
            ending = await _approve(bench, approving, command, console)
            if ending is not Exit.DONE:
                _tell_left(looked[at + 1 :], console)
                return ending
        return Exit.DONE


def _ends(path: PromotionPath, command: ApproveCommand) -> tuple[Environment, Environment]:
    """Where the images are, and where they may go. Raises UsageError."""
    target = find_environment(path, "--for", command.target)
    source = find_environment(path, "--from", command.source) if command.source else path.before(target.name)
    if source is None or target == path.base:
        raise UsageError(f"--for {target.name}: this is the base: images are built into it, not promoted")
    if source == target:
        raise UsageError(f"--from and --for are both {target.name}: an approval is given where an image comes from")
    return source, target


async def _look(
    bench: Workbench,
    source: Environment,
    target: Environment,
    images: Sequence[tuple[Repository, Tag]],
    console: Console,
) -> list[Approving]:
    """What would be approved of; why an image cannot be is told."""
    looked: list[Approving] = []
    for repository, tag in images:
        try:
            looked.append(await bench.look_at_approval(source, target, repository, tag))
        except WindlassError as error:
            console.say(f"cannot approve {repository}:{tag}: {error}")
    if looked and len(looked) < len(images):
        console.say("nothing was approved: every image must be ready before the first is")
    return looked


async def _agreed(looked: Sequence[Approving], target: Environment, console: Console, ask: Ask) -> bool:
    for approving in looked:
        for line in approving_lines(approving):
            console.say(line)
    what = f"approve {amounts.count(len(looked), 'image')} as {looked[0].by} for {target.name}"
    return await is_confirmed(console, target, what, ask)


def approving_lines(approving: Approving) -> Iterator[str]:
    """The image, pinned; for where; who approves; and who did so already."""
    yield f"{approving.repository}:{approving.tag}"
    yield f"  image    {approving.subject}"
    yield f"  for      {approving.target.title}: {approving.place}"
    yield f"  by       {approving.by}, who may then not be the one who promotes it"
    for line in map(_given, approving.given):
        yield f"  given    {line}"
    if not approving.given:
        yield "  given    no approval yet"


def _given(approval: Approval) -> str:
    remark = f": {approval.remark}" if approval.remark else ""
    return f"{approval.by} at {format_timestamp(approval.at)}{remark}"


async def _approve(bench: Workbench, approving: Approving, command: ApproveCommand, console: Console) -> Exit:
    last: Recorded | None = None
    try:
        async with aclosing(bench.approve(approving, command.remark)) as records:
            async for last in records:
                _tell(last, command, console)
    except asyncio.CancelledError:
        console.say(f"interrupted; run it again for {approving.repository}:{approving.tag}: nothing is approved twice")
        return Exit.INTERRUPTED
    ending = _exit_of(last)
    if ending is Exit.DONE and not command.as_json:
        console.data(f"{approving.target.name} {approving.subject} approved by {approving.by}")
    return ending


def _tell(record: Recorded, command: ApproveCommand, console: Console) -> None:
    if command.as_json:
        console.document(json.dumps(to_json(record)))
    if not command.as_json or isinstance(record.event, PromotionRefused | PromotionFailed):
        console.say(narrate(record))
    if not command.as_json and isinstance(record.event, ApprovalGiven):
        console.say("       it counts only for a promotion that somebody else makes")


def _exit_of(last: Recorded | None) -> Exit:
    match last.event if last else None:
        case ApprovalGiven():
            return Exit.DONE
        case PromotionRefused():
            return Exit.REFUSED
        case _:
            return Exit.FAILED


def _tell_left(looked: Sequence[Approving], console: Console) -> None:
    for approving in looked:
        console.say(f"not begun: {approving.repository}:{approving.tag}")
