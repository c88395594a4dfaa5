"""What one environment holds of the tags of a repository, packed: a few bytes for each tag instead of objects.

A board of a hundred thousand rows in six environments has 600,000 entries. As objects they need a quarter of a
gigabyte, and every full round of the garbage collector walks through all of them. Packed they are as many times 32
bytes, compared and searched a whole column at a time, and an entry is made when somebody looks at it.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import repeat
from math import nan
from operator import contains
from struct import unpack
from typing import Final

from tui.domain.reference import Digest, Tag
from tui.domain.snapshot import TagEntry

ABSENT, PACKED, WHOLE = 0, 1, 2
"""How an entry is held: not at all, packed, or as it came, because it does not fit."""

ALGORITHM: Final = "sha256"
_SIZE: Final = 32
_NO_DIGEST: Final = bytes(_SIZE)
_NO_DIGITS: Final = _NO_DIGEST.hex()
_CAPITALS: Final = "ABCDEF"
_LOOKED_AT: Final = 4
"""Bytes of a digest that tell it from none, but for one in four thousand millions."""
_HELD: Final = bytes([ABSENT, *[PACKED] * 255])
_NOTHING: Final = TagEntry(Tag(""), Digest(ALGORITHM, _NO_DIGITS))
"""Stands for the entry of a tag that has none."""
_YEARS: Final = range(1970, 2200)
"""Moments in these years are kept to the microsecond by a float of seconds."""
_FIRST_SECOND, _LAST_SECOND = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (_YEARS.start, _YEARS.stop))


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A place for each of some tags, in their order: `held` says how, `digests` has 32 bytes each.

    `created`, `pushed` (seconds since 1970, or not a number) and `locked` are empty where no entry has any. `whole` are
    the entries that do not fit: such as failed, or have a digest of another algorithm.
    """

    held: bytes
    digests: bytes
    created: "array[float]"
    pushed: "array[float]"
    locked: bytes
    whole: Mapping[int, TagEntry]

    def entry(self, at: int, tag: Tag) -> TagEntry | None:
        """The entry of `tag`, whose place is `at`; None where there is none."""
        if self.held[at] == PACKED:
            digest = Digest(ALGORITHM, self.digests[at * _SIZE : (at + 1) * _SIZE].hex())
            is_locked = bool(self.locked and self.locked[at])
            return TagEntry(tag, digest, _moment(self.created, at), _moment(self.pushed, at), is_locked)
        return self.whole.get(at)

    def face(self, at: int, tag: Tag) -> bytes | TagEntry | None:
        """What tells the entry at `at` from any other: its digest alone where there is no more, which makes none."""
        if self.whole or self.created or self.pushed or self.locked:
            return self.entry(at, tag)
        return self.digests[at * _SIZE : (at + 1) * _SIZE] if self.held[at] == PACKED else None

    def raw_digests(self) -> tuple[bytes, ...]:
        """The 32 bytes of each place; zeros where nothing is packed."""
        return unpack(f"{_SIZE}s" * len(self.held), self.digests)

    def known_digests(self) -> Iterator[tuple[int, str]]:
        """The places that have a digest, in their order, with its hexadecimal digits."""
        for at, raw in enumerate(self.raw_digests()):
            if self.held[at] == PACKED:
                yield at, raw.hex()
            elif (entry := self.whole.get(at)) and entry.digest:
                yield at, entry.digest.hex

    def beginning(self, prefix: str) -> Iterator[int]:
        """The places of the digests that begin with `prefix`: hexadecimal digits in lower case, two at least."""
        yield from (at for at, each in self.whole.items() if each.digest and each.digest.hex.startswith(prefix))
        if len(prefix) <= 2 * _SIZE:
            yield from (at for at in self._packed_beginning(prefix) if self.held[at] == PACKED)

    def holding(self, digests: Iterable[Digest]) -> Iterator[int]:
        """The places of `digests`."""
        wanted = frozenset(digests)
        yield from (at for at, each in self.whole.items() if each.digest in wanted)
        raw = {bytes.fromhex(each.hex) for each in wanted if each.algorithm == ALGORITHM}
        places = (at for at, each in enumerate(self.raw_digests()) if each in raw)
        yield from (at for at in places if self.held[at] == PACKED)

    def lock_flags(self) -> bytes:
        """A byte for each place: 1 where the tag is locked."""
        flags = bytearray(self.locked or bytes(len(self.held)))
        for at, entry in self.whole.items():
            flags[at] = entry.locked
        return bytes(flags)

    def gathered(self, places: Sequence[int]) -> "Column":
        """The column of other tags: for each its place here, or -1 where it has none."""
        digests = [*self.raw_digests(), _NO_DIGEST]
        return Column(
            bytes(map((self.held + b"\0").__getitem__, places)),
            b"".join(map(digests.__getitem__, places)),
            _gathered(self.created, places),
            _gathered(self.pushed, places),
            bytes(map((self.locked + b"\0").__getitem__, places)) if self.locked else b"",
            {new: self.whole[old] for new, old in enumerate(places) if old in self.whole} if self.whole else {},
        )

    def _packed_beginning(self, prefix: str) -> Iterator[int]:
        """Only a hit where a digest begins counts; after any other, the search goes on with the next digest."""
        start, half = bytes.fromhex(prefix[: len(prefix) // 2 * 2]), prefix[-1] if len(prefix) % 2 else ""
        at = self.digests.find(start)
        while at >= 0:
            place, beside = divmod(at, _SIZE)
            if not beside and (not half or self.digests[at + len(start)] >> 4 == int(half, 16)):
                yield place
            at = self.digests.find(start, (place + 1) * _SIZE)


def blank(length: int) -> Column:
    """A column that holds nothing of `length` tags."""
    return Column(bytes(length), bytes(length * _SIZE), array("d"), array("d"), b"", {})


def pack(entries: Mapping[Tag, TagEntry], tags: Sequence[Tag]) -> Column:
    """The column of `entries` as it stands beside `tags`. Most have a digest and no more: those are packed at once."""
    found = list(map(entries.get, tags, repeat(_NOTHING)))
    texts = [
        each.digest.hex
        for each in found
        if not (each.failure or each.locked or each.created or each.pushed)
        and each.digest is not None
        and each.digest.algorithm == ALGORITHM
    ]
    digests = _from_hex(texts) if len(texts) == len(tags) else None
    held = b"" if digests is None else _held(digests)
    if digests is None or held.count(ABSENT) != len(tags) - len(entries):  # a digest looks as if there were none
        return _pack_each([None if each is _NOTHING else each for each in found])
    return Column(held, digests, array("d"), array("d"), b"", {})


def _held(digests: bytes) -> bytes:
    """A byte for each digest: 0 where all that it begins with are zeros, as of one that is none, and 1 elsewhere."""
    flags = 0
    for at in range(_LOOKED_AT):
        flags |= int.from_bytes(digests[at::_SIZE], "little")
    return flags.to_bytes(len(digests) // _SIZE, "little").translate(_HELD)


def _pack_each(entries: Sequence[TagEntry | None]) -> Column:
    """The column of entries of which some have more than a digest, or do not fit."""
    packed = [each if each and _fits(each) else None for each in entries]
    digests = _from_hex([each.digest.hex if each and each.digest else _NO_DIGITS for each in packed])
    if digests is None:
        packed, digests = [None] * len(entries), bytes(len(entries) * _SIZE)
    whole = {at: each for at, each in enumerate(entries) if each and packed[at] is None}
    held = bytearray(map(bool, packed))
    for at in whole:
        held[at] = WHOLE
    locked = bytes([bool(each and each.locked) for each in packed])
    return Column(
        bytes(held),
        digests,
        _seconds([each and each.created for each in packed]),
        _seconds([each and each.pushed for each in packed]),
        locked if any(locked) else b"",
        whole,
    )


def column_of(digits: Sequence[str], created: "array[float]", pushed: "array[float]", locked: bytes) -> Column | None:
    """The column of entries that have nothing but the `digits` of a sha256 digest each, and what of the others is not
    empty; None where they do not all fit.
    """
    digests = _from_hex(digits)
    if digests is None or _NO_DIGITS in digits or not all(map(_are_near, (created, pushed))):
        return None
    return Column(bytes([PACKED]) * len(digits), digests, created, pushed, locked, {})


def _fits(entry: TagEntry) -> bool:
    """True where an entry can be packed, with nothing lost."""
    digest, created, pushed = entry.digest, entry.created, entry.pushed
    if digest is None or entry.failure is not None or digest.algorithm != ALGORITHM or digest.hex == _NO_DIGITS:
        return False
    return (created is None or _is_near(created)) and (pushed is None or _is_near(pushed))


def _is_near(moment: datetime) -> bool:
    return moment.tzinfo is UTC and moment.year in _YEARS


def _from_hex(texts: Sequence[str]) -> bytes | None:
    """The digests in `texts`; None where not every one is 64 digits in lower case."""
    joined = "\n".join(texts)
    try:
        digests = bytes.fromhex(joined)
    except ValueError:
        return None
    ends = joined[2 * _SIZE :: 2 * _SIZE + 1]  # where every text has its length, each stands between two of them
    has_lengths = len(digests) == len(texts) * _SIZE and ends == "\n" * (len(texts) - 1)
    return digests if has_lengths and not any(map(contains, repeat(joined), _CAPITALS)) else None


def _are_near(seconds: "array[float]") -> bool:
    return all(_FIRST_SECOND <= each < _LAST_SECOND or each != each for each in seconds)


def _seconds(moments: Sequence[datetime | None]) -> "array[float]":
    if not any(moments):
        return array("d")
    return array("d", [each.timestamp() if each else nan for each in moments])


def _moment(moments: "array[float]", at: int) -> datetime | None:
    seconds = moments[at] if moments else nan
    return None if seconds != seconds else datetime.fromtimestamp(seconds, UTC)


def _gathered(moments: "array[float]", places: Sequence[int]) -> "array[float]":
    known = [*moments, nan]
    return array("d", [known[at] for at in places]) if moments else moments
