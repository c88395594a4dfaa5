"""Which two images are to be compared. Pure."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from tui.domain.board import Board, Row
from tui.domain.drift import Cell, State
from tui.domain.environment import PromotionPath
from tui.domain.snapshot import Snapshot
from tui.domain.text import clean
from tui.usecases.comparing import Spot


@dataclass(frozen=True, slots=True)
class Pair:
    """Two images to compare, and sentences on what the operator may not expect of that."""

    left: Spot
    right: Spot
    notes: tuple[str, ...] = ()


_Place = tuple[Row, int]
"""A row, and the environment in it."""


def pair_for(marked: Sequence[Row], current: Row | None, board: Board, column: int) -> Pair | str:
    """Two marked rows in the environment at `column`; else the cell of `current` and the base's. Or why neither.

    On the base's own cell, the first environment that differs, else the next one. What could not be read is unknown,
    not missing: it is compared all the same, because a comparison reads anew.
    """
    if len(marked) == 2:
        return _pair(board, (marked[0], column), (marked[1], column))
    if current is None:
        return "there is nothing to compare"
    if len(board.path.environments) == 1:
        return "there is nothing to compare with: the path has only a base"
    other = column or _other(current)
    notes = _on_marks(len(marked), board.path.environments[0 if column else other].title)
    return _pair(board, (current, 0), (current, other), notes)


def _other(row: Row) -> int:
    return next((at for at, state in enumerate(row.states) if state is State.DIFFERS), 1)


def _on_marks(count: int, other: str) -> tuple[str, ...]:
    if count <= 2:
        return ()
    return (f"compare takes two marked rows; {count:,} are marked: comparing this cell with {other}'s",)


def _pair(board: Board, left: _Place, right: _Place, notes: tuple[str, ...] = ()) -> Pair | str:
    for place in (left, right):
        if _is_absent(board, place):
            return _absence(board.path, place, right)
    unread = tuple(note for place in (left, right) if (note := _unread(board, place)))
    return Pair(_spot(board.path, left), _spot(board.path, right), (*notes, *unread))


def _spot(path: PromotionPath, place: _Place) -> Spot:
    row, column = place
    return Spot(path.environments[column], row.repository, row.tag)


def _is_absent(board: Board, place: _Place) -> bool:
    """True where the environment was read, and has no such tag."""
    row, column = place
    return row.entries[column] is None and isinstance(board.reading(row.repository, column), Snapshot)


def _absence(path: PromotionPath, absent: _Place, right: _Place) -> str:
    """What is not there; of a tag that only the environment on the right has, how to compare it with another."""
    (row, column), (held, at) = absent, right
    name = f"{row.repository}:{row.tag}"
    sentence = f"there is nothing to compare: {path.environments[column].title} is known to hold no {name}"
    if held.states[at] is not State.EXTRA or column == at:
        return sentence
    words = ["windlass", "compare", name, path.environments[at].name, path.base.name, "--with"]
    return f"{sentence}; mark two rows to compare two tags, or run `{shlex.join(words)} TAG`"


def _unread(board: Board, place: _Place) -> str:
    """Why nothing is known of a place; empty where it was read."""
    row, column = place
    entry, cell = row.entries[column], board.cell(row, column)
    if entry is not None and entry.digest is not None:
        return ""
    name = f"{board.path.environments[column].title}/{row.repository}:{row.tag}"
    return clean(f"{name} {_why_unread(cell)}; the comparison tries to read it now")


def _why_unread(cell: Cell) -> str:
    if cell.failure is None:
        return "is not read yet"
    failure = cell.failure
    mark = f" ({failure.mark})" if failure.mark else ""
    return f"could not be read, {failure.kind}{mark}: cannot {failure.operation}: {failure.detail}"
