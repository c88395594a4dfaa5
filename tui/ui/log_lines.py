"""What the log says: from records of promotions to lines. Pure; every text is cleaned once more before it is a line."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, assert_never

from rich.cells import cell_len, chop_cells

from tui.domain import amounts
from tui.domain.environment import PromotionPath
from tui.domain.events import (
    BlobAdvanced,
    Direction,
    Ending,
    Event,
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
from tui.domain.progress import DIRECTIONS, BlobProgress, Progress, Totals
from tui.domain.text import clean
from tui.ui.naming import cut_middle, name

LABEL_WIDTH: Final = 7
TIME_WIDTH: Final = 8
_HANG: Final = 4
"""Continued lines stand this far in: far enough to be told apart, and a digest still fits 80 columns whole."""

MISMATCH: Final = "MISMATCH"
"""How the cause of a failed read-back begins."""

_BAR_WIDTH: Final = 10
_NAME_ROOM: Final = 16
_NARROWEST: Final = 8
_LAYERS_SHOWN: Final = 5


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

    def live(self, progress: Progress, width: int) -> tuple[LogLine, ...]:
        """What is drawn in place while a promotion runs: the layers on their way, and the total."""
        shown = progress.active[:_LAYERS_SHOWN]
        layers = [LogLine(None, "", _layer(blob), Tone.LIVE) for blob in shown]
        hidden = len(progress.active) - len(shown)
        if hidden:
            layers.append(LogLine(None, "", f"and {amounts.count(hidden, 'more layer')}", Tone.LIVE))
        return (*layers, self.total(progress, width))

    def brief(self, progress: Progress, width: int) -> tuple[LogLine, ...]:
        """The total alone, for when many promotions run."""
        return (self.total(progress, width),)

    def total(self, progress: Progress, width: int) -> LogLine:
        """One line for all of a promotion: name, bar, bytes, layers, time left, as far as `width` has room."""
        label = (progress.direction or progress.step or "waits").upper()
        line = LogLine(progress.at, label, "", Tone.LIVE)
        room = width - len(line.head)
        subject = name(progress.target, self.path)
        figures = fit(total_parts(progress), room - min(len(subject), _NAME_ROOM) - 2)
        subject = cut_middle(subject, max(room - len(figures) - 2, _NAME_ROOM))
        return replace(line, text=f"{subject}  {figures}".rstrip())

    def _line(self, record: Recorded, progress: Progress) -> LogLine | None:
        def plain(label: str, text: str) -> LogLine:
            return LogLine(record.at, label, clean(text))

        subject = name(record.target, self.path)
        match record.event:
            case PromotionStarted():
                return plain("begin", self._beginning(record, record.event))
            case StepStarted(step, detail):
                is_named = str(record.target) in detail
                return plain(step.value, detail if is_named else f"{subject}  {detail}".rstrip())
            case LineLogged(text):
                return plain("note", f"{subject}  {text}")
            case TagMoved(old, new):
                return plain("tag", f"{subject}  now {new}, before {old or 'missing'}")
            case TagLocked(digest):
                return plain("lock", f"{subject}  locked at {digest}")
            case TagUnlocked(digest):
                return plain("unlock", f"{subject}  unlocked at {digest}")
            case BlobAdvanced():
                return None
            case Verified() | PromotionSucceeded() | PromotionRefused() | PromotionFailed() | PromotionCancelled():
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


def total_parts(progress: Progress) -> tuple[str, ...]:
    """What can be said of a promotion's total, the most telling first; where no bytes move here, what was said last."""
    totals, left = progress.current, progress.eta
    if not totals.layers:
        return (clean(progress.note) or "no layer has moved yet",)
    parts = [amounts.percent(totals.done, totals.total), amounts.size_pair(totals.done, totals.total)]
    parts += [f"ETA {amounts.seconds(left)}"] if left is not None else []
    parts += [f"{totals.layers_done}/{totals.layers} layers", amounts.bar(totals.done, totals.total, _BAR_WIDTH)]
    parts += [f"{amounts.size(int(progress.rate))}/s"] if progress.rate else []
    return tuple(parts)


def fit(parts: tuple[str, ...], width: int) -> str:
    """As many of `parts` as `width` has room for, the first always, or as much of it as there is room for."""
    text = parts[0] if cell_len(parts[0]) <= width else cut_middle(parts[0], max(width, _NARROWEST))
    for part in parts[1:]:
        longer = f"{text}  {part}"
        if cell_len(longer) > width:
            break
        text = longer
    return text


def _layer(blob: BlobProgress) -> str:
    digest = blob.digest.rpartition(":")[2][:12]
    figures = f"{amounts.percent(blob.done, blob.total)}  {amounts.size_pair(blob.done, blob.total)}"
    return f"{' ' * LABEL_WIDTH} {clean(digest):<12}  {amounts.bar(blob.done, blob.total, _BAR_WIDTH)}  {figures}"


def _sum(totals: Totals) -> str:
    ways = ((totals.mounted, "mounted"), (totals.skipped, "already there"))
    said = ", ".join(f"{amount} {how}" for amount, how in ways if amount)
    layers = f"{totals.layers_done}/{amounts.count(totals.layers, 'layer')}"
    return f"{amounts.size_pair(totals.done, totals.total)}  {layers}" + (f" ({said})" if said else "")


def _ended_direction(event: Event, before: Progress) -> Direction | None:
    is_next = isinstance(event, StepStarted) and event.step is not before.step
    return DIRECTIONS.get(before.step) if before.step and (is_next or isinstance(event, Ending)) else None


def _outcome(event: Verified | Ending, progress: Progress, subject: str) -> tuple[str, Tone]:
    """Endings are unmistakable without colour: a mark and a word in front, and whether the tag was written."""
    match event:
        case Verified(digest):
            return f"✓ verified {digest}  {subject}", Tone.GOOD
        case PromotionSucceeded(seconds):
            return f"✓ done in {amounts.seconds(seconds)}  {subject}", Tone.GOOD
        case PromotionRefused(gate, reason, remedy):
            way_out = f" — remedy: {remedy}" if remedy else ""
            return clean(f"✗ refused by gate {gate}: {reason}{way_out}  ({subject}: nothing was written)"), Tone.BAD
        case PromotionFailed(_, side, cause):
            word = "✗" if cause.startswith(MISMATCH) else "✗ failed:"
            return clean(f"{word} {cause}  ({subject}, {side} side: {_tag_fate(progress)})"), Tone.BAD
        case PromotionCancelled():
            return f"✗ cancelled  ({subject}: {_tag_fate(progress)})", Tone.WARNING
        case _:
            assert_never(event)


def _tag_fate(progress: Progress) -> str:
    return f"the tag was written: {progress.written}" if progress.written else "the tag is as it was"
