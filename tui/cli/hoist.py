"""Plans carried out before the eyes of whoever reads: events as lines, progress, and what an interruption left."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from tui.cli.exits import Exit
from tui.cli.narration import narrate, result_line
from tui.cli.output import Console
from tui.cli.pace import DRAWN_EVERY, TOLD_EVERY, Pace, progress_line
from tui.domain.environment import EngineName
from tui.domain.events import (
    BlobAdvanced,
    Ending,
    PromotionCancelled,
    PromotionFailed,
    PromotionRefused,
    PromotionSucceeded,
    Recorded,
    Step,
)
from tui.domain.plan import Plan
from tui.domain.progress import Progress
from tui.domain.reference import Reference
from tui.domain.wire import to_json
from tui.ports.errors import JournalError, NotFound, RegistryError
from tui.usecases.concurrency import gather_all
from tui.usecases.workbench import Workbench

_PATIENCE: Final = 10.0
"""Seconds that the look at the target may take after an interruption."""


@dataclass(slots=True)
class Teller:
    """Tells the events of promotions, as JSON on stdout or as lines on stderr; those of several name their image."""

    console: Console
    as_json: bool
    names_images: bool = False
    progress: dict[str, Progress] = field(default_factory=dict[str, Progress])
    """By promotion, as long as it is under way."""
    pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        self.pace = Pace(time.monotonic, DRAWN_EVERY if self.console.shows_progress else TOLD_EVERY)

    def tell(self, record: Recorded, plan: Plan) -> None:
        """Tells one event."""
        if self.as_json:
            self.console.document(json.dumps(to_json(record)))
            return
        progress = self._advance(record)
        prefix = f"{plan.request.repository}:{plan.request.tag}  " if self.names_images else ""
        if isinstance(record.event, BlobAdvanced):
            self._show(prefix + progress_line(progress))
            return
        self.console.say(prefix + narrate(record))
        if isinstance(record.event, PromotionSucceeded):
            self.console.data(result_line(plan))

    def _advance(self, record: Recorded) -> Progress:
        known = self.progress.pop(record.promotion, None)
        progress = known.advance(record) if known else Progress.begin(record)
        if not progress.is_over:
            self.progress[record.promotion] = progress
        return progress

    def _show(self, line: str) -> None:
        if self.pace.is_due():
            (self.console.progress if self.console.shows_progress else self.console.say)(line)


async def carry_out(bench: Workbench, plans: Sequence[Plan], teller: Teller) -> Exit:
    """Carries out `plans` and tells every event; the exit code of the first that did not succeed, in their order.

    Their targets must differ. Raises JournalError.
    """
    last: dict[Reference, Recorded] = {}
    by_target = {plan.target: plan for plan in plans}
    try:
        async with aclosing(bench.promote_all(plans)) as records:
            async for record in records:
                last[record.target] = record
                teller.tell(record, by_target[record.target])
    except asyncio.CancelledError:
        for plan in _under_way(plans, last):
            teller.tell(replace(last[plan.target], at=datetime.now(UTC), event=PromotionCancelled()), plan)
        await _tell_stop(bench, plans, last, teller.console)
        return Exit.INTERRUPTED
    except JournalError:
        await _tell_stop(bench, plans, last, teller.console)
        raise
    _tell_left(plans, last, teller.console)
    exits = (exit_of(last[plan.target]) for plan in plans if plan.target in last)
    return next((code for code in exits if code is not Exit.DONE), Exit.DONE)


def _under_way(plans: Sequence[Plan], last: Mapping[Reference, Recorded]) -> Sequence[Plan]:
    return [plan for plan in plans if plan.target in last and not isinstance(last[plan.target].event, Ending)]


async def _tell_stop(
    bench: Workbench, plans: Sequence[Plan], last: Mapping[Reference, Recorded], console: Console
) -> None:
    """Says what the targets now hold, looked at side by side. A second interruption ends the looking."""
    stopped = _under_way(plans, last)
    try:
        found = await gather_all(*(_what_is_left(bench, plan) for plan in stopped))
    except asyncio.CancelledError:
        found = [_unread(plan) for plan in stopped]
    for told in found:
        console.say(f"interrupted; {told}")
    _tell_left(plans, last, console)


def _tell_left(plans: Sequence[Plan], last: Mapping[Reference, Recorded], console: Console) -> None:
    for plan in plans:
        if plan.target not in last:
            console.say(f"not begun: {plan.request.repository}:{plan.request.tag}")


def exit_of(record: Recorded) -> Exit:
    """The exit code that an ending means."""
    match record.event:
        case PromotionSucceeded():
            return Exit.DONE
        case PromotionRefused():
            return Exit.REFUSED
        case PromotionFailed(operation=Step.VERIFY):
            return Exit.MISMATCH
        case _:
            return Exit.FAILED


async def _what_is_left(bench: Workbench, plan: Plan) -> str:
    """What the target's tag holds after an interruption, looked at rather than assumed."""
    before = plan.current.digest if plan.current else None
    request = plan.request
    try:
        async with asyncio.timeout(_PATIENCE):
            details = await bench.inspect(request.target, request.repository, request.target_tag)
    except (RegistryError, TimeoutError) as error:
        if isinstance(error, NotFound) and before is None:
            return f"{plan.target} is as it was: missing{_may_change(plan)}"
        return _unread(plan)
    now = details.descriptor.digest
    if now != before:
        return f"{plan.target} was written: it now holds {now}"
    return f"{plan.target} is as it was: {now}{_may_change(plan)}"


def _unread(plan: Plan) -> str:
    return f"{plan.target} could not be read back: look at it before relying on it"


def _may_change(plan: Plan) -> str:
    is_import = plan.forecast.engine is EngineName.ACR_IMPORT
    return "; Azure may still end an import that it began: look again later" if is_import else ""
