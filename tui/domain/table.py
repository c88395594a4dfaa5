"""What is known of a repository's tags, in columns: a byte tells a cell's state, so that whole columns are compared,
counted and searched at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, compress
from operator import eq
from typing import Final

from tui.domain.column import ABSENT, Column, blank, pack
from tui.domain.drift import State, classify
from tui.domain.entries import Entries, packed
from tui.domain.ordering import order_tags
from tui.domain.reference import Repository, Tag
from tui.domain.snapshot import Loading, Reading, Snapshot, TagEntry, Unread

STATES: Final = tuple(State)
"""The states by the byte that stands for each."""

CODES: Final = {state: at for at, state in enumerate(STATES)}

_BASE, _OTHER, _EQUAL = 1, 2, 4
"""Bits of what is known of a cell: the base has the tag, the environment has it, both have the same digest."""

DRIFT: Final = frozenset(state for state in State if state.is_drift)
DIFFERING: Final = frozenset({State.DIFFERS})

_UNKNOWN: Final = bytes([CODES[State.UNKNOWN]])


def _state(bits: int) -> State:
    if not bits & _BASE:
        return State.EXTRA if bits & _OTHER else State.IN_SYNC
    if not bits & _OTHER:
        return State.MISSING
    return State.IN_SYNC if bits & _EQUAL else State.DIFFERS


_BY_BITS: Final = bytes([CODES[_state(bits)] for bits in range(256)])
_BY_BITS_OF_BOTH: Final = bytes(
    [_BY_BITS[bits] if bits & _BASE and bits & _OTHER else CODES[State.UNKNOWN] for bits in range(256)]
)
_BASE_WHERE_HELD: Final = bytes([CODES[State.BASE if at != ABSENT else State.UNKNOWN] for at in range(256)])
_HELD_FLAGS: Final = bytes([at != ABSENT for at in range(256)])


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The tags of a repository in the board's order; for each environment, in path order, a column and its states.

    A state is a byte, to be looked up in STATES. The column of an environment that was not read holds nothing.
    """

    repository: Repository
    tags: tuple[Tag, ...]
    columns: tuple[Column, ...]
    states: tuple[bytes, ...]

    def flags(self, column: int, states: frozenset[State]) -> int:
        """A flag for each tag whose state in the environment at `column` is one of `states`. See `everything`."""
        return as_flags(self.states[column].translate(_flag_of_each(states)))

    def flags_anywhere(self, states: frozenset[State]) -> int:
        """A flag for each tag whose state in any environment is one of `states`."""
        flags = 0
        for column in range(len(self.states)):
            flags |= self.flags(column, states)
        return flags

    @property
    def everything(self) -> int:
        """Flags for all tags: a number with a byte for each, the first tag's the lowest, that is 0 or 1."""
        return as_flags(b"\1" * len(self.tags))

    def places(self, flags: int) -> Sequence[int]:
        """The places of the tags that have a flag, in their order."""
        length = len(self.tags)
        if flags == self.everything:
            return range(length)
        return tuple(compress(range(length), flags.to_bytes(length, "little")))

    def flagged(self, places: Iterable[int]) -> int:
        """Flags for the tags at `places`."""
        flags = bytearray(len(self.tags))
        for at in places:
            flags[at] = 1
        return as_flags(flags)


@cache
def _flag_of_each(states: frozenset[State]) -> bytes:
    """For each byte 1 where it stands for one of `states`."""
    return bytes([at < len(STATES) and STATES[at] in states for at in range(256)])


def as_flags(flags: bytes | bytearray) -> int:
    """A number with the bytes of `flags`, which are 0 or 1: it can be combined with others by `&` and `|`."""
    return int.from_bytes(flags, "little")


def make_table(repository: Repository, readings: Sequence[Reading], before: Table | None) -> Table:
    """The table of what was read: a line for each tag that any environment is known to have.

    What did not change since the table `before` is taken from there.
    """
    tags, columns = _lined_up(readings, before)
    is_whole = [isinstance(reading, Snapshot) for reading in readings]
    known = before if before and before.tags is tags and before.columns[0] is columns[0] else None
    states, digests = [_base_states(columns[0], is_known=is_whole[0])], columns[0].raw_digests()
    for at in range(1, len(columns)):
        if known and known.columns[at] is columns[at]:  # where it was not read whole, that is always a new one
            states.append(known.states[at])
        else:
            states.append(_states(tags, (columns[0], digests), columns[at], is_known=is_whole[0] and is_whole[at]))
    return Table(repository, tags, columns, tuple(states))


def _lined_up(readings: Sequence[Reading], before: Table | None) -> tuple[tuple[Tag, ...], tuple[Column, ...]]:
    """The tags in the board's order, and the columns beside them. Mostly the tags are those of before."""
    if before:
        columns = tuple([_column(reading, before.tags) for reading in readings])
        if _hold_all(columns, readings):
            return before.tags, columns
    tags = _tags(readings, before)
    return tags, tuple([_column(reading, tags) for reading in readings])


def _hold_all(columns: Sequence[Column], readings: Sequence[Reading]) -> bool:
    """True where the columns have a place for all that was read, and no place for what nobody has any more."""
    held = 0
    for column, reading in zip(columns, readings, strict=True):
        if len(column.held) - column.held.count(ABSENT) != len(_entries(reading)):
            return False
        held |= as_flags(column.held.translate(_HELD_FLAGS))
    return held == as_flags(b"\1" * len(columns[0].held))


def _tags(readings: Sequence[Reading], before: Table | None) -> tuple[Tag, ...]:
    """The tags in the board's order; sorting is the dearest of all this, so what is sorted already is taken over."""
    known = map(_entries, readings)
    wanted = dict.fromkeys(chain.from_iterable(known))  # no set: in the order of registries they are sorted sooner
    if before is None or not wanted.keys() <= set(before.tags):
        return tuple(order_tags(wanted))
    return tuple(tag for tag in before.tags if tag in wanted)


def _entries(reading: Reading) -> Mapping[Tag, TagEntry]:
    return {} if isinstance(reading, Unread) else reading.entries


def _column(reading: Reading, tags: tuple[Tag, ...]) -> Column:
    if isinstance(reading, Unread) or (isinstance(reading, Loading) and not reading.entries):
        return blank(len(tags))
    known = packed(reading.entries) if isinstance(reading, Loading) else reading.entries
    column = known.aligned(tags) if isinstance(known, Entries) else pack(known, tags)
    return replace(column) if isinstance(reading, Loading) else column


def _base_states(base: Column, *, is_known: bool) -> bytes:
    held = bytearray(base.held.translate(_BASE_WHERE_HELD))
    states = bytearray([CODES[State.BASE]]) * len(held) if is_known else held
    for at, entry in base.whole.items():
        if entry.digest is None:
            states[at] = CODES[State.UNKNOWN]
    return bytes(states)


def _states(tags: Sequence[Tag], the_base: tuple[Column, Sequence[bytes]], other: Column, *, is_known: bool) -> bytes:
    """Where a side was not read whole, only what both have is known. What is not packed is looked at one by one."""
    base, digests = the_base
    if not is_known and not (any(base.held) and any(other.held)):
        return _UNKNOWN * len(tags)
    if is_known and not base.whole and base.held == other.held and base.digests == other.digests:
        return bytes([CODES[State.IN_SYNC]]) * len(tags)
    equal = as_flags(bytes(map(eq, digests, other.raw_digests())))
    held = as_flags(base.held.translate(_HELD_FLAGS)), as_flags(other.held.translate(_HELD_FLAGS))
    bits = held[0] * _BASE | held[1] * _OTHER | equal * _EQUAL
    states = bytearray(bits.to_bytes(len(tags), "little").translate(_BY_BITS if is_known else _BY_BITS_OF_BOTH))
    for at in {*base.whole, *other.whole}:
        one, two = base.entry(at, tags[at]), other.entry(at, tags[at])
        states[at] = CODES[classify(one, two) if is_known or (one and two) else State.UNKNOWN]
    return bytes(states)
