"""Aliases: the tags of a repository that point to one digest, such as `1.14.2`, `1.14` and `latest`."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from tui.domain.board import Row, Section
from tui.domain.column import Column
from tui.domain.reference import Digest, Repository, Tag

_NONE: Final[tuple[Tag, ...]] = ()
_KEPT: Final = 8
"""Columns whose digests are kept in order: a whole board of them would need more memory than the board itself."""

_Index = Mapping[str, list[int]]


class AliasFinder:
    """Finds aliases; a column that did not change is not looked through again soon."""

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[Repository, int], tuple[Column, _Index]] = OrderedDict()

    def tags_of(self, section: Section, column: int, digest: Digest) -> tuple[Tag, ...]:
        """The tags under which the environment at `column` holds `digest`, in the board's order."""
        places = self._index(section, column).get(digest.hex)
        tags = section.table.tags
        return tuple([tags[at] for at in places]) if places else _NONE

    def aliases(self, section: Section, row: Row, column: int) -> tuple[Tag, ...]:
        """The other tags with the digest that `row` has in the environment at `column`."""
        entry = row.entries[column]
        if entry is None or entry.digest is None:
            return _NONE
        return tuple(tag for tag in self.tags_of(section, column, entry.digest) if tag != row.tag)

    def _index(self, section: Section, at: int) -> _Index:
        column, place = section.table.columns[at], (section.repository, at)
        known = self._found.pop(place, None)
        if known is None or known[0] is not column:
            known = (column, _by_digest(column))
        self._found[place] = known
        if len(self._found) > _KEPT:
            self._found.popitem(last=False)
        return known[1]


def _by_digest(column: Column) -> _Index:
    """The places of each digest, in their order."""
    found: dict[str, list[int]] = {}
    for at, digits in column.known_digests():
        found.setdefault(digits, []).append(at)
    return found
