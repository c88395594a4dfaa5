"""The board as a table of text: pure functions from values to lines."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from tui.cli.aligned import aligned
from tui.cli.documents import COUNTED
from tui.cli.explaining import Aliases, no_aliases
from tui.domain.board import Board, Row
from tui.domain.drift import Cell, State
from tui.domain.explanation_text import explanation_details, explanation_title
from tui.domain.reference import Tag

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

_INDENT: Final = "    "
_ALIASES_WIDTH: Final = 28
"""Room for the other tags of an image, in the column of the tag."""


def board_lines(board: Board, rows: Sequence[Row], aliases: Aliases = no_aliases, *, ascii_only: bool) -> list[str]:
    """A head and a line for each of `rows`, in columns; the environments stand in path order."""
    titles = [f"{item.name}{'^' * item.protected}" if ascii_only else item.title for item in board.path.environments]
    table = [["REPOSITORY", "TAG", *titles]]
    table.extend([row.repository, tag_text(row.tag, aliases(row)), *_words(board, row, ascii_only)] for row in rows)
    return list(aligned(table))


def _words(board: Board, row: Row, ascii_only: bool) -> list[str]:  # noqa: FBT001 - handed on
    return [cell_text(board.cell(row, at), ascii_only=ascii_only) for at in range(len(row.states))]


def tag_text(tag: Tag, aliases: Sequence[Tag]) -> str:
    """`1.14.2 (also latest, 1.14)`: the tag whole, and as many of its image's others as there is room for."""
    if not aliases:
        return tag
    shown = [alias for at, alias in enumerate(aliases) if len(", ".join(aliases[: at + 1])) <= _ALIASES_WIDTH]
    left = len(aliases) - len(shown)
    return f"{tag} (also {', '.join((*shown, *([f'{left} more'] if left else [])))})"


def explanation_lines(board: Board, rows: Sequence[Row], now: datetime) -> Iterator[str]:
    """For each cell that was looked into a line with why it differs, and below it what that rests on."""
    for row in rows:
        for column, name in enumerate(board.path.names):
            explanation = board.explanation(row, column)
            if explanation is not None:
                yield f"{name} {row.repository}:{row.tag}  {explanation_title(explanation)}"
                yield from (f"{_INDENT}{told}" for told in explanation_details(explanation, now))


def cell_text(cell: Cell, *, ascii_only: bool) -> str:
    """Glyph and word, the beginning of the digest where it is another than the base's, and whether it is locked.

    The word is why it differs, where that is known.
    """
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
        text = f"{text[0]} {cell.reason}"
    return text if cell.state is State.IN_SYNC or not digest else f"{text} {digest}"


def summary_lines(summary: Mapping[str, Mapping[str, int]]) -> list[str]:
    """For each environment but the base, which is measured by nothing, how many tags stand how."""
    lines: list[str] = []
    for at, (name, counts) in enumerate(summary.items()):
        told = ", ".join(f"{counts[state.value]} {state.value}" for state in COUNTED if counts[state.value])
        if at or told:
            lines.append(f"{name}: {told or 'nothing there'}")
    return lines
