"""Which two images are to be compared. Pure."""

from collections.abc import Sequence

from tui.domain.board import Row
from tui.domain.drift import State
from tui.domain.environment import PromotionPath
from tui.usecases.comparing import Spot

Pair = tuple[Spot, Spot]

_NOTHING = "there is nothing to compare: {} is known to hold no {}"


def pair_for(marked: Sequence[Row], current: Row | None, path: PromotionPath, column: int) -> Pair | str:
    """Two marked rows in the environment at `column`; else the cell of `current` and the base's. Or why neither.

    On the base's own cell, the first environment that differs, else the next one.
    """
    if len(marked) == 2:
        return _pair(path, (marked[0], column), (marked[1], column))
    if current is None:
        return "there is nothing to compare"
    if len(path.environments) == 1:
        return "there is nothing to compare with: the path has only a base"
    return _pair(path, (current, 0), (current, column or _other(current)))


def _other(row: Row) -> int:
    return next((at for at, state in enumerate(row.states) if state is State.DIFFERS), 1)


def _pair(path: PromotionPath, *cells: tuple[Row, int]) -> Pair | str:
    for row, column in cells:
        if row.entries[column] is None:
            return _NOTHING.format(path.environments[column].title, f"{row.repository}:{row.tag}")
    left, right = (Spot(path.environments[column], row.repository, row.tag) for row, column in cells)
    return left, right
