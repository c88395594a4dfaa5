"""What the log says: from records of promotions to lines. Pure; every text is cleaned once more before it is a line."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, assert_never

from rich.cells import cell_len, chop_cells

from tui.domain import amounts
from tui.domain.environment import PromotionPath
from tui.domain.events import (
    ApprovalGiven,
    BlobAdvanced,
    Direction,
    Ending,
    Event,
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
    Step,
    StepStarted,
    TagLocked,
    TagMoved,
    TagRemoved,
    TagUnlocked,
    Verified,
)
from tui.domain.progress import DIRECTIONS, Progress, Totals
from tui.domain.text import clean
from tui.ui.naming import name

LABEL_WIDTH: Final = 7
TIME_WIDTH: Final = 8
_SAID_BY_THEIR_END: Final = frozenset({Step.LOCK, Step.UNLOCK, Step.RECORD})
"""Steps of one request: what was asked stands above them as a command, and how it ended comes at once."""

_HANG: Final = 4
"""Continued lines stand this far in: far enough to be told apart, and a digest still fits 80 columns whole."""

MISMATCH: Final = "MISMATCH"
"""How the cause of a failed read-back begins."""

_NARROWEST: Final = 8


class Tone(StrEnum):
    """How a line is meant; each also begins with a word that says so."""

    PLAIN = "plain"
    LIVE = "live"
    COMMAND = "command"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line: when, the word in front (empty where the text brings its own), the text, how it is meant."""

    at: datetime | None
    label: str
    text: str
    tone: Tone = Tone.PLAIN

    @property
    def head(self) -> str:
        """Time and label, padded so that texts stand below each other."""
        time = self.at.astimezone().strftime("%H:%M:%S") if self.at else " " * TIME_WIDTH
        return f"{time} {self.label:<{LABEL_WIDTH}} " if self.label else f"{time} "

    def wrap(self, width: int) -> tuple[str, ...]:
        """The text in pieces: the first stands after the head, the others hang below; nothing is cut off."""
        first = width - len(self.head)
        if cell_len(self.text) <= first:
            return (self.text,)
        hang = " " * _HANG
        start, *others = fold(self.text, max(first, _NARROWEST), max(width - _HANG, _NARROWEST))
        return (start, *(hang + piece for piece in others))


def fold(text: str, first: int, rest: int) -> list[str]:
    """`text` in pieces of at most `first`, then `rest` cells; a word (a digest) is broken only where it fits none."""
    pieces, room = [""], first
    for word in text.split(" "):
        joined = f"{pieces[-1]} {word}" if pieces[-1] else word
        if cell_len(joined) <= room:
            pieces[-1] = joined
            continue
        pieces += chop_cells(word, rest) or [""]
        room = rest
    return pieces


@dataclass(frozen=True, slots=True)
class Scribe:
    """Writes lines; `path` lets it call registries by their environment."""

    path: PromotionPath | None = None

    def lines(self, record: Recorded, before: Progress | None, after: Progress) -> tuple[LogLine, ...]:
        """What `record` adds to the log, with the sums of the directions that it brought to an end."""
        sums = self._sums(record, before) if before else ()
        line = self._line(record, after)
        return (*sums, line) if line else sums

    def _line(self, record: Recorded, progress: Progress) -> LogLine | None:
        def plain(label: str, text: str) -> LogLine:
            return LogLine(record.at, label, clean(text))

        subject = name(record.target, self.path)
        match record.event:
            case PromotionStarted():
                return plain("begin", self._beginning(record, record.event))
            case StepStarted(step) if step in _SAID_BY_THEIR_END:
                return None
            case StepStarted(step, detail):
                is_named = str(record.target) in detail
                return plain(step.value, detail if is_named else f"{subject}  {detail}".rstrip())
            case LineLogged() | TagMoved():
                return plain(*_told(record.event, subject))
            case BlobAdvanced() | PromotionNoted():  # the inspector tells notes
                return None
            case HookAnswered() | HookFailed():
                return _told_hook(record.event, record.at, subject)
            case TagLocked() | TagUnlocked() | TagRemoved() | ApprovalGiven() | Verified() | PromotionSucceeded():
                return LogLine(record.at, "", _success(record.event, subject), Tone.GOOD)
            case PromotionRefused() | PromotionFailed() | PromotionCancelled():
                return LogLine(record.at, "", *_outcome(record.event, progress, subject))
            case _:
                assert_never(record.event)

    def _beginning(self, record: Recorded, event: PromotionStarted) -> str:
        source, target = name(record.source, self.path), name(record.target, self.path)
        fate = f"overwrites {event.overwrites}" if event.overwrites else "the tag is new there"
        return f"{source} → {target} by {event.engine}, {amounts.size(event.size)}; {record.source.digest}; {fate}"

    def _sums(self, record: Recorded, before: Progress) -> tuple[LogLine, ...]:
        """The sums of the direction that `record` brought to an end, where there is one."""
        direction = _ended_direction(record.event, before)
        totals = before.totals(direction) if direction else Totals()
        if direction is None or not totals.layers:
            return ()
        text = f"{name(record.target, self.path)}  {_sum(totals)}"
        speed = before.speeds[direction].rate
        rate = f"  {amounts.size(int(speed))}/s" if speed else ""
        return (LogLine(record.at, direction.value, text + rate),)


def _sum(totals: Totals) -> str:
    ways = ((totals.mounted, "mounted"), (totals.skipped, "already there"))
    said = ", ".join(f"{amount} {how}" for amount, how in ways if amount)
    layers = f"{totals.layers_done}/{amounts.count(totals.layers, 'layer')}"
    return f"{amounts.size_pair(totals.done, totals.total)}  {layers}" + (f" ({said})" if said else "")


def _ended_direction(event: Event, before: Progress) -> Direction | None:
    is_next = isinstance(event, StepStarted) and event.step is not before.step
    return DIRECTIONS.get(before.step) if before.step and (is_next or isinstance(event, Ending)) else None


def _told(event: LineLogged | TagMoved, subject: str) -> tuple[str, str]:
    match event:
        case LineLogged(text):
            return "note", f"{subject}  {text}"
        case TagMoved(old, new):
            return "tag", f"{subject}  now {new}, before {old or 'missing'}"
        case _:
            assert_never(event)


def _told_hook(event: HookAnswered | HookFailed, at: datetime, subject: str) -> LogLine:
    match event:
        case HookFailed(hook, cause):
            return LogLine(at, "notify", f"✗ NOT TOLD: {hook}: {clean(cause)}  {subject}", Tone.BAD)
        case HookAnswered(hook, answer):
            return LogLine(at, "notify", clean(f"{hook} was told: {answer}  {subject}"))
        case _:
            assert_never(event)


def _success(event: Mark | PromotionSucceeded, subject: str) -> str:
    match event:
        case TagRemoved(digest):
            return f"✓ taken away: {subject}, which held {digest}"
        case ApprovalGiven(_, by):
            return f"✓ approved by {clean(by)}: {subject}"
        case TagLocked(digest):
            return f"✓ locked {subject} at {digest}"
        case TagUnlocked(digest):
            return f"✓ unlocked {subject} at {digest}"
        case Verified(digest, companions):
            others = f" and {companions} that belong to it" if companions else ""
            return f"✓ verified {digest}{others}  {subject}"
        case PromotionSucceeded(seconds):
            return f"✓ done in {amounts.seconds(seconds)}  {subject}"
        case _:
            assert_never(event)


_Unsuccessful = PromotionRefused | PromotionFailed | PromotionCancelled


def _outcome(event: _Unsuccessful, progress: Progress, subject: str) -> tuple[str, Tone]:
    """Endings are unmistakable without colour: a mark and a word in front, and whether the tag was written."""
    match event:
        case PromotionRefused(gate, reason, remedy):
            way_out = f" — remedy: {remedy}" if remedy else ""
            return clean(f"✗ refused by gate {gate}: {reason}{way_out}  ({subject}: nothing was written)"), Tone.BAD
        case PromotionFailed(_, side, cause):
            word = "✗" if cause.startswith(MISMATCH) else "✗ failed:"
            return clean(f"{word} {cause}  ({subject}, {side} side: {_tag_fate(progress)})"), Tone.BAD
        case PromotionCancelled():
            return f"✗ cancelled  ({subject}: {_fate_of_stopped(progress)})", Tone.WARNING
        case _:
            assert_never(event)


def _tag_fate(progress: Progress) -> str:
    return f"the tag was written: {progress.written}" if progress.written else "the tag is as it was"


def _fate_of_stopped(progress: Progress) -> str:
    """What was stopped while it wrote the tag may have written it; nothing can be told of that any more."""
    is_open = progress.step is Step.TAG and not progress.written
    return "the tag may have been written, r reads it again" if is_open else _tag_fate(progress)
