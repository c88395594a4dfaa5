"""The board: every tag of every repository, side by side in the environments of the promotion path.

A board is a value. It is made of one section for each repository, and a new snapshot replaces only its own
section, so that a hundred thousand rows follow a registry that answers a page at a time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tui.domain.drift import Cell, State, classify, is_unknown
from tui.domain.environment import PromotionPath
from tui.domain.explanation import CellKey, Explanation, Question
from tui.domain.identity import Identity
from tui.domain.insight import Insight
from tui.domain.ordering import order_tags
from tui.domain.reference import Repository, Tag
from tui.domain.snapshot import Loading, Reading, Snapshot, TagEntry, Unread

LOADING: Final = Loading()
_NOTHING: Final[Mapping[Tag, TagEntry]] = {}


@dataclass(frozen=True, slots=True)
class Row:
    """A tag of a repository: an entry (None where there is none) and a state for each environment, in path order."""

    repository: Repository
    tag: Tag
    entries: tuple[TagEntry | None, ...]
    states: tuple[State, ...]

    @property
    def drifts(self) -> bool:
        """True where any environment stands apart from the base."""
        return any(state.is_drift for state in self.states)


@dataclass(frozen=True, slots=True)
class Section:
    """A repository: what was read of it in each environment, and the rows made of that."""

    repository: Repository
    readings: tuple[Reading, ...]
    rows: tuple[Row, ...]

    def count(self, column: int) -> Mapping[State, int]:
        """How many rows stand in each state in the environment at `column`."""
        counts = dict.fromkeys(State, 0)
        for row in self.rows:
            counts[row.states[column]] += 1
        return counts


@dataclass(frozen=True, slots=True)
class Board:
    """All sections, in order of repository, along one promotion path."""

    path: PromotionPath
    sections: Mapping[Repository, Section] = field(default_factory=dict[Repository, Section])
    insight: Insight = field(default_factory=Insight)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every row, by repository and then in the order of tags."""
        return tuple(row for section in self.sections.values() for row in section.rows)

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
                return Cell(state, entry, is_loading=True)

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
        return next((row for row in section.rows if row.tag == tag), None) if section else None

    def with_repositories(self, repositories: Iterable[Repository]) -> "Board":
        """The board with a section, still loading, for each repository that has none."""
        new = {name: self._blank(name) for name in repositories if name not in self.sections}
        return self._with(new) if new else self

    def with_reading(self, environment: str, repository: Repository, reading: Reading) -> "Board":
        """The board after `repository` was read, or not, in `environment`."""
        section = self.sections.get(repository) or self._blank(repository)
        column = self.path.names.index(environment)
        readings = tuple(reading if at == column else old for at, old in enumerate(section.readings))
        return self._with({repository: make_section(repository, readings)})

    def without(self, repositories: Iterable[Repository]) -> "Board":
        """The board without `repositories`: they are gone from every environment."""
        gone = set(repositories)
        return replace(self, sections={name: item for name, item in self.sections.items() if name not in gone})

    def _blank(self, repository: Repository) -> Section:
        return Section(repository, (LOADING,) * len(self.path.environments), ())

    def _with(self, changed: Mapping[Repository, Section]) -> "Board":
        sections = {**self.sections, **changed}
        if len(sections) > len(self.sections):
            sections = dict(sorted(sections.items()))
        return replace(self, sections=sections)


def make_section(repository: Repository, readings: tuple[Reading, ...]) -> Section:
    """The rows of `repository`: one for each tag that any environment is known to have."""
    known = [reading.entries if isinstance(reading, Snapshot) else _NOTHING for reading in readings]
    unread = tuple(None if isinstance(reading, Snapshot) else reading for reading in readings)
    tags = order_tags({tag for entries in known for tag in entries})
    rows = [_make_row(repository, tag, tuple([entries.get(tag) for entries in known]), unread) for tag in tags]
    return Section(repository, readings, tuple(rows))


def _make_row(
    repository: Repository, tag: Tag, entries: tuple[TagEntry | None, ...], unread: tuple[Reading | None, ...]
) -> Row:
    """The row of `tag`; `unread` has the reading of each environment that was not read, and None for the others."""
    base, *others = [entry or reading for entry, reading in zip(entries, unread, strict=True)]
    first = State.UNKNOWN if is_unknown(base) else State.BASE
    return Row(repository, tag, entries, (first, *[classify(base, other) for other in others]))
