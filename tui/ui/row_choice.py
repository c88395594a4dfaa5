"""Which rows are shown, and in which order. Pure, but for a memory of what was chosen of each repository."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from tui.domain.board import Board, Section
from tui.domain.drift import State
from tui.domain.query import Query, Sieve
from tui.domain.reference import Repository
from tui.domain.rows import Pick, Rows, rows_of
from tui.domain.table import CODES, DRIFT, Table

_URGENCY: Final = (State.DIFFERS, State.MISSING, State.EXTRA, State.UNKNOWN, State.IN_SYNC, State.BASE)


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


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """The rows of a section that were chosen; the same object for as long as neither section nor choice changed."""

    section: Section
    pick: Pick

    @property
    def rows(self) -> Rows:
        """The rows, in order of tags."""
        return rows_of([self.pick])


class RowChooser:
    """Chooses rows; a repository that did not change is not looked at again.

    What was found out beyond the survey counts as a change only where the query looks at it.
    """

    def __init__(self) -> None:
        self._of: tuple[Query, bool, tuple[object, ...]] = (Query(), False, ())
        self._chosen: dict[Repository, Chosen] = {}

    def rows(self, board: Board, choice: Choice) -> Rows:
        """The rows of `board` that `choice` asks for, in its order."""
        return arrange(self.steps(board, choice), choice)

    def chosen(self, board: Board, choice: Choice) -> tuple[Chosen, ...]:
        """The same rows by section, in the board's order."""
        return tuple(self.steps(board, choice))

    def steps(self, board: Board, choice: Choice) -> Iterator[Chosen]:
        """The same, a section with each step; whoever has no time for all of them may go on later."""
        sieve = choice.query.on(board.insight)
        looks = (choice.query, choice.only_drift, sieve.seen)
        if self._of != looks:
            self._of, self._chosen = looks, {}
        known, only_drift = self._chosen, choice.only_drift
        for section in sections(board, choice):
            chosen = known.get(section.repository)
            if chosen is None or chosen.section is not section:
                chosen = known[section.repository] = Chosen(section, _pick(section.table, sieve, only_drift=only_drift))
            yield chosen


def _pick(table: Table, sieve: Sieve, *, only_drift: bool) -> Pick:
    flags = sieve.flags(table)
    return Pick(table, table.places(flags & table.flags_anywhere(DRIFT) if only_drift else flags))


def sections(board: Board, choice: Choice) -> Iterable[Section]:
    """The sections that `choice` asks for."""
    if choice.repository is None:
        return board.sections.values()
    section = board.sections.get(choice.repository)
    return (section,) if section else ()


def total(board: Board, choice: Choice) -> int:
    """How many rows there are before filtering."""
    return sum(len(section.table.tags) for section in sections(board, choice))


def arrange(chosen: Iterable[Chosen], choice: Choice) -> Rows:
    """The rows of `chosen`: by tag as they come, or by the state in one environment, the most urgent first."""
    picks = [each.pick for each in chosen]
    if choice.column is None:
        return rows_of(picks, is_reversed=choice.is_reversed)
    urgency = reversed(_URGENCY) if choice.is_reversed else _URGENCY
    return rows_of(_in_state(pick, choice.column, CODES[state]) for state in urgency for pick in picks)


def _in_state(pick: Pick, column: int, code: int) -> Pick:
    """Those of `pick` whose state in one environment is the one that `code` stands for."""
    states = pick.table.states[column]
    if code not in states:
        return Pick(pick.table, ())
    return Pick(pick.table, tuple([at for at in pick.places if states[at] == code]))
