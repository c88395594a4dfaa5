"""Matching of what two sides have, where one thing may be there several times. Pure."""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Presence(StrEnum):
    """On which side something is."""

    BOTH = "both"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Matched(Generic[T]):
    """The pairs in the left side's order, and what is left over on either side in its order."""

    pairs: tuple[tuple[T, T], ...]
    left: tuple[T, ...]
    right: tuple[T, ...]


def match(left: Iterable[T], right: Iterable[T], key: Callable[[T], Hashable]) -> Matched[T]:
    """Each of `left` with the first of `right` that has the same key and is not taken yet.

    How many pairs there are of a key does not depend on which side is the left one.
    """
    there = tuple(right)
    waiting: dict[Hashable, deque[int]] = defaultdict(deque)
    for at, item in enumerate(there):
        waiting[key(item)].append(at)
    pairs: list[tuple[T, T]] = []
    alone: list[T] = []
    for item in left:
        if candidates := waiting.get(key(item)):
            pairs.append((item, there[candidates.popleft()]))
        else:
            alone.append(item)
    left_over = sorted(at for candidates in waiting.values() for at in candidates)
    return Matched(tuple(pairs), tuple(alone), tuple(there[at] for at in left_over))


def match_by(left: Sequence[T], right: Sequence[T], *keys: Callable[[T], Hashable]) -> Matched[T]:
    """As `match`; what the first key leaves over is matched by the next. The pairs stand key by key."""
    pairs: tuple[tuple[T, T], ...] = ()
    rest: Matched[T] = Matched((), tuple(left), tuple(right))
    for key in keys:
        rest = match(rest.left, rest.right, key)
        pairs += rest.pairs
    return Matched(pairs, rest.left, rest.right)
