"""`windlass undo`: look for what undoes a promotion, show it, ask, then carry it out.

What was replaced is put back by a promotion like any other; a tag that the promotion created is taken away.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import aclosing
from typing import Any, Final, assert_never

from tui.cli.commands_trusting import UndoCommand
from tui.cli.confirm import Ask, ask_keyboard, is_confirmed
from tui.cli.exits import Exit
from tui.cli.hoist import Teller, carry_out, exit_of
from tui.cli.narration import narrate, other_refusals
from tui.cli.notices import tell_notices
from tui.cli.opening import Opener, opener_for
from tui.cli.output import Console
from tui.cli.plan import print_plans, show_plans, tell_unplanned
from tui.cli.plan_text import verdict_text
from tui.cli.planning import exit_for, make_plans
from tui.cli.running import run_until_signalled
from tui.cli.schema import SCHEMA
from tui.domain.events import PromotionFailed, PromotionRefused, Recorded
from tui.domain.plan import Plan, Request
from tui.domain.verdict import Verdict
from tui.domain.wire import to_json
from tui.usecases.undoing import Untagging
from tui.usecases.workbench import Workbench

_LEFT: Final = "the target's tags are as they were"


def run_undo(command: UndoCommand, console: Console) -> Exit:
    """Opens what the settings say and undoes, or plans it. Raises SettingsError, UsageError."""
    return run_until_signalled(undo(command, console, opener_for(command.common)), console, _LEFT)


async def undo(command: UndoCommand, console: Console, opener: Opener, ask: Ask = ask_keyboard) -> Exit:
    """Undoes, on the workbench that `opener` opens. Raises CannotUndo, RegistryError, JournalError."""
    async with opener() as bench:
        tell_notices(bench, console)
        found = await bench.undoing(command.promotion)
        match found:
            case Request():
                return await _put_back(bench, found, command, console, ask)
            case Untagging():
                return await _take_away(bench, found, command, console, ask)
            case _:
                assert_never(found)


async def _put_back(bench: Workbench, request: Request, command: UndoCommand, console: Console, ask: Ask) -> Exit:
    plans = await make_plans(bench, [request])
    if command.only_plan:
        print_plans(plans, console, as_json=command.as_json)
        return exit_for(plans)
    tell_unplanned(plans, console)
    made = [plan for plan in plans if isinstance(plan, Plan)]
    if not made:
        return Exit.FAILED
    is_agreed = command.is_confirmed or bool(made[0].refusals)  # what a gate refuses is only journalled
    if not is_agreed:
        show_plans(made, console.say)
        what = f"{request.occasion} in {request.target.name}"
        is_agreed = await is_confirmed(console, request.target, what, ask, made[0].questions)
    return await carry_out(bench, made, Teller(console, as_json=command.as_json)) if is_agreed else Exit.REFUSED


async def _take_away(bench: Workbench, untagging: Untagging, command: UndoCommand, console: Console, ask: Ask) -> Exit:
    if command.only_plan:
        _print(untagging, console, as_json=command.as_json)
        return Exit.REFUSED if untagging.refusals else Exit.DONE
    is_agreed = command.is_confirmed or bool(untagging.refusals)
    if not is_agreed:
        for line in untagging_lines(untagging):
            console.say(line)
        what = f"take {untagging.repository}:{untagging.tag} away from {untagging.environment.name}"
        is_agreed = await is_confirmed(console, untagging.environment, what, ask, untagging.questions)
    return await _untag(bench, untagging, command, console) if is_agreed else Exit.REFUSED


async def _untag(bench: Workbench, untagging: Untagging, command: UndoCommand, console: Console) -> Exit:
    last: Recorded | None = None
    try:
        async with aclosing(bench.untag(untagging, untagging.consent)) as records:
            async for last in records:
                _tell(last, untagging, command, console)
    except asyncio.CancelledError:
        console.say(f"interrupted; look whether {untagging.reference} is there before relying on it")
        return Exit.INTERRUPTED
    ending = exit_of(last) if last else Exit.FAILED
    if ending is Exit.DONE and not command.as_json:
        console.data(f"{untagging.environment.name} {untagging.reference}@{untagging.digest} taken away")
    return ending


def _tell(record: Recorded, untagging: Untagging, command: UndoCommand, console: Console) -> None:
    if command.as_json:
        console.document(json.dumps(to_json(record)))
    if not command.as_json or isinstance(record.event, PromotionRefused | PromotionFailed):
        console.say(narrate(record))
    if isinstance(record.event, PromotionRefused):
        for line in other_refusals(record.event, untagging.refusals):
            console.say(line)


def _print(untagging: Untagging, console: Console, *, as_json: bool) -> None:
    if as_json:
        console.document(json.dumps(_document(untagging), indent=2))
        return
    for line in untagging_lines(untagging):
        console.data(line)


def untagging_lines(untagging: Untagging) -> Iterator[str]:
    """Everything an operator should know before saying yes."""
    environment = untagging.environment
    name = f"{environment.name} (protected)" if environment.protected else environment.name
    yield f"{untagging.repository}:{untagging.tag}  taken away from {name}"
    yield f"  undoes    {untagging.past.promotion}, which created the tag"
    yield f"  tag       {untagging.reference}"
    yield f"  holds     {untagging.digest}: the image stays, under its digest"
    for verdict in untagging.verdicts:
        yield f"  gate      {verdict_text(verdict)}"
    yield f"  command   {_command(untagging)}"


def _document(untagging: Untagging) -> dict[str, Any]:
    """The JSON document of a tag that is to be taken away."""
    return {
        "schema": SCHEMA,
        "plans": [],
        "errors": [],
        "untagging": {
            "promotion": untagging.past.promotion,
            "environment": untagging.environment.name,
            "repository": untagging.repository,
            "tag": untagging.tag,
            "digest": str(untagging.digest),
            "target": str(untagging.reference),
            "gates": [_verdict(verdict) for verdict in untagging.verdicts],
            "refused": bool(untagging.refusals),
            "command": _command(untagging),
        },
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    document = {"gate": verdict.gate, "passed": verdict.passed, "asks": verdict.asks, "reason": verdict.reason}
    return document | ({"remedy": verdict.remedy} if verdict.remedy else {})


def _command(untagging: Untagging) -> str:
    return f"windlass undo {untagging.past.promotion}"
