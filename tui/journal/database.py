"""One SQLite file, used from a thread of its own: its calls block."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from tui.ports.errors import JournalError

T = TypeVar("T")


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

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """The result of `work` on the connection. Raises JournalError."""
        try:
            future = asyncio.get_running_loop().run_in_executor(self._thread, lambda: self._guarded(work))
        except RuntimeError as error:
            raise JournalError(f"the {self._what} {self._file} was closed already; start again to use it") from error
        return await future

    async def close(self) -> None:
        """Writes what is pending and lets go of the file."""
        if self._connection is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown(wait=False)

    def _guarded(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            self._connection = self._connection or self._open()
            return work(self._connection)
        except (sqlite3.Error, OSError, ValueError, KeyError) as error:
            mend = "free space, repair its permissions, or move it away to begin a new one"
            raise JournalError(f"the {self._what} {self._file} cannot be used: {error}; {mend}") from error

    def _open(self) -> sqlite3.Connection:
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file.touch(mode=0o600)
        connection = sqlite3.connect(self._file, timeout=10, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(self._schema)
        return connection


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
