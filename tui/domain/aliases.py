"""Aliases: the tags of a repository that point to one digest, such as `1.14.2`, `1.14` and `latest`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from tui.domain.board import Row, Section
from tui.domain.reference import Digest, Repository, Tag

_NONE: Final[tuple[Tag, ...]] = ()


class AliasFinder:
    """Finds aliases; a repository that did not change is not looked through again."""

    def __init__(self) -> None:
        self._found: dict[Repository, tuple[Section, tuple[Mapping[Digest, tuple[Tag, ...]], ...]]] = {}

    def tags_of(self, section: Section, column: int, digest: Digest) -> tuple[Tag, ...]:
        """The tags under which the environment at `column` holds `digest`, in the board's order."""
        known = self._found.get(section.repository)
        if known is None or known[0] is not section:
            columns = range(len(section.readings))
            known = self._found[section.repository] = (section, tuple(_by_digest(section, at) for at in columns))
        return known[1][column].get(digest, _NONE)

    def aliases(self, section: Section, row: Row, column: int) -> tuple[Tag, ...]:
        """The other tags with the digest that `row` has in the environment at `column`."""
        entry = row.entries[column]
        if entry is None or entry.digest is None:
            return _NONE
        return tuple(tag for tag in self.tags_of(section, column, entry.digest) if tag != row.tag)


def _by_digest(section: Section, column: int) -> Mapping[Digest, tuple[Tag, ...]]:
    found: dict[Digest, list[Tag]] = {}
    for row in section.rows:
        entry = row.entries[column]
        if entry is not None and entry.digest is not None:
            found.setdefault(entry.digest, []).append(row.tag)
    return MappingProxyType({digest: tuple(tags) for digest, tags in found.items()})
