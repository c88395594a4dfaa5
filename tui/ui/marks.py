"""Marks: the rows that an operator chose for a promotion. They outlive filters, sorting and refreshes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tui.domain.board import Board, Row
from tui.domain.reference import Repository, Tag

Key = tuple[Repository, Tag]


def key_of(row: Row) -> Key:
    """What a row is known by, whatever is read of it."""
    return row.repository, row.tag


@dataclass(frozen=True, slots=True)
class Marks:
    """Marked rows; `anchor` is where a range was begun."""

    keys: frozenset[Key] = frozenset()
    anchor: Key | None = None

    def toggle(self, row: Row) -> "Marks":
        """The marks with `row` in or out."""
        return replace(self, keys=self.keys ^ {key_of(row)})

    def add(self, rows: Iterable[Row]) -> "Marks":
        """The marks with `rows`; a range that was begun is over."""
        return Marks(self.keys.union(map(key_of, rows)))

    def range(self, rows: Sequence[Row], at: int) -> "Marks":
        """Begins a range at `at`; asked a second time, marks everything from there to `at`."""
        keys = [key_of(row) for row in rows] if self.anchor else []
        if self.anchor not in keys:
            return replace(self, anchor=key_of(rows[at]))
        first, last = sorted((keys.index(self.anchor), at))
        return self.add(rows[first : last + 1])

    def rows(self, board: Board) -> tuple[Row, ...]:
        """The marked rows as they stand on `board`, in its order; those gone meanwhile are left out."""
        wanted = {repository for repository, _ in self.keys}
        return tuple(
            row
            for repository, section in board.sections.items()
            if repository in wanted
            for row in section.rows
            if key_of(row) in self.keys
        )


def find_row(rows: Sequence[Row], key: Key | None, near: int) -> int:
    """Where the row known by `key` is now; else the place nearest to where it was."""
    if key is not None and not (near < len(rows) and key_of(rows[near]) == key):
        repository, tag = key
        found = (at for at, row in enumerate(rows) if row.tag == tag and row.repository == repository)
        near = next(found, near)
    return min(near, max(len(rows) - 1, 0))
