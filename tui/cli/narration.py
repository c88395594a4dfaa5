"""A promotion's events as lines of text: pure."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from tui.domain import amounts
from tui.domain.events import (
    Aftermath,
    ApprovalGiven,
    BlobAdvanced,
    HookAnswered,
    HookFailed,
    LineLogged,
    Mark,
    PromotionCancelled,
    PromotionFailed,
    PromotionNoted,
    PromotionRefused,
    PromotionStarted,
    PromotionSucceeded,
    Recorded,
    StepStarted,
    TagLocked,
    TagMoved,
    TagRemoved,
    TagUnlocked,
    Verified,
)
from tui.domain.plan import Plan
from tui.domain.reference import Digest
from tui.domain.verdict import Verdict


def narrate(record: Recorded) -> str:
    """The line that tells `record`; empty for the advance of a blob, which is told as progress."""
    match record.event:
        case PromotionStarted(engine, overwrites, size):
            there = _tell_there(record, overwrites)
            return f"{record.source} to {record.target}, {there}: {engine}, {amounts.size(size)}"
        case StepStarted(step, detail):
            return f"{step:<6} {detail}".rstrip()
        case LineLogged(text):
            return f"       {text}"
        case TagMoved(old, new):
            return f"       tag moved from {old or 'nothing'} to {new}"
        case Verified() | TagLocked() | TagUnlocked() | TagRemoved() | ApprovalGiven():
            return f"       {_tell_mark(record.event)}"
        case PromotionNoted() | HookAnswered() | HookFailed():
            return f"       {tell_aftermath(record.event)}"
        case BlobAdvanced():
            return ""
        case PromotionSucceeded() | PromotionRefused() | PromotionFailed() | PromotionCancelled():
            return tell_ending(record.event)
        case _:
            assert_never(record.event)


def _tell_there(record: Recorded, overwrites: Digest | None) -> str:
    """What the target's tag holds as it begins."""
    if overwrites is None:
        return "where nothing is yet"
    return "which is there already" if overwrites == record.source.digest else f"over {overwrites}"


def _tell_mark(event: Mark) -> str:
    match event:
        case Verified(digest, companions):
            return f"verified {digest}" + (f" and {companions} that belong to it" if companions else "")
        case TagLocked(digest):
            return f"locked at {digest}"
        case TagUnlocked(digest):
            return f"unlocked at {digest}"
        case TagRemoved(digest):
            return f"tag taken away; it held {digest}"
        case ApprovalGiven(approval, by):
            return f"approved by {by} ({approval.short})"
        case _:
            assert_never(event)


def tell_aftermath(event: Aftermath) -> str:
    """What followed once the target was right."""
    match event:
        case PromotionNoted(note):
            return f"noted at the target ({note.short})"
        case HookAnswered(hook, answer):
            return f"{hook} was told: {answer}"
        case HookFailed(hook, cause):
            return f"NOT TOLD: {hook}: {cause}"
        case _:
            assert_never(event)


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


def other_refusals(event: PromotionRefused, verdicts: Iterable[Verdict]) -> Iterator[str]:
    """A line for each gate that refuses besides the first, which `event` tells of: all can be mended at once."""
    for verdict in verdicts:
        if verdict.gate != event.gate:
            yield tell_ending(PromotionRefused(verdict.gate, verdict.reason, verdict.remedy))


def untold_text(hooks: int) -> str:
    """What to add where hooks could not be told; empty where all were."""
    return f"; {amounts.count(hooks, 'hook')} NOT told, see above" if hooks else ""


def result_line(plan: Plan) -> str:
    """The line on stdout for a promotion that succeeded."""
    return f"{plan.request.target.name} {plan.target}@{plan.digest}"
