"""One plan carried out before the eyes of whoever reads: events as lines, progress, and what an interruption left."""

import asyncio
import json
import time
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from tui.cli.exits import Exit
from tui.cli.narration import narrate, result_line
from tui.cli.output import Console
from tui.cli.pace import DRAWN_EVERY, TOLD_EVERY, Pace, progress_line
from tui.domain.events import (
    BlobAdvanced,
    PromotionCancelled,
    PromotionFailed,
    PromotionRefused,
    PromotionSucceeded,
    Recorded,
    Step,
)
from tui.domain.plan import Plan
from tui.domain.progress import Progress
from tui.domain.wire import to_json
from tui.ports.errors import NotFound, RegistryError
from tui.usecases.workbench import Workbench

_PATIENCE: Final = 10.0
"""Seconds that the look at the target may take after an interruption."""


@dataclass(slots=True)
class Teller:
    """Tells the events of promotions, as JSON on stdout or as lines on stderr."""

    console: Console
    as_json: bool
    progress: Progress | None = None
    pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        self.pace = Pace(time.monotonic, DRAWN_EVERY if self.console.shows_progress else TOLD_EVERY)

    def tell(self, record: Recorded, plan: Plan) -> None:
        """Tells one event."""
        if self.as_json:
            self.console.document(json.dumps(to_json(record)))
            return
        if self.progress is None or self.progress.promotion != record.promotion:
            self.progress = Progress.begin(record)
        else:
            self.progress = self.progress.advance(record)
        if isinstance(record.event, BlobAdvanced):
            self._show(self.progress)
            return
        self.console.say(narrate(record))
        if isinstance(record.event, PromotionSucceeded):
            self.console.data(result_line(plan))

    def _show(self, progress: Progress) -> None:
        if self.pace.is_due():
            (self.console.progress if self.console.shows_progress else self.console.say)(progress_line(progress))


async def carry_out(bench: Workbench, plan: Plan, teller: Teller) -> Exit:
    """Carries out `plan`, tells every event, and gives the exit code of its ending. Raises JournalError."""
    last: Recorded | None = None
    try:
        async with aclosing(bench.promote(plan)) as records:
            async for last in records:
                teller.tell(last, plan)
    except asyncio.CancelledError:
        if last is not None:
            teller.tell(replace(last, at=datetime.now(UTC), event=PromotionCancelled()), plan)
        teller.console.say(f"interrupted; {await _what_is_left(bench, plan)}")
        return Exit.INTERRUPTED
    return exit_of(last)


def exit_of(record: Recorded | None) -> Exit:
    """The exit code that an ending means."""
    match record.event if record else None:
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
    except (RegistryError, TimeoutError, asyncio.CancelledError) as error:
        if isinstance(error, NotFound) and before is None:
            return f"{plan.target} is as it was: missing"
        return f"{plan.target} could not be read back: look at it before relying on it"
    now = details.descriptor.digest
    return f"{plan.target} is as it was: {now}" if now == before else f"{plan.target} was written: it now holds {now}"
