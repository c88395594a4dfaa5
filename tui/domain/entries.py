"""Entries by tag, packed where they are born: a repository of ten thousand tags is ten thousand objects at no time."""

from array import array
from collections.abc import Callable, Collection, ItemsView, Iterator, Mapping, Sequence, ValuesView
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate, compress, repeat
from math import nan
from typing import Final

from tui.domain.column import ABSENT, ALGORITHM, PACKED, Column, pack
from tui.domain.reference import Tag
from tui.domain.snapshot import TagEntry

_DIGITS: Final = 64


@dataclass(frozen=True, slots=True, eq=False)
class Entries(Mapping[Tag, TagEntry]):
    """The entries of a column by tag; one is made each time that it is looked at.

    To go through all of them takes as long as there are some; to look one up does so too.
    """

    tags: tuple[Tag, ...]
    column: Column

    def __getitem__(self, tag: Tag) -> TagEntry:
        try:
            entry = self.column.entry(self.tags.index(tag), tag)
        except ValueError:
            entry = None
        if entry is None:
            raise KeyError(tag)
        return entry

    def __iter__(self) -> Iterator[Tag]:
        return compress(self.tags, self.column.held)

    def __len__(self) -> int:
        return len(self.tags) - self.column.held.count(ABSENT)

    def items(self) -> ItemsView[Tag, TagEntry]:
        """The tags with their entries."""
        return _Items(self)

    def values(self) -> "Page":
        """The entries."""
        return Page(self)

    def each(self) -> Iterator[tuple[Tag, TagEntry]]:
        """The tags with their entries, each made when it is its turn."""
        entry = self.column.entry
        return ((tag, made) for at, tag in enumerate(self.tags) if (made := entry(at, tag)) is not None)

    def aligned(self, tags: tuple[Tag, ...]) -> Column:
        """The column as it stands beside `tags`."""
        if tags is self.tags or tags == self.tags:
            return self.column
        places = dict(zip(self.tags, range(len(self.tags)), strict=True))
        return self.column.gathered(list(map(places.get, tags, repeat(-1))))

    @property
    def are_resolved(self) -> bool:
        """True where every one has a digest."""
        return all(entry.digest for entry in self.column.whole.values())

    @property
    def dense(self) -> "Entries":
        """The same without places that hold nothing."""
        held = self.column.held
        return self._at([at for at, how in enumerate(held) if how != ABSENT]) if ABSENT in held else self

    def digests(self) -> list[str | None]:
        """The digest of each tag, in their order, as it is written; None where there is none."""
        digits, held = self.column.digests.hex(), self.column.held
        texts = [f"{ALGORITHM}:{digits[at : at + _DIGITS]}" for at in range(0, len(digits), _DIGITS)]
        whole = {at: entry.digest and str(entry.digest) for at, entry in self.column.whole.items()}
        return [text if held[at] == PACKED else whole.get(at) for at, text in enumerate(texts)]

    def newest_push(self) -> datetime | None:
        """When the last of them was pushed; None where that is not known of all."""
        packed = [moment for moment in self.column.pushed if moment == moment]
        known = [entry.pushed for entry in self.column.whole.values() if entry.pushed]
        if not self or len(packed) + len(known) < len(self):
            return None
        return max([*known, datetime.fromtimestamp(max(packed), UTC)] if packed else known)

    def updated(self, newer: Mapping[Tag, TagEntry]) -> "Entries":
        """The same with what is said of some tags now."""
        return joined((self, packed(newer))) if newer else self

    def only(self, is_wanted: Callable[[Tag], bool]) -> "Entries":
        """Those whose tags are wanted."""
        if all(map(is_wanted, self.tags)):
            return self.dense
        return self._at([at for at, tag in enumerate(self.tags) if self.column.held[at] != ABSENT and is_wanted(tag)])

    def _at(self, places: Sequence[int]) -> "Entries":
        return Entries(tuple([self.tags[at] for at in places]), self.column.gathered(places))

    def without_doubles(self) -> "Entries":
        """Each tag once, with what was said of it last."""
        if len(set(self.tags)) == len(self.tags):
            return self
        return self._at(list({tag: at for at, tag in enumerate(self.tags)}.values()))


class _Items(ItemsView[Tag, TagEntry]):
    _mapping: Entries

    def __iter__(self) -> Iterator[tuple[Tag, TagEntry]]:
        return self._mapping.each()


class Page(ValuesView[TagEntry]):
    """Entries, in their order: some of what a registry lists."""

    _mapping: Entries

    def __iter__(self) -> Iterator[TagEntry]:
        return (entry for _, entry in self._mapping.each())

    @property
    def entries(self) -> Entries:
        """The same by tag."""
        return self._mapping


def packed(entries: Mapping[Tag, TagEntry]) -> Entries:
    """The same entries, packed."""
    return entries if isinstance(entries, Entries) else packed_page(entries.values())


def packed_page(entries: Collection[TagEntry]) -> Entries:
    """`entries` by tag, packed."""
    if isinstance(entries, Page):
        return entries.entries
    by_tag = {entry.tag: entry for entry in entries}
    tags = tuple(by_tag)
    return Entries(tags, pack(by_tag, tags))


def joined(pages: Sequence[Entries]) -> Entries:
    """All of them, each tag once: what a later page says of it counts."""
    if len(pages) == 1:
        return pages[0].without_doubles()
    tags = tuple([tag for page in pages for tag in page.tags])
    return Entries(tags, _concatenated([page.column for page in pages])).without_doubles()


def _concatenated(columns: Sequence[Column]) -> Column:
    """The places of all, one after the other."""
    starts = list(accumulate((len(each.held) for each in columns), initial=0))
    whole = [
        (start + at, entry) for start, each in zip(starts, columns, strict=False) for at, entry in each.whole.items()
    ]
    locks = [each.locked or bytes(len(each.held)) for each in columns]
    return Column(
        b"".join([each.held for each in columns]),
        b"".join([each.digests for each in columns]),
        _moments([(each.created, len(each.held)) for each in columns]),
        _moments([(each.pushed, len(each.held)) for each in columns]),
        b"".join(locks) if any(each.locked for each in columns) else b"",
        dict(whole),
    )


def _moments(parts: Sequence[tuple["array[float]", int]]) -> "array[float]":
    """The moments of all; of a part that has none, as many as it has places that are not known."""
    joined = array("d")
    if any(moments for moments, _ in parts):
        for moments, length in parts:
            joined.extend(moments or array("d", [nan]) * length)
    return joined
