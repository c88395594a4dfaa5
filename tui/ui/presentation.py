"""Presentation: from a value of the domain to the text that is drawn. Pure; colours are named by tone only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tui.domain.board import Row, Section
from tui.domain.drift import State
from tui.domain.environment import PromotionPath
from tui.domain.snapshot import Snapshot, Unread
from tui.ui.glyphs import PATH_SIGN, Glyphs


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
