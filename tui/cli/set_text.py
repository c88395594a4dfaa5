"""A set of promotions as tables of text: what each would do, and how each ended. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from tui.cli.aligned import aligned
from tui.cli.narration import untold_text
from tui.cli.planning import Unplanned
from tui.domain import amounts
from tui.domain.events import (
    Ending,
    PromotionCancelled,
    PromotionFailed,
    PromotionRefused,
    PromotionSucceeded,
    Step,
)
from tui.domain.plan import Effect, Plan
from tui.domain.text import clean

_CAUSE_WIDTH: Final = 100
_HEAD: Final = ("IMAGE", "EFFECT", "TO MOVE", "VERDICT")


class Outcome(StrEnum):
    """How a promotion of a set ended."""

    DONE = "done"
    THERE = "already there"
    REFUSED = "refused"
    FAILED = "failed"
    MISMATCH = "MISMATCH"
    CANCELLED = "cancelled"
    UNPLANNED = "not planned"
    NOT_BEGUN = "not begun"


@dataclass(frozen=True, slots=True)
class Ended:
    """A promotion of a set, how it ended, and why."""

    image: str
    outcome: Outcome
    cause: str = ""


def set_lines(plans: Sequence[Plan | Unplanned]) -> Iterator[str]:
    """A head, a line for each promotion with what it would do, and a line on all of them."""
    yield from aligned((_HEAD, *(_cells(plan) for plan in plans)))
    missing = {blob.digest: blob.size for plan in going(plans) for blob in plan.transfer.missing_blobs}
    yield f"{_how_many(plans)}: {amounts.size(sum(missing.values()))} to move, what they share once"


def going(plans: Sequence[Plan | Unplanned]) -> tuple[Plan, ...]:
    """Those that no gate refuses."""
    return tuple(plan for plan in plans if isinstance(plan, Plan) and not plan.refusals)


def told_amount(plans: Sequence[Plan | Unplanned], target: str) -> str:
    """`3 promotions to prod`, or `2 of 3 promotions (1 cannot go) to prod`."""
    return f"{_how_many(plans)} to {target}"


def _how_many(plans: Sequence[Plan | Unplanned]) -> str:
    whole = amounts.count(len(plans), "promotion")
    left = len(plans) - len(going(plans))
    return f"{len(plans) - left} of {whole} ({left} cannot go)" if left else whole


def _cells(plan: Plan | Unplanned) -> tuple[str, ...]:
    if isinstance(plan, Unplanned):
        return plan.image, "-", "-", f"not planned: {clean(plan.cause, _CAUSE_WIDTH)}"
    return image_of(plan), _effect(plan), amounts.size(plan.transfer.bytes), _verdict(plan)


def image_of(plan: Plan) -> str:
    """`shop/api:1.14.2`, and the tag at the target where that is another."""
    request = plan.request
    renamed = f" as {request.target_tag}" if request.target_tag != request.tag else ""
    return f"{request.repository}:{request.tag}{renamed}"


def _effect(plan: Plan) -> str:
    return "already there" if plan.effect is Effect.NOTHING else plan.effect.value


def _verdict(plan: Plan) -> str:
    if plan.refusals:
        return f"REFUSED by {', '.join(verdict.gate for verdict in plan.refusals)}"
    if plan.questions:
        return f"asks: {', '.join(verdict.gate for verdict in plan.questions)}"
    return "goes"


def ended(plan: Plan, event: Ending | None) -> Ended:
    """How `plan` ended; None is one that was not begun."""
    image = image_of(plan)
    match event:
        case None:
            return Ended(image, Outcome.NOT_BEGUN)
        case PromotionSucceeded():
            return Ended(image, Outcome.THERE if plan.effect is Effect.NOTHING else Outcome.DONE)
        case PromotionRefused(gate, reason):
            gates = dict.fromkeys((gate, *(verdict.gate for verdict in plan.refusals)))
            return Ended(image, Outcome.REFUSED, f"by {', '.join(gates)}: {reason}")
        case PromotionFailed(operation, side, cause):
            outcome = Outcome.MISMATCH if operation == Step.VERIFY else Outcome.FAILED
            return Ended(image, outcome, f"{operation} ({side}): {cause}")
        case PromotionCancelled():
            return Ended(image, Outcome.CANCELLED)
        case _:
            assert_never(event)


def unplanned(item: Unplanned) -> Ended:
    """The end of what never began."""
    return Ended(item.image, Outcome.UNPLANNED, item.cause)


def summary_lines(items: Sequence[Ended], target: str, untold: int) -> Iterator[str]:
    """A line for each promotion, in columns, and how many of them ended how; `untold` hooks could not be told."""
    yield from aligned([(each.image, each.outcome.value, clean(each.cause, _CAUSE_WIDTH)) for each in items])
    counts = Counter(each.outcome for each in items)
    told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
    yield f"{amounts.count(len(items), 'promotion')} to {target}: {told}{untold_text(untold)}"
