"""Plans carried out before the eyes of whoever reads: events as lines, progress, and what an interruption left."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from tui.cli.exits import Exit
from tui.cli.narration import narrate, other_refusals, result_line, untold_text
from tui.cli.output import Console
from tui.cli.pace import DRAWN_EVERY, TOLD_EVERY, Pace, progress_line
from tui.domain.environment import EngineName
from tui.domain.events import (
    BlobAdvanced,
    Ending,
    HookFailed,
    PromotionCancelled,
    PromotionFailed,
    PromotionRefused,
    PromotionSucceeded,
    Recorded,
    Step,
    StepStarted,
)
from tui.domain.plan import Plan, consent_to
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
    """By promotion, as long as it is under way; as it was when it was shown last."""
    since: dict[str, list[Recorded]] = field(default_factory=dict[str, list[Recorded]])
    """By promotion, what happened since then: most of it is never shown."""
    untold: Counter[str] = field(default_factory=Counter[str])
    """By promotion, the hooks that could not be told."""
    pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        self.pace = Pace(time.monotonic, DRAWN_EVERY if self.console.shows_progress else TOLD_EVERY)

    def tell(self, record: Recorded, plan: Plan) -> None:
        """Tells one event."""
        if isinstance(record.event, HookFailed):
            self.untold[record.promotion] += 1
        if self.as_json:
            self.console.document(json.dumps(to_json(record)))
            if isinstance(record.event, PromotionRefused | PromotionFailed):
                self._say(record, plan)
            return
        self._keep(record)
        if isinstance(record.event, BlobAdvanced):
            if self.pace.is_due():
                self._show(plan, self._advanced(record.promotion))
            return
        self._say(record, plan)
        if isinstance(record.event, PromotionSucceeded):
            self.console.data(result_line(plan))

    def _say(self, record: Recorded, plan: Plan) -> None:
        """What happened; of a refusal all gates that refuse, of an ending also what nobody was told."""
        match record.event:
            case PromotionRefused():
                lines = (narrate(record), *other_refusals(record.event, plan.refusals))
            case PromotionSucceeded():
                lines = (narrate(record) + untold_text(self.untold.pop(record.promotion, 0)),)
            case _:
                lines = (narrate(record),)
        for line in lines:
            self.console.say(self._prefix(plan) + line)

    def _prefix(self, plan: Plan) -> str:
        return f"{plan.request.repository}:{plan.request.tag}  " if self.names_images else ""

    def _keep(self, record: Recorded) -> None:
        if isinstance(record.event, Ending):
            self.progress.pop(record.promotion, None)
            self.since.pop(record.promotion, None)
        else:
            self.since.setdefault(record.promotion, []).append(record)

    def _advanced(self, promotion: str) -> Progress:
        """How far it is by now."""
        records = self.since.pop(promotion)
        known = self.progress.get(promotion)
        progress = known.advance(records[0]) if known else Progress.begin(records[0])
        for record in records[1:]:
            progress = progress.advance(record)
        self.progress[promotion] = progress
        return progress

    def _show(self, plan: Plan, progress: Progress) -> None:
        line = self._prefix(plan) + progress_line(progress)
        (self.console.progress if self.console.shows_progress else self.console.say)(line)


@dataclass(slots=True)
class Course:
    """How far promotions came, by their target: the last event of each, and which of them began to write the tag."""

    last: dict[Reference, Recorded] = field(default_factory=dict[Reference, Recorded])
    writing: set[Reference] = field(default_factory=set[Reference])
    is_interrupted: bool = False
    untold: int = 0
    """Hooks that could not be told."""

    def take(self, record: Recorded) -> None:
        """Goes on by one event."""
        self.untold += isinstance(record.event, HookFailed)
        self.last[record.target] = record
        if isinstance(record.event, StepStarted) and record.event.step is Step.TAG:
            self.writing.add(record.target)

    def is_under_way(self, plan: Plan) -> bool:
        """True from its first event until its ending."""
        return plan.target in self.last and not isinstance(self.last[plan.target].event, Ending)

    def ending(self, plan: Plan) -> Ending | None:
        """How `plan` ended; None where it was not begun."""
        event = self.last[plan.target].event if plan.target in self.last else None
        if event is None or isinstance(event, Ending):
            return event
        return PromotionCancelled()

    def exit_of(self, plan: Plan) -> Exit:
        """The exit code of how `plan` ended; what was not begun did not fail."""
        record = self.last.get(plan.target)
        return exit_of(record) if record else Exit.DONE

    def doubt(self, plan: Plan) -> str:
        """What to say of a tag that is as it was. Only an import that sets it goes on when it is not waited for."""
        is_set_by_azure = plan.forecast.engine is EngineName.ACR_IMPORT and plan.target in self.writing
        return "; Azure may still set it: look again later" if is_set_by_azure else ""


async def carry_out(bench: Workbench, plans: Sequence[Plan], teller: Teller) -> Exit:
    """Carries out `plans` and tells every event; the exit code of the first that did not succeed, in their order.

    Their targets must differ. Raises JournalError.
    """
    course = await carry_out_all(bench, plans, teller)
    if course.is_interrupted:
        _tell_left(plans, course, teller.console)
        return Exit.INTERRUPTED
    return next((code for code in map(course.exit_of, plans) if code is not Exit.DONE), Exit.DONE)


async def carry_out_all(bench: Workbench, plans: Sequence[Plan], teller: Teller) -> Course:
    """Carries out `plans` and tells every event; how each of them ended. An interruption ends here.

    Their targets must differ. Who calls this has the consent to whatever the plans ask. Raises JournalError.
    """
    course = Course()
    by_target = {plan.target: plan for plan in plans}
    try:
        async with aclosing(bench.promote_all(plans, consent_to(plans))) as records:
            async for record in records:
                course.take(record)
                teller.tell(record, by_target[record.target])
    except asyncio.CancelledError:
        course.is_interrupted = True
        for plan in filter(course.is_under_way, plans):
            teller.tell(replace(course.last[plan.target], at=datetime.now(UTC), event=PromotionCancelled()), plan)
        await _tell_stop(bench, plans, course, teller.console)
    except JournalError:
        await _tell_stop(bench, plans, course, teller.console)
        _tell_left(plans, course, teller.console)
        raise
    return course


async def _tell_stop(bench: Workbench, plans: Sequence[Plan], course: Course, console: Console) -> None:
    """Says what the targets now hold, looked at side by side. A second interruption ends the looking."""
    stopped = [plan for plan in plans if course.is_under_way(plan)]
    try:
        found = await gather_all(*(_what_is_left(bench, plan, course) for plan in stopped))
    except asyncio.CancelledError:
        found = [_unread(plan) for plan in stopped]
    for told in found:
        console.say(f"interrupted; {told}")


def _tell_left(plans: Sequence[Plan], course: Course, console: Console) -> None:
    for plan in plans:
        if plan.target not in course.last:
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


async def _what_is_left(bench: Workbench, plan: Plan, course: Course) -> str:
    """What the target's tag holds after an interruption, looked at rather than assumed."""
    before = plan.current.digest if plan.current else None
    request = plan.request
    try:
        async with asyncio.timeout(_PATIENCE):
            details = await bench.inspect(request.target, request.repository, request.target_tag)
    except (RegistryError, TimeoutError) as error:
        if isinstance(error, NotFound) and before is None:
            return f"{plan.target} is as it was: missing{course.doubt(plan)}"
        return _unread(plan)
    now = details.descriptor.digest
    if now != before:
        return f"{plan.target} was written: it now holds {now}"
    return f"{plan.target} is as it was: {now}{course.doubt(plan)}"


def _unread(plan: Plan) -> str:
    return f"{plan.target} could not be read back: look at it before relying on it"
