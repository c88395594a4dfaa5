"""Writes that wait for the thread of a database, and how those who wait for them hear of it."""

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
WorkOnMany = Callable[[sqlite3.Connection, Sequence[Any]], object]
"""Writes some items, all of them or none."""
Level = Literal["FULL", "NORMAL"]
"""SQLite's: FULL flushes to disk, NORMAL leaves it to the next."""


@dataclass(frozen=True, slots=True)
class Write:
    """An item to be written by `work`, and how that ends; those in a row that are of the same work are done at once."""

    work: WorkOnMany
    item: object
    level: Level
    outcome: asyncio.Future[Any] | None = None

    def end(self, ending: object) -> None:
        """Tells who waits, unless nobody does any more."""
        if self.outcome is None or self.outcome.done():
            return
        if isinstance(ending, Exception):
            self.outcome.set_exception(ending)
        else:
            self.outcome.set_result(ending)


def alone(work: Work[object]) -> WorkOnMany:
    """`work`, which is like no other."""
    return lambda connection, _: work(connection)


def tell(writes: Sequence[Write], endings: Sequence[object]) -> None:
    """Wakes each loop once, however many of its writes ended; nearly always there is one."""
    ended = defaultdict[asyncio.AbstractEventLoop, list[tuple[Write, object]]](list)
    for write, ending in zip(writes, endings, strict=True):
        if write.outcome is not None:
            ended[write.outcome.get_loop()].append((write, ending))
    for loop, told in ended.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_end, told)


def _end(told: Sequence[tuple[Write, object]]) -> None:
    for write, ending in told:
        write.end(ending)
