"""A confirmed set of plans under way."""

from collections.abc import Callable, Sequence
from contextlib import aclosing

from tui.domain.events import Ending, PromotionCancelled, PromotionSucceeded, Recorded
from tui.domain.plan import Consent, Plan
from tui.domain.reference import Reference, Repository
from tui.ports.journal import Clock
from tui.ui.messages import PromotionAdvanced, Said
from tui.ui.naming import enumerated
from tui.usecases.workbench import Workbench

Tell = Callable[[PromotionAdvanced | Said], object]


class RunningSet:
    """Carries out `plans`, each with a target of its own, by which records are matched to plans."""

    def __init__(self, plans: Sequence[Plan], consent: Consent, workbench: Workbench, clock: Clock, tell: Tell) -> None:
        self._plans = tuple(plans)
        self._consent = consent
        self._workbench = workbench
        self._clock = clock
        self._tell = tell
        self._waiting = {plan.target: plan for plan in plans}
        self._running: dict[Reference, Recorded] = {}
        self._done: set[Reference] = set()

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
        return tuple(plan for plan in self._plans if plan.target not in {*self._waiting, *self._done})

    async def run(self) -> None:
        """Ends when all have ended; one that fails stops no other. Raises JournalError, which stops them all."""
        try:
            async with aclosing(self._workbench.promote_all(self._plans, self._consent)) as records:
                async for record in records:
                    self._take_in(record)
        finally:
            self._tell_cancelled()

    def _take_in(self, record: Recorded) -> None:
        begun = self._waiting.pop(record.target, None)
        if begun is not None:
            self._tell(Said(begun.command, "command"))
        self._running[record.target] = record
        if isinstance(record.event, Ending):
            del self._running[record.target]
        if isinstance(record.event, PromotionSucceeded):
            self._done.add(record.target)
        self._tell(PromotionAdvanced(record))

    def tell_result(self) -> None:
        """How a set ended, in one line: by then the endings of its promotions have scrolled away."""
        done, number = len(self._done), len(self._plans)
        if number > 1 and done == number:
            self._tell(Said(f"the whole set is done: {number} promotions"))
        elif number > 1:
            begun = f"; not begun: {len(self._waiting)}" if self._waiting else ""
            names = [f"{plan.request.repository}:{plan.request.target_tag}" for plan in self.undone]
            named = f"; NOT DONE, see above: {enumerated(names)}" if names else ""
            self._tell(Said(f"{done} of {number} promotions are done and verified{named}{begun}", "error"))

    def _tell_cancelled(self) -> None:
        """A stopped promotion journals its ending as it closes, when it can tell nothing any more."""
        for last in self._running.values():
            ending = Recorded(last.promotion, self._clock(), last.source, last.target, PromotionCancelled())
            self._tell(PromotionAdvanced(ending))
        self._running.clear()
