"""Which rows are shown, and in which order. Pure, but for a memory of what was chosen of each repository."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from tui.domain.board import Board, Row, Section
from tui.domain.drift import State
from tui.domain.insight import Insight
from tui.domain.query import Query, Sieve, drifting
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
    """What the operator wants to see. `column` is the environment sorted by; None sorts by tag.

    `shows_origin` gives build and commit a column.
    """

    query: Query = field(default_factory=Query)
    only_drift: bool = False
    repository: Repository | None = None
    column: int | None = None
    is_reversed: bool = False
    shows_origin: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows of a section that were chosen; the same object for as long as neither section nor choice changed."""

    section: Section
    rows: tuple[Row, ...]


class RowChooser:
    """Chooses rows; a repository that did not change is not looked at again.

    What was found out beyond the survey counts as a change only where the query looks at it.
    """

    def __init__(self) -> None:
        self._of: tuple[Query, bool, tuple[object, ...]] = (Query(), False, ())
        self._sieve = Sieve()
        self._chosen: dict[Repository, Chosen] = {}

    def rows(self, board: Board, choice: Choice) -> tuple[Row, ...]:
        """The rows of `board` that `choice` asks for, in its order."""
        return arrange((row for chosen in self.chosen(board, choice) for row in chosen.rows), choice)

    def chosen(self, board: Board, choice: Choice) -> tuple[Chosen, ...]:
        """The same rows by section, in the board's order."""
        self._look_through(choice, board.insight)
        return tuple(self._select(section) for section in sections(board, choice))

    def _look_through(self, choice: Choice, insight: Insight) -> None:
        self._sieve = choice.query.on(insight)
        looks = (choice.query, choice.only_drift, self._sieve.seen)
        if self._of != looks:
            self._of = looks
            self._chosen.clear()

    def _select(self, section: Section) -> Chosen:
        known = self._chosen.get(section.repository)
        if known is not None and known.section is section:
            return known
        _, only_drift, _ = self._of
        rows = self._sieve.select(drifting(section.rows) if only_drift else section.rows)
        chosen = self._chosen[section.repository] = Chosen(section, rows)
        return chosen


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
