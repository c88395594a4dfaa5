"""The board: every tag of every repository, side by side in the environments of the promotion path.

A board is a value. It is made of one section for each repository, and a new snapshot replaces only its own
section, so that a hundred thousand rows follow a registry that answers a page at a time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import repeat
from typing import Final

from tui.domain.column import Column
from tui.domain.drift import Cell, State
from tui.domain.entries import Entries
from tui.domain.environment import PromotionPath
from tui.domain.explanation import CellKey, Explanation, Question
from tui.domain.identity import Identity
from tui.domain.insight import Insight
from tui.domain.reference import Repository, Tag
from tui.domain.rows import Row, Rows, every_row, rows_of
from tui.domain.snapshot import Loading, Reading, Snapshot, Unread
from tui.domain.table import STATES, Table, make_table

LOADING: Final = Loading()


class Section:
    """A repository: what was read of it in each environment, and the rows made of that.

    The rows are worked out when they are first looked at, and what was read is packed with that: so a board takes in
    any number of snapshots at once, and whoever looks at them all can do so a section at a time. `before` is the
    section that this one takes the place of: what did not change is taken over from there.
    """

    __slots__ = ("_before", "_readings", "_table", "repository")

    def __init__(self, repository: Repository, readings: tuple[Reading, ...], before: "Section | None" = None) -> None:
        self.repository = repository
        self._readings = readings
        self._before = before and (before._table or before._before)
        self._table: Table | None = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Section):
            return NotImplemented
        return (self.repository, self.readings) == (other.repository, other.readings)

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What was read in each environment, in path order."""
        return self._readings

    @property
    def table(self) -> Table:
        """The rows in columns."""
        if self._table is None:
            table = make_table(self.repository, self._readings, self._before)
            self._readings = tuple(map(_packed, self._readings, table.columns, repeat(table.tags)))
            self._table, self._before = table, None
        return self._table

    @property
    def rows(self) -> Rows:
        """The rows, in order of tags."""
        return every_row(self.table)

    def count(self, column: int) -> Mapping[State, int]:
        """How many rows stand in each state in the environment at `column`."""
        states = self.table.states[column]
        return {state: states.count(code) for code, state in enumerate(STATES)}


def _packed(reading: Reading, column: Column, tags: tuple[Tag, ...]) -> Reading:
    return replace(reading, entries=Entries(tags, column)) if isinstance(reading, Snapshot) else reading


@dataclass(frozen=True, slots=True)
class Board:
    """All sections, in order of repository, along one promotion path."""

    path: PromotionPath
    sections: Mapping[Repository, Section] = field(default_factory=dict[Repository, Section])
    insight: Insight = field(default_factory=Insight)

    @property
    def rows(self) -> Rows:
        """Every row, by repository and then in the order of tags."""
        return rows_of(pick for section in self.sections.values() for pick in section.rows.picks)

    def cell(self, row: Row, column: int) -> Cell:
        """The cell of `row` in the environment at `column`."""
        section = self.sections.get(row.repository)
        reading = section.readings[column] if section else LOADING
        entry, state = row.entries[column], row.states[column]
        match reading:
            case Snapshot():
                failure = entry.failure if entry else None
                explanation = self.explanation(row, column)
                return Cell(state, entry, failure, is_remembered=reading.is_remembered, explanation=explanation)
            case Unread(failure):
                return Cell(state, entry, failure)
            case Loading():
                is_loading = state is State.UNKNOWN
                return Cell(state, entry, is_loading=is_loading, explanation=self.explanation(row, column))

    def explanation(self, row: Row, column: int) -> Explanation | None:
        """Why the cell differs, or why nobody knows; None where it does not differ, or was not looked into yet."""
        base, held = row.entries[0], row.entries[column]
        if row.states[column] is not State.DIFFERS or not (base and base.digest and held and held.digest):
            return None
        key = CellKey(row.repository, row.tag, self.path.names[column], base.digest, held.digest)
        return self.insight.explanations.get(key)

    def identity(self, row: Row, column: int) -> Identity | None:
        """What the image in the cell says of its origin; None where there is no image, or nobody looked yet."""
        entry = row.entries[column]
        return self.insight.identities.get(entry.digest) if entry and entry.digest else None

    def question(self, row: Row, column: int, base_tags: tuple[Tag, ...] = ()) -> Question | None:
        """What is asked where the cell differs; None where it does not. `base_tags`: see Question."""
        base, held = row.entries[0], row.entries[column]
        if row.states[column] is not State.DIFFERS or base is None or held is None:
            return None
        names = self.path.names
        return Question(row.repository, row.tag, names[0], names[column], base, held, base_tags)

    def reading(self, repository: Repository, column: int) -> Reading:
        """What was read of `repository` in the environment at `column`."""
        section = self.sections.get(repository)
        return section.readings[column] if section else LOADING

    def find(self, repository: Repository, tag: Tag) -> Row | None:
        """The row of `tag`, where there is one."""
        section = self.sections.get(repository)
        at = section.rows.find((repository, tag)) if section else None
        return section.rows[at] if section and at is not None else None

    def with_repositories(self, repositories: Iterable[Repository]) -> "Board":
        """The board with a section, still loading, for each repository that has none."""
        new = {name: self._blank(name) for name in repositories if name not in self.sections}
        return self._with(new) if new else self

    def with_reading(self, environment: str, repository: Repository, reading: Reading) -> "Board":
        """The board after `repository` was read, or not, in `environment`."""
        section = self.sections.get(repository) or self._blank(repository)
        column = self.path.names.index(environment)
        readings = tuple(reading if at == column else old for at, old in enumerate(section.readings))
        return self._with({repository: Section(repository, readings, section)})

    def without(self, repositories: Iterable[Repository]) -> "Board":
        """The board without `repositories`: they are gone from every environment."""
        gone = set(repositories)
        return replace(self, sections={name: item for name, item in self.sections.items() if name not in gone})

    def _blank(self, repository: Repository) -> Section:
        return Section(repository, (LOADING,) * len(self.path.environments))

    def _with(self, changed: Mapping[Repository, Section]) -> "Board":
        sections = {**self.sections, **changed}
        if len(sections) > len(self.sections):
            sections = dict(sorted(sections.items()))
        return replace(self, sections=sections)
