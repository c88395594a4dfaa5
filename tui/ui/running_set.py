"""A confirmed set of plans under way."""

from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import assert_never

from tui.domain.events import (
    Ending,
    PromotionCancelled,
    PromotionFailed,
    PromotionRefused,
    PromotionSucceeded,
    Recorded,
)
from tui.domain.plan import Effect, Plan
from tui.domain.reference import Reference, Repository
from tui.domain.verdict import Consent
from tui.ports.journal import Clock
from tui.ui.messages import PromotionAdvanced, Said
from tui.ui.naming import enumerated, name
from tui.ui.under_way import UnderWay
from tui.usecases.workbench import Workbench

Tell = Callable[[PromotionAdvanced | Said], object]


class RunningSet:
    """Carries out `plans`, each with a target of its own, by which records are matched to plans."""

    def __init__(self, plans: Sequence[Plan], consent: Consent, workbench: Workbench, clock: Clock, tell: Tell) -> None:
        self._plans = tuple(plans)
        self._consent = consent
        self._workbench = workbench
        self._tell = tell
        self._waiting = {plan.target: plan for plan in plans}
        self._under_way = UnderWay(tell, clock)
        self._endings: dict[Reference, Ending] = {}

    @property
    def waiting(self) -> tuple[Plan, ...]:
        """Those that have not begun."""
        return tuple(self._waiting.values())

    @property
    def touched(self) -> tuple[Repository, ...]:
        """The repositories of those that have begun."""
        begun = (plan for plan in self._plans if plan.target not in self._waiting)
        return tuple(dict.fromkeys(plan.request.repository for plan in begun))

    @property
    def undone(self) -> tuple[Plan, ...]:
        """Those that have begun and did not end well, or not yet."""
        return tuple(plan for plan in self._plans if plan.target not in self._waiting and not self._is_done(plan))

    async def run(self) -> None:
        """Ends when all have ended; one that fails stops no other. Raises JournalError, which stops them all."""
        try:
            async with aclosing(self._workbench.promote_all(self._plans, self._consent)) as records:
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
        self._under_way.take_in(record)

    def _is_done(self, plan: Plan) -> bool:
        return isinstance(self._endings.get(plan.target), PromotionSucceeded)

    def tell_result(self) -> None:
        """How a set ended: a line for each of its promotions, whose own endings have scrolled away by then, and one
        for all."""
        done, number = sum(map(self._is_done, self._plans)), len(self._plans)
        if number < 2:
            return
        for plan in self._plans:
            if plan.target not in self._waiting:
                self._tell(Said(f"{name(plan.target, self._workbench.path)}: {self._fate(plan)}", self._kind(plan)))
        if done == number:
            self._tell(Said(f"the whole set is done: {number} promotions"))
            return
        begun = f"; not begun: {len(self._waiting)}" if self._waiting else ""
        names = [f"{plan.request.repository}:{plan.request.target_tag}" for plan in self.undone]
        named = f"; NOT DONE, see above: {enumerated(names)}" if names else ""
        self._tell(Said(f"{done} of {number} promotions are done and verified{named}{begun}", "error"))

    def _kind(self, plan: Plan) -> str:
        return "info" if self._is_done(plan) else "warning"

    def _fate(self, plan: Plan) -> str:
        ending = self._endings.get(plan.target)
        match ending:
            case PromotionSucceeded():
                return "already there" if plan.effect is Effect.NOTHING else "done"
            case PromotionRefused(gate):
                return f"refused by {gate}"
            case PromotionFailed(_, _, cause):
                return f"failed: {cause}"
            case PromotionCancelled() | None:
                return "cancelled"
            case _:
                assert_never(ending)
