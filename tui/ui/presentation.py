"""Presentation: from a value of the domain to the text that is drawn. Pure; colours are named by tone only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from rich.cells import cell_len, set_cell_size

from tui.domain.board import Row, Section
from tui.domain.drift import Cell, State
from tui.domain.environment import PromotionPath
from tui.domain.snapshot import Snapshot, TagEntry, Unread
from tui.domain.timestamps import age
from tui.ui.glyphs import PATH_SIGN, Glyphs
from tui.ui.naming import cut_middle

_ROOM_FOR_WORDS: Final = 12
"""Cells; below that, a cell in sync shows its digest instead of the word."""


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
    """What a cell looks like. A stale one was remembered and not read again yet; a locked one ends in its mark."""

    text: str
    tone: Tone
    is_stale: bool = False


def cell_look(cell: Cell, width: int, glyphs: Glyphs, now: datetime, taken_at: datetime | None = None) -> Look:
    """The look of `cell` in `width` cells; `taken_at` is when a remembered one was read.

    The mark of a locked one may stand in one cell more: the space that every column keeps before the next.
    """
    tone = tone_of(cell)
    forms = _forms(cell, tone, width, glyphs, now)
    if cell.is_remembered and taken_at is not None:
        forms = (*(f"{form} ({age(taken_at, now)})" for form in forms), *forms)
    text = cut_end(next((form for form in forms if cell_len(form) <= width), forms[-1]), width, glyphs)
    return Look(_locked(text, width, glyphs) if is_locked(cell) else text, tone, cell.is_remembered)


def is_locked(cell: Cell) -> bool:
    """True where the tag is known to be locked."""
    return cell.entry is not None and cell.entry.locked


def _locked(text: str, width: int, glyphs: Glyphs) -> str:
    """`text` with the mark, set apart from it where there is room."""
    gap = " " if cell_len(text) < width else ""
    return f"{text}{gap}{glyphs.locked}"


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
            return f"{glyphs.differs} {cell.reason or 'differs'} {digest}", f"{glyphs.differs} {digest}"
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
    moment = entry and (entry.created or entry.pushed)
    return (f"{digest} {age(moment, now)}", digest) if moment else (digest,)


def _error_forms(cell: Cell, glyphs: Glyphs) -> tuple[str, ...]:
    if cell.failure is None or not cell.failure.mark:
        return (f"{glyphs.error} error",)
    return f"{glyphs.error} {cell.failure.mark} {cell.failure.kind}", f"{glyphs.error} {cell.failure.mark}"


def digits(entry: TagEntry | None) -> str:
    """The eight hexadecimal digits that a cell has room for; empty where no digest is known."""
    return entry.digest.short if entry and entry.digest else ""


def cut_end(text: str, width: int, glyphs: Glyphs) -> str:
    """`text` in at most `width` cells, ending in an ellipsis where it was cut."""
    if cell_len(text) <= width:
        return text
    return glyphs.text(set_cell_size(text, max(width - 1, 0)) + "…")[: max(width, 0)]


def shorten(name: str, width: int, glyphs: Glyphs) -> str:
    """`name` padded to exactly `width` cells, or with its middle left out."""
    return set_cell_size(glyphs.text(cut_middle(name, width)), width)


def row_label(row: Row, *, has_repository: bool) -> str:
    """What a row is called: its tag, with the repository where several are shown."""
    return f"{row.repository}:{row.tag}" if has_repository else row.tag


@dataclass(frozen=True, slots=True)
class DriftCount:
    """How many cells of a repository stand apart from the base, and in how many environments it was not read."""

    differs: int = 0
    missing: int = 0
    extra: int = 0
    unread: int = 0

    def text(self, glyphs: Glyphs) -> str:
        """`3≠ 2· 1+ 1!`; empty where there is nothing to say."""
        parts = (
            (self.differs, glyphs.differs),
            (self.missing, glyphs.missing),
            (self.extra, glyphs.extra),
            (self.unread, glyphs.error),
        )
        return " ".join(f"{amount}{glyph}" for amount, glyph in parts if amount)


def count_drift(section: Section) -> DriftCount:
    """The drift of one repository over all environments but the base."""
    counts = [section.count(column) for column in range(1, len(section.readings))]
    return DriftCount(
        sum(count[State.DIFFERS] for count in counts),
        sum(count[State.MISSING] for count in counts),
        sum(count[State.EXTRA] for count in counts),
        sum(isinstance(reading, Unread) for reading in section.readings),
    )


def add_drift(counts: Sequence[DriftCount]) -> DriftCount:
    """The sum of `counts`."""
    return DriftCount(
        sum(count.differs for count in counts),
        sum(count.missing for count in counts),
        sum(count.extra for count in counts),
        sum(count.unread for count in counts),
    )


def path_text(path: PromotionPath, glyphs: Glyphs) -> str:
    """`base → dev → test → prod▲`."""
    return glyphs.text(PATH_SIGN.join(environment.title for environment in path.environments))


def read_only_text(path: PromotionPath, *, session: bool) -> str:
    """`READ-ONLY` for the whole session, or with the environments that are set so; else empty."""
    if session:
        return "READ-ONLY"
    names = " ".join(environment.name for environment in path.environments if environment.read_only)
    return f"READ-ONLY {names}" if names else ""


def rows_text(shown: int, total: int, marked: int) -> str:
    """`41 of 1,284 rows · 3 marked`."""
    rows = f"{total:,} rows" if shown == total else f"{shown:,} of {total:,} rows"
    return f"{rows} · {marked:,} marked" if marked else rows


def cell_values(row: Row, column: int, path: PromotionPath) -> Mapping[str, str]:
    """What the copy menu offers of a cell, whole. Without a digest only the reference can be given."""
    environment, entry = path.environments[column], row.entries[column]
    tagged = environment.reference(row.repository, row.tag)
    if entry is None or entry.digest is None:
        return {"reference": str(tagged), "json": cell_json(row, column, path)}
    pinned = environment.reference(row.repository, digest=entry.digest)
    return {
        "reference": str(tagged),
        "digest": str(entry.digest),
        "pull command": f"docker pull {pinned}",
        "json": cell_json(row, column, path),
    }


def cell_json(row: Row, column: int, path: PromotionPath) -> str:
    """The cell as one JSON object, named as `status --json` names things."""
    import json

    entry = row.entries[column]
    document = {
        "environment": path.names[column],
        "repository": row.repository,
        "tag": row.tag,
        "state": row.states[column].value,
        "digest": str(entry.digest) if entry and entry.digest else None,
        "created": entry.created.isoformat() if entry and entry.created else None,
    }
    return json.dumps(document | ({"locked": True} if entry and entry.locked else {}))


def remembered_at(reading: object) -> datetime | None:
    """When a remembered reading was taken; None for all others."""
    return reading.taken_at if isinstance(reading, Snapshot) and reading.is_remembered else None
