"""Rows: made of tables one by one, when somebody looks at them. A hundred thousand rows are a few numbers."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, compress, islice
from typing import overload

from tui.domain.drift import State
from tui.domain.reference import Repository, Tag
from tui.domain.snapshot import TagEntry
from tui.domain.table import DRIFT, STATES, Table

Key = tuple[Repository, Tag]
"""What a row is known by, whatever is read of it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A tag of a repository: an entry (None where there is none) and a state for each environment, in path order."""

    repository: Repository
    tag: Tag
    entries: Sequence[TagEntry | None]
    states: tuple[State, ...]

    @property
    def drifts(self) -> bool:
        """True where any environment stands apart from the base."""
        return any(state.is_drift for state in self.states)


@dataclass(frozen=True, slots=True, eq=False)
class Line(Sequence[TagEntry | None]):
    """The entries of one line of a table; each is made when it is looked at. Equal to a tuple of the same entries."""

    table: Table
    at: int

    def __len__(self) -> int:
        return len(self.table.columns)

    @overload
    def __getitem__(self, index: int) -> TagEntry | None: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[TagEntry | None]: ...
    def __getitem__(self, index: int | slice) -> TagEntry | Sequence[TagEntry | None] | None:
        if isinstance(index, slice):
            return tuple(self)[index]
        return self.table.columns[index].entry(self.at, self.table.tags[self.at])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)  # pyright: ignore[reportUnknownArgumentType]

    def __hash__(self) -> int:
        return hash(tuple(self))

    @property
    def faces(self) -> tuple[bytes | TagEntry | None, ...]:
        """What tells each entry from any other, without making it."""
        tag = self.table.tags[self.at]
        return tuple([column.face(self.at, tag) for column in self.table.columns])


@dataclass(frozen=True, slots=True)
class Pick:
    """The lines of a table at `places`, in that order."""

    table: Table
    places: Sequence[int]

    def row(self, index: int) -> Row:
        """The row at `index` of those picked."""
        table, at = self.table, self.places[index]
        states = tuple([STATES[states[at]] for states in table.states])
        return Row(table.repository, table.tags[at], Line(table, at), states)

    def find(self, tag: Tag) -> int | None:
        """Which of those picked is `tag`."""
        try:
            return self.places.index(self.table.tags.index(tag))
        except ValueError:
            return None

    def flags(self, states: frozenset[State]) -> bytes:
        """A byte for each: 1 where its state in any environment is one of `states`."""
        flags = self.table.flags_anywhere(states).to_bytes(len(self.table.tags), "little")
        return flags if isinstance(self.places, range) else bytes(map(flags.__getitem__, self.places))

    def only(self, states: frozenset[State]) -> "Pick":
        """Those whose state in any environment is one of `states`."""
        return Pick(self.table, tuple(compress(self.places, self.flags(states))))


@dataclass(frozen=True, slots=True, eq=False)
class Rows(Sequence[Row]):
    """The rows of `picks`, one after the other, or all of them turned round. Equal to any sequence of equal rows."""

    picks: tuple[Pick, ...] = ()
    is_reversed: bool = False
    ends: tuple[int, ...] = ()
    """How many rows there are up to the end of each pick; `rows_of` counts them."""

    def __len__(self) -> int:
        return self.ends[-1] if self.ends else 0

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Row, ...]: ...
    def __getitem__(self, index: int | slice) -> Row | tuple[Row, ...]:
        if isinstance(index, slice):
            return tuple(self._at(at) for at in range(len(self))[index])
        return self._at(range(len(self))[index])

    def __iter__(self) -> Iterator[Row]:
        return (self._at(at) for at in range(len(self))) if self.is_reversed else self._in_order()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(self) != len(other):  # pyright: ignore[reportUnknownArgumentType]
            return False
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True))  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]

    __hash__ = None  # pyright: ignore[reportAssignmentType]

    @property
    def repositories(self) -> tuple[Repository, ...]:
        """The repositories of the rows, each once."""
        return tuple(dict.fromkeys(pick.table.repository for pick in self.picks))

    def keys(self, first: int = 0, last: int | None = None) -> Iterator[Key]:
        """What the rows from `first` to `last` are known by, in the order of the picks; no row is made for it."""
        last = len(self) - 1 if last is None else last
        start, stop = sorted((self._turned(first), self._turned(last)))
        keys = ((pick.table.repository, pick.table.tags[at]) for pick in self.picks for at in pick.places)
        return islice(keys, start, stop + 1) if self.picks else keys

    def find(self, key: Key) -> int | None:
        """Where the row known by `key` is."""
        repository, tag = key
        for pick, end in zip(self.picks, self.ends, strict=True):
            at = pick.find(tag) if pick.table.repository == repository else None
            if at is not None:
                return self._turned(end - len(pick.places) + at)
        return None

    def drifting(self) -> list[int]:
        """Where the rows are that drift in any environment, in their order."""
        places = compress(range(len(self)), b"".join([pick.flags(DRIFT) for pick in self.picks]))
        return sorted(map(self._turned, places))

    def _in_order(self) -> Iterator[Row]:
        return (pick.row(index) for pick in self.picks for index in range(len(pick.places)))

    def _at(self, index: int) -> Row:
        index = self._turned(index)
        which = bisect_right(self.ends, index)
        pick = self.picks[which]
        return pick.row(index - self.ends[which] + len(pick.places))

    def _turned(self, index: int) -> int:
        return len(self) - 1 - index if self.is_reversed else index


def rows_of(picks: Iterable[Pick], *, is_reversed: bool = False) -> Rows:
    """The rows of `picks`; those that picked nothing are left out."""
    filled = tuple(pick for pick in picks if pick.places)
    return Rows(filled, is_reversed, tuple(accumulate(len(pick.places) for pick in filled)))


def every_row(table: Table) -> Rows:
    """All rows of a table."""
    return rows_of([Pick(table, range(len(table.tags)))])
