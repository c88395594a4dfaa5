"""Marks: the rows that an operator chose for a promotion. They outlive filters, sorting and refreshes."""

from dataclasses import dataclass, replace

from tui.domain.board import Board, Row
from tui.domain.rows import Key, Rows


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

    def add(self, rows: Rows) -> "Marks":
        """The marks with `rows`; a range that was begun is over."""
        return Marks(self.keys.union(rows.keys()))

    def range(self, rows: Rows, at: int) -> "Marks":
        """Begins a range at `at`; asked a second time, marks everything from there to `at`."""
        begun = rows.find(self.anchor) if self.anchor else None
        if begun is None:
            return replace(self, anchor=key_of(rows[at]))
        first, last = sorted((begun, at))
        return Marks(self.keys.union(rows.keys(first, last)))

    def rows(self, board: Board) -> tuple[Row, ...]:
        """The marked rows as they stand on `board`, in its order; those gone meanwhile are left out."""
        wanted = {repository for repository, _ in self.keys}
        return tuple(
            section.rows[at]
            for repository, section in board.sections.items()
            if repository in wanted
            for at, tag in enumerate(section.table.tags)
            if (repository, tag) in self.keys
        )


def find_row(rows: Rows, key: Key | None, near: int) -> int:
    """Where the row known by `key` is now; else the place nearest to where it was."""
    if key is not None and not (near < len(rows) and key_of(rows[near]) == key):
        found = rows.find(key)
        near = near if found is None else found
    return min(near, max(len(rows) - 1, 0))
