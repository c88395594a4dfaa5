"""How a set ended: a line for each of what was asked for, and one that adds them all up. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from tui.domain import amounts
from tui.domain.environment import PromotionPath
from tui.domain.events import Ending, PromotionCancelled, PromotionFailed, PromotionRefused, PromotionSucceeded
from tui.domain.plan import Effect, Plan, Request
from tui.domain.reference import Reference
from tui.ui.messages import Said
from tui.ui.naming import enumerated, name
from tui.ui.plan_answer import Unplanned


class Fate(StrEnum):
    """What became of one of a set, in the order in which they are counted."""

    DONE = "done and verified"
    THERE = "already there"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"
    NOT_BEGUN = "not begun"
    NOT_PLANNED = "not planned"

    @property
    def is_well(self) -> bool:
        """True where the target holds what it was to hold."""
        return self in (Fate.DONE, Fate.THERE)


@dataclass(frozen=True, slots=True)
class Fared:
    """What became of `request`, with the reason where there is one."""

    request: Request
    fate: Fate
    told: str

    @property
    def target(self) -> Reference:
        """The tag that was to be written."""
        return self.request.target.reference(self.request.repository, self.request.target_tag)


def fared(plan: Plan, ending: Ending | None) -> Fared:
    """What became of a promotion that has begun; without an ending it was cut short."""
    match ending:
        case PromotionSucceeded():
            there = Fared(plan.request, Fate.THERE, "already there")
            return there if plan.effect is Effect.NOTHING else Fared(plan.request, Fate.DONE, "done")
        case PromotionRefused(gate):
            gates = dict.fromkeys((gate, *(verdict.gate for verdict in plan.refusals)))
            return Fared(plan.request, Fate.REFUSED, f"refused by {', '.join(gates)}")
        case PromotionFailed(_, _, cause):
            return Fared(plan.request, Fate.FAILED, f"failed: {cause}")
        case PromotionCancelled() | None:
            return Fared(plan.request, Fate.CANCELLED, "cancelled")
        case _:
            assert_never(ending)


def set_lines(
    plans: Sequence[Plan],
    begun: Mapping[Reference, Ending | None],
    unplanned: Iterable[Unplanned],
    path: PromotionPath,
) -> tuple[Said, ...]:
    """What is said of `plans`, of which those in `begun` were begun, and of what was asked for beside them.

    Those that were not begun are only counted: how to begin them is told elsewhere.
    """
    every = [_fared(plan, begun) for plan in plans]
    every += [Fared(item.request, Fate.NOT_PLANNED, f"not planned: {item.reason}") for item in unplanned]
    told = (item for item in every if item.fate is not Fate.NOT_BEGUN)
    return (*(Said(f"{name(item.target, path)}: {item.told}", _kind(item.fate)) for item in told), _sum(every))


def _fared(plan: Plan, begun: Mapping[Reference, Ending | None]) -> Fared:
    if plan.target in begun:
        return fared(plan, begun[plan.target])
    return Fared(plan.request, Fate.NOT_BEGUN, "not begun")


def _kind(fate: Fate) -> str:
    return "info" if fate.is_well else "warning"


def _sum(every: Sequence[Fared]) -> Said:
    """`11 promotions: 5 done and verified, 3 already there, 3 not planned; NOT DONE, see above: shop/api:1.0, …`."""
    numbers = Counter(item.fate for item in every)
    counted = ", ".join(f"{numbers[fate]} {fate}" for fate in Fate if numbers[fate])
    told = f"{amounts.count(len(every), 'promotion')}: {counted}"
    undone = [f"{item.request.repository}:{item.request.target_tag}" for item in every if not item.fate.is_well]
    if not undone:
        return Said(f"the whole set is done: {told}")
    return Said(f"{told}; NOT DONE, see above: {enumerated(undone)}", "error")
