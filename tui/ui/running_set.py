"""A confirmed set of plans under way."""

from collections.abc import Callable
from contextlib import aclosing
from typing import Final

from tui.domain import amounts
from tui.domain.events import Ending, HookFailed, PromotionSucceeded, Recorded
from tui.domain.plan import Plan
from tui.domain.reference import Reference, Repository
from tui.ports.journal import Clock
from tui.ui.messages import PromotionAdvanced, Said
from tui.ui.plan_answer import Confirmed
from tui.ui.requests import is_undo
from tui.ui.set_result import set_lines
from tui.ui.under_way import UnderWay
from tui.usecases.workbench import Workbench

UNDONE: Final = "undone; z on the board goes on to the last promotion that was not undone"
"""What is told after one was taken back: each `z` undoes one."""

Tell = Callable[[PromotionAdvanced | Said], object]


class RunningSet:
    """Carries out what was confirmed: plans, each with a target of its own, by which records are matched to them."""

    def __init__(self, confirmed: Confirmed, workbench: Workbench, clock: Clock, tell: Tell) -> None:
        self._confirmed = confirmed
        self._workbench = workbench
        self._tell = tell
        self._waiting = {plan.target: plan for plan in confirmed.plans}
        self._under_way = UnderWay(tell, clock)
        self._endings: dict[Reference, Ending] = {}
        self._untold = 0

    @property
    def waiting(self) -> tuple[Plan, ...]:
        """Those that have not begun."""
        return tuple(self._waiting.values())

    @property
    def touched(self) -> tuple[Repository, ...]:
        """The repositories of those that have begun."""
        begun = (plan for plan in self._confirmed.plans if plan.target not in self._waiting)
        return tuple(dict.fromkeys(plan.request.repository for plan in begun))

    async def run(self) -> None:
        """Ends when all have ended; one that fails stops no other. Raises JournalError, which stops them all."""
        try:
            async with aclosing(self._workbench.promote_all(self._confirmed.plans, self._confirmed.consent)) as records:
                async for record in records:
                    self._take_in(record)
        finally:
            self._under_way.tell_cancelled()

    def _take_in(self, record: Recorded) -> None:
        begun = self._waiting.pop(record.target, None)
        if begun is not None:
            self._tell(Said(begun.command, "command"))
        if isinstance(record.event, Ending):
            self._endings[record.target] = record.event
        self._untold += isinstance(record.event, HookFailed)
        self._under_way.take_in(record)

    def tell_result(self) -> None:
        """How it ended, where it is more than one: their own endings have scrolled away by then. That more can be
        undone, where something was."""
        asked, ended = self._confirmed, {target: self._endings.get(target) for target in self._begun}
        if len(asked.plans) + len(asked.unplanned) > 1:
            for said in set_lines(asked.plans, ended, asked.unplanned, self._workbench.path):
                self._tell(said)
        if self._untold:
            self._tell(Said(f"{amounts.count(self._untold, 'hook')} could NOT be told, see above", "error"))
        if any(is_undo(plan.request) and self._is_done(plan) for plan in asked.plans):
            self._tell(Said(UNDONE))

    def _is_done(self, plan: Plan) -> bool:
        return isinstance(self._endings.get(plan.target), PromotionSucceeded)

    @property
    def _begun(self) -> tuple[Reference, ...]:
        return tuple(plan.target for plan in self._confirmed.plans if plan.target not in self._waiting)
