"""The board as a table of text: pure functions from values to lines."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tui.cli.documents import COUNTED
from tui.domain.board import Board, Row
from tui.domain.drift import Cell, State

_GLYPHS: Final = {
    State.IN_SYNC: "= same",
    State.DIFFERS: "≠ differs",
    State.MISSING: "· missing",
    State.EXTRA: "+ extra",
    State.UNKNOWN: "? unknown",
}
_LETTERS: Final = {
    State.IN_SYNC: "S same",
    State.DIFFERS: "D differs",
    State.MISSING: "M missing",
    State.EXTRA: "X extra",
    State.UNKNOWN: "U unknown",
}
_LOCKED: Final = "locked"
"""A word, in every character set: whoever looks for what cannot be moved can search for it."""

_GAP: Final = "  "


def board_lines(board: Board, rows: Sequence[Row], *, ascii_only: bool) -> list[str]:
    """A head and a line for each of `rows`, in columns; the environments stand in path order."""
    titles = [f"{item.name}{'^' * item.protected}" if ascii_only else item.title for item in board.path.environments]
    table = [["REPOSITORY", "TAG", *titles]]
    table.extend(_cells(board, row, ascii_only=ascii_only) for row in rows)
    return list(_aligned(table))


def _cells(board: Board, row: Row, *, ascii_only: bool) -> list[str]:
    words = [cell_text(board.cell(row, at), ascii_only=ascii_only) for at in range(len(board.path.environments))]
    return [row.repository, row.tag, *words]


def cell_text(cell: Cell, *, ascii_only: bool) -> str:
    """Glyph and word, the beginning of the digest where it is another than the base's, and whether it is locked."""
    text = _drift_text(cell, ascii_only=ascii_only)
    return f"{text} {_LOCKED}" if cell.entry and cell.entry.locked else text


def _drift_text(cell: Cell, *, ascii_only: bool) -> str:
    digest = cell.entry.digest.short if cell.entry and cell.entry.digest else ""
    if cell.state is State.BASE:
        return digest or "none"
    if cell.failure is not None:
        return f"{'E' if ascii_only else '!'} {cell.failure.mark or cell.failure.kind.value}"
    if cell.state is State.IN_SYNC and not digest:
        return "none"
    text = (_LETTERS if ascii_only else _GLYPHS)[cell.state]
    if cell.reason:
        text += f" ({cell.reason})"
    return text if cell.state is State.IN_SYNC or not digest else f"{text} {digest}"


def summary_lines(summary: Mapping[str, Mapping[str, int]]) -> list[str]:
    """For each environment but the base, which is measured by nothing, how many tags stand how."""
    lines: list[str] = []
    for at, (name, counts) in enumerate(summary.items()):
        told = ", ".join(f"{counts[state.value]} {state.value}" for state in COUNTED if counts[state.value])
        if at or told:
            lines.append(f"{name}: {told or 'nothing there'}")
    return lines


def _aligned(table: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    for line in table:
        yield _GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
