"""A promotion's events as lines of text: pure."""

from typing import assert_never

from tui.domain import amounts
from tui.domain.events import (
    BlobAdvanced,
    LineLogged,
    PromotionCancelled,
    PromotionFailed,
    PromotionRefused,
    PromotionStarted,
    PromotionSucceeded,
    Recorded,
    StepStarted,
    TagLocked,
    TagMoved,
    TagUnlocked,
    Verified,
)
from tui.domain.plan import Plan


def narrate(record: Recorded) -> str:
    """The line that tells `record`; empty for the advance of a blob, which is told as progress."""
    match record.event:
        case PromotionStarted(engine, overwrites, size):
            there = f"over {overwrites}" if overwrites else "where nothing is yet"
            return f"{record.source} to {record.target}, {there}: {engine}, {amounts.size(size)}"
        case StepStarted(step, detail):
            return f"{step:<6} {detail}".rstrip()
        case LineLogged(text):
            return f"       {text}"
        case TagMoved(old, new):
            return f"       tag moved from {old or 'nothing'} to {new}"
        case Verified(digest):
            return f"       verified {digest}"
        case TagLocked(digest):
            return f"       locked at {digest}"
        case TagUnlocked(digest):
            return f"       unlocked at {digest}"
        case BlobAdvanced():
            return ""
        case PromotionSucceeded() | PromotionRefused() | PromotionFailed() | PromotionCancelled():
            return tell_ending(record.event)
        case _:
            assert_never(record.event)


def tell_ending(event: PromotionSucceeded | PromotionRefused | PromotionFailed | PromotionCancelled) -> str:
    """How it ended, with the reason."""
    match event:
        case PromotionSucceeded(seconds):
            return f"done in {seconds:.1f} s"
        case PromotionRefused(gate, reason, remedy):
            return f"refused by {gate}: {reason}" + (f"; {remedy}" if remedy else "")
        case PromotionFailed(operation, side, cause):
            return f"failed: {operation} ({side}): {cause}"
        case PromotionCancelled():
            return "cancelled"
        case _:
            assert_never(event)


def result_line(plan: Plan) -> str:
    """The line on stdout for a promotion that succeeded."""
    return f"{plan.request.target.name} {plan.target}@{plan.digest}"
