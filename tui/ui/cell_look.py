"""How a cell looks: a sign, and the word or the digits that there is room for. Pure; colours are named by tone only."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from rich.cells import cell_len

from tui.domain.drift import Cell, State
from tui.domain.explanation import Reason
from tui.domain.reference import Digest
from tui.domain.snapshot import TagEntry
from tui.domain.timestamps import age
from tui.ui.cutting import cut_end
from tui.ui.glyphs import Glyphs

_ROOM_FOR_WORDS: Final = 12
"""Cells; below that, a cell in sync shows its digest instead of the word."""

_SHORT_REASONS: Final = {Reason.RECOMPRESSED.value: "recompr.", Reason.FLATTENED.value: "flatten."}
"""What a narrow cell calls a reason; all others fit as they are."""


class Tone(StrEnum):
    """How a cell is meant; the style sheet gives each a colour and a weight."""

    BASE = "base"
    SAME = "same"
    DIFFERS = "differs"
    MISSING = "missing"
    EXTRA = "extra"
    LOADING = "loading"
    ERROR = "error"
    UNKNOWN = "unknown"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Look:
    """What a cell looks like. A stale one was remembered and not read again yet; a meant one has the origin asked for.

    One that is meant or locked ends in the marks of that.
    """

    text: str
    tone: Tone
    is_stale: bool = False
    is_meant: bool = False


def cell_look(
    cell: Cell,
    width: int,
    glyphs: Glyphs,
    now: datetime,
    taken_at: datetime | None = None,
    *,
    meant: Container[Digest] = (),
) -> Look:
    """The look of `cell` in `width` cells; `taken_at` is when a remembered one was read.

    `meant` are the images that the filter asks for. The last mark may stand in one cell more: the space that every
    column keeps before the next.
    """
    tone = tone_of(cell)
    forms = _forms(cell, tone, width, glyphs, now)
    if cell.is_remembered and taken_at is not None:
        forms = (*(f"{form} ({age(taken_at, now)})" for form in forms), *forms)
    is_meant = cell.entry is not None and cell.entry.digest is not None and cell.entry.digest in meant
    marks = (glyphs.meant if is_meant else "") + (glyphs.locked if is_locked(cell) else "")
    room = min(width, width + 1 - len(marks))
    text = cut_end(next((form for form in forms if cell_len(form) <= room), forms[-1]), room, glyphs)
    return Look(_marked(text, marks, width), tone, cell.is_remembered, is_meant)


def is_locked(cell: Cell) -> bool:
    """True where the tag is known to be locked."""
    return cell.entry is not None and cell.entry.locked


def _marked(text: str, marks: str, width: int) -> str:
    """`text` with `marks`, set apart from it where there is room."""
    gap = " " if marks and cell_len(text) + len(marks) <= width else ""
    return f"{text}{gap}{marks}"


def tone_of(cell: Cell) -> Tone:
    """The tone of `cell`. Loading and errors have their own: neither is ever shown as missing."""
    if cell.is_loading:
        return Tone.LOADING
    if cell.failure is not None:
        return Tone.ERROR
    match cell.state:
        case State.BASE:
            return Tone.BASE if cell.entry else Tone.ABSENT
        case State.IN_SYNC:
            return Tone.SAME if cell.entry else Tone.ABSENT
        case State.DIFFERS:
            return Tone.DIFFERS
        case State.MISSING:
            return Tone.MISSING
        case State.EXTRA:
            return Tone.EXTRA
        case State.UNKNOWN:
            return Tone.UNKNOWN


def _forms(cell: Cell, tone: Tone, width: int, glyphs: Glyphs, now: datetime) -> tuple[str, ...]:
    """What may be written in a cell, the fullest first."""
    digest = digits(cell.entry)
    match tone:
        case Tone.BASE:
            return _base_forms(cell.entry, digest, now)
        case Tone.SAME:
            return (f"{glyphs.same} {digest if width < _ROOM_FOR_WORDS else 'same'}",)
        case Tone.DIFFERS:
            return _differing_forms(cell, digest, glyphs)
        case Tone.EXTRA:
            return f"{glyphs.extra} extra {digest}", f"{glyphs.extra} {digest}"
        case Tone.MISSING:
            return (f"{glyphs.missing} missing",)
        case Tone.LOADING:
            return (f"{glyphs.loading} loading",)
        case Tone.ERROR:
            return _error_forms(cell, glyphs)
        case Tone.UNKNOWN:
            words = (f"{glyphs.unknown} unknown {digest}", f"{glyphs.unknown} {digest}") if digest else ()
            return (*words, f"{glyphs.unknown} unknown")
        case Tone.ABSENT:
            return (glyphs.absent,)


def _base_forms(entry: TagEntry | None, digest: str, now: datetime) -> tuple[str, ...]:
    moment = entry and (entry.pushed or entry.created)
    return (f"{digest} {age(moment, now)}", digest) if moment else (digest,)


def _differing_forms(cell: Cell, digest: str, glyphs: Glyphs) -> tuple[str, ...]:
    """The reason matters more than the digits; a long one is cut to a word that still tells it from the others."""
    if not cell.reason:
        return f"{glyphs.differs} differs {digest}", f"{glyphs.differs} {digest}"
    word = f"{glyphs.differs} {cell.reason}"
    return f"{word} {digest}", word, f"{glyphs.differs} {_SHORT_REASONS.get(cell.reason, cell.reason)}"


def _error_forms(cell: Cell, glyphs: Glyphs) -> tuple[str, ...]:
    if cell.failure is None or not cell.failure.mark:
        return (f"{glyphs.error} error",)
    return f"{glyphs.error} {cell.failure.mark} {cell.failure.kind}", f"{glyphs.error} {cell.failure.mark}"


def digits(entry: TagEntry | None) -> str:
    """The eight hexadecimal digits that a cell has room for; empty where no digest is known."""
    return entry.digest.short if entry and entry.digest else ""
