"""One SQLite file, used from a thread of its own: its calls block.

Writes that come while the thread is busy are done in one transaction when it is free again: many promotions side by
side wait for a few flushes to disk instead of one for each of their events. Those of one kind are one statement: each
lets the event loop's thread in, and has to wait until it comes out again.
"""

import asyncio
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, Final, TypeVar

from tui.journal.writes import Level, Work, WorkOnMany, Write, alone, tell
from tui.ports.errors import JournalError

T = TypeVar("T")

_FAILURES: Final = (sqlite3.Error, OSError, ValueError, KeyError)
"""What the file, or what is found in it, may do to a work."""

BATCH: Final = 500
"""Writes in one transaction at most, so that another process gets its turn."""

_COMPANY: Final = 4
"""Who waited for one transaction, so many that the next is worth a wait: it costs as much as dozens of lines in it."""
_GATHERED: Final = 0.01
"""Seconds of that wait, in which those gather that go on side by side."""


class Database:
    """`file`, which is what `what` calls it, made with `schema` on first use. WAL lets one read while another writes.

    Works are done one after another. What they raise of SQLite's, or for what they find in it, becomes a JournalError.
    """

    def __init__(self, file: Path, schema: str, what: str) -> None:
        self._file = file
        self._schema = schema
        self._what = what
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=what)
        self._connection: sqlite3.Connection | None = None
        self._writes: deque[Write] = deque()
        self._is_due = False

    async def run(self, work: Work[T]) -> T:
        """The result of `work` on the connection, on which it opens its own transactions. Raises JournalError."""
        return await asyncio.wrap_future(self._submit(lambda: self._guarded(work)))

    async def write(self, work: Work[T]) -> T:
        """The result of `work` once it is on disk; works that wait meanwhile share a transaction. Raises JournalError.

        `work` opens no transaction itself. Of one that fails nothing is kept, and the others are not touched by it.
        """
        return await self._queued(alone(work), None, "FULL")

    async def jot(self, work: Work[T]) -> T:
        """As `write`, in order with it, but a power cut may lose it: it is flushed to disk with the next write."""
        return await self._queued(alone(work), None, "NORMAL")

    async def add(self, work: WorkOnMany, item: object) -> None:
        """As `write`, of an item that `work` writes together with those that wait beside it. Raises JournalError.

        It is written also if who waits for that is cancelled.
        """
        await self._queued(work, item, "FULL")

    def add_unawaited(self, work: WorkOnMany, item: object) -> None:
        """As `add`, with the next that is waited for, which also says that the file cannot be used, or with many.

        Raises JournalError.
        """
        self._writes.append(Write(work, item, "NORMAL"))
        if not self._is_due and len(self._writes) >= BATCH:
            self._have_written()

    async def _queued(self, work: WorkOnMany, item: object, level: Level) -> Any:
        outcome: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._queue(Write(work, item, level, outcome))
        return await outcome

    def _queue(self, write: Write) -> None:
        self._writes.append(write)
        if not self._is_due:
            self._have_written()

    def _have_written(self) -> None:
        self._is_due = True  # before the thread can say that it is no longer
        try:
            self._submit(self._write_waiting)
        except JournalError:
            self._is_due = False
            raise

    async def close(self) -> None:
        """Writes what is pending and lets go of the file. What is closed already stays so."""
        with suppress(JournalError):
            released = self._submit(self._let_go)
            self._thread.shutdown(wait=False)  # what was given to it is still done, all the same
            await asyncio.wrap_future(released)

    def _let_go(self) -> None:
        """In the thread, after all works: one of them may have opened the file only now."""
        self._write_waiting()
        if self._connection is not None:
            self._connection.close()

    def _submit(self, work: Callable[[], T]) -> Future[T]:
        try:
            return self._thread.submit(work)
        except RuntimeError as error:
            raise JournalError(f"the {self._what} {self._file} was closed already; start again to use it") from error

    def _write_waiting(self) -> None:
        """Does all that waits, a batch at a time. What comes after the look is due anew."""
        self._is_due = False
        while writes := [self._writes.popleft() for _ in range(min(len(self._writes), BATCH))]:
            try:
                endings = self._guarded(lambda connection, batch=writes: self._write_together(connection, batch))
            except Exception as error:  # noqa: BLE001 - becomes the exception of everyone who waits, unchanged
                endings = [error] * len(writes)
            tell(writes, endings)
            if sum(write.outcome is not None for write in writes) >= _COMPANY:
                time.sleep(_GATHERED)

    def _write_together(self, connection: sqlite3.Connection, writes: Sequence[Write]) -> list[object]:
        """What each gives, or its error, in one transaction: a failure undoes that one alone."""
        level = "FULL" if any(write.level == "FULL" for write in writes) else "NORMAL"
        connection.execute(f"PRAGMA synchronous = {level}")
        with Transaction(connection):
            rows = (list(row) for _, row in groupby(writes, attrgetter("work")))
            return [ending for row in rows for ending in self._write_row(connection, row)]

    def _write_row(self, connection: sqlite3.Connection, row: Sequence[Write]) -> list[object]:
        """Writes what is of one work at once; where that fails, each of them by itself."""
        ending = self._write_one(connection, row[0].work, [write.item for write in row])
        if isinstance(ending, JournalError) and len(row) > 1:
            return [self._write_one(connection, write.work, [write.item]) for write in row]
        return [ending] * len(row)

    def _write_one(self, connection: sqlite3.Connection, work: WorkOnMany, items: Sequence[object]) -> object:
        connection.execute("SAVEPOINT one")
        try:
            result = work(connection, items)
        except _FAILURES as error:
            if not connection.in_transaction:  # SQLite gave all of it up, as on a full disk
                raise
            connection.execute("ROLLBACK TO one")
            result = self._failure(error)
        connection.execute("RELEASE one")
        return result

    def _guarded(self, work: Work[T]) -> T:
        try:
            self._connection = self._connection or self._open()
            return work(self._connection)
        except _FAILURES as error:
            raise self._failure(error) from error

    def _failure(self, error: Exception) -> JournalError:
        return JournalError(f"the {self._what} {self._file} cannot be used: {error}; {_mend(error)}")

    def _open(self) -> sqlite3.Connection:
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file.touch(mode=0o600)
        connection = sqlite3.connect(self._file, timeout=10, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(
                self._schema if _has_tables(connection) else f"BEGIN IMMEDIATE;{self._schema}COMMIT;"
            )
        except sqlite3.Error:
            connection.close()  # the next work opens it anew
            raise
        return connection


def _has_tables(connection: sqlite3.Connection) -> bool:
    """Whether anything was made before: a new file gets all of it at once, as each table alone waits for the disk."""
    return connection.execute("PRAGMA schema_version").fetchone() != (0,)


def _mend(error: Exception) -> str:
    """What to do about `error`, as far as SQLite's code tells."""
    code = getattr(error, "sqlite_errorcode", None)
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return "another program keeps it: let that end"
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return "move it away to begin a new one"
    return "free space, repair its permissions, or move it away to begin a new one"


class Transaction:
    """BEGIN IMMEDIATE, so that of two processes one waits for the other before it reads what it will build on."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._connection.execute("COMMIT")
        finally:
            if self._connection.in_transaction:  # SQLite may have rolled back by itself, as on a full disk
                self._connection.execute("ROLLBACK")
