"""Which rows are shown, and in which order. Pure, but for a memory of what was chosen of each repository."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tui.domain.board import Board, Row, Section
from tui.domain.drift import State
from tui.domain.query import Query, drifting
from tui.domain.reference import Repository

_URGENCY: Final[Mapping[State, int]] = {
    State.DIFFERS: 0,
    State.MISSING: 1,
    State.EXTRA: 2,
    State.UNKNOWN: 3,
    State.IN_SYNC: 4,
    State.BASE: 5,
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What the operator wants to see. `column` is the environment sorted by; None sorts by tag."""

    query: Query = field(default_factory=Query)
    only_drift: bool = False
    repository: Repository | None = None
    column: int | None = None
    is_reversed: bool = False


class RowChooser:
    """Chooses rows; a repository that did not change is not looked at again."""

    def __init__(self) -> None:
        self._of: tuple[Query, bool] = (Query(), False)
        self._chosen: dict[Repository, tuple[Section, tuple[Row, ...]]] = {}

    def rows(self, board: Board, choice: Choice) -> tuple[Row, ...]:
        """The rows of `board` that `choice` asks for, in its order."""
        if self._of != (choice.query, choice.only_drift):
            self._of = (choice.query, choice.only_drift)
            self._chosen.clear()
        return arrange((row for section in sections(board, choice) for row in self._select(section)), choice)

    def _select(self, section: Section) -> tuple[Row, ...]:
        known = self._chosen.get(section.repository)
        if known is not None and known[0] is section:
            return known[1]
        query, only_drift = self._of
        rows = query.select(drifting(section.rows) if only_drift else section.rows)
        self._chosen[section.repository] = (section, rows)
        return rows


def sections(board: Board, choice: Choice) -> Iterable[Section]:
    """The sections that `choice` asks for."""
    if choice.repository is None:
        return board.sections.values()
    section = board.sections.get(choice.repository)
    return (section,) if section else ()


def total(board: Board, choice: Choice) -> int:
    """How many rows there are before filtering."""
    return sum(len(section.rows) for section in sections(board, choice))


def arrange(rows: Iterable[Row], choice: Choice) -> tuple[Row, ...]:
    """`rows` sorted: by tag as they come, or by the state in one environment, the most urgent first."""
    if choice.column is None:
        arranged = tuple(rows)
        return arranged[::-1] if choice.is_reversed else arranged
    column = choice.column
    return tuple(sorted(rows, key=lambda row: _URGENCY[row.states[column]], reverse=choice.is_reversed))
