"""What stands at the head of a row: the tag, its aliases, and where its image comes from. Pure."""

from collections.abc import Sequence

from rich.cells import cell_len

from tui.domain.aliases import AliasFinder
from tui.domain.board import Board, Row
from tui.domain.identity import Identity
from tui.domain.reference import Tag
from tui.ui.cutting import cut_end
from tui.ui.glyphs import Glyphs
from tui.ui.naming import cut_middle

_BOTH = 18
"""Cells that a build number and the beginning of a commit need."""


def row_label(row: Row, *, has_repository: bool) -> str:
    """What a row is called: its tag, with the repository where several are shown."""
    return f"{row.repository}:{row.tag}" if has_repository else row.tag


def holder(row: Row) -> int | None:
    """The environment whose image speaks for the row: the base, else the first that has the tag."""
    return next((at for at, entry in enumerate(row.entries) if entry and entry.digest), None)


def aliases_of(board: Board, row: Row, finder: AliasFinder) -> tuple[Tag, ...]:
    """The other tags of the image that speaks for the row."""
    section, column = board.sections.get(row.repository), holder(row)
    return finder.aliases(section, row, column) if section and column is not None else ()


def also_text(aliases: Sequence[str], room: int) -> str:
    """`  also latest, 1.14`, as many as have room; empty where not even the first has.

    Each takes a cell at least, so that of a thousand only those are tried that could have room.
    """
    for count in range(min(len(aliases), max(room, 0)), 0, -1):
        rest = ", …" if count < len(aliases) else ""
        text = f"  also {', '.join(aliases[:count])}{rest}"
        if cell_len(text) <= room:
            return text
    return ""


def origin_text(board: Board, row: Row, width: int, glyphs: Glyphs) -> str:
    """`20261120.4 1f3c2ab` in `width` cells; where that is too narrow, the commit, else the build."""
    column = holder(row)
    identity = board.identity(row, column) if column is not None else None
    if column is None or identity is None:
        return "" if column is None else glyphs.loading
    return _origin(identity, width, glyphs) or glyphs.absent


def _origin(identity: Identity, width: int, glyphs: Glyphs) -> str:
    if width >= _BOTH or cell_len(identity.short) <= width:
        return cut_end(identity.short, width, glyphs)
    commit = Identity(commit=identity.commit).short
    return glyphs.text(cut_middle(commit or identity.build, width))
