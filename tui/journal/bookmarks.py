"""Bookmarks of uploads in the file of the content memory: deleting them loses nothing but the time to upload again."""

import os
import socket
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from typing import Final

from tui.domain.reference import Digest
from tui.journal.database import Database

ABANDONED_AFTER: Final = 600.0
"""Seconds in which a bookmark did not move, after which nobody is at it any more: a live upload moves it with each
chunk. That its process ended is seen at once, but only on the same host."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS uploads (
    place TEXT NOT NULL, digest TEXT NOT NULL, location TEXT NOT NULL,
    keeper TEXT NOT NULL, host TEXT NOT NULL, process INTEGER NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (place, digest)
);
DELETE FROM uploads WHERE at < strftime('%s', 'now') - 604800;
"""

_LIVING: Final = set[str]()
"""The keepers in this process; one that has its number and is not among them was in a process before it."""


class SqliteBookmarks:
    """Implements `tui.ports.bookmarks.UploadBookmarks` in `file`."""

    def __init__(self, file: Path, now: Callable[[], float] = time.time) -> None:
        self._database = Database(file, _SCHEMA, "content memory")
        self._now = now
        self._me = token_hex(16), socket.gethostname(), os.getpid()
        _LIVING.add(self._me[0])

    async def keep(self, place: str, digest: Digest, location: str) -> None:
        """Keeps where the upload goes on, in the name of this process. Raises JournalError."""
        values = (place, str(digest), location, *self._me, self._now())
        await self._write("INSERT OR REPLACE INTO uploads VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    async def release(self, place: str, digest: Digest) -> None:
        """Lets whoever comes next go on with the upload. Raises JournalError."""
        values = (place, str(digest), self._me[0])
        await self._write("UPDATE uploads SET keeper = '' WHERE place = ? AND digest = ? AND keeper = ?", values)

    async def recall(self, place: str, digest: Digest) -> str:
        """Where the upload goes on; empty where there is none, or another is at it. Raises JournalError."""
        where = (place, str(digest))
        if await self._database.run(lambda connection: self._free(connection, where)):
            return await self._database.jot(lambda connection: self._take(connection, where))
        return ""

    async def drop(self, place: str, digest: Digest) -> None:
        """Forgets the upload, unless another is at it by now. Raises JournalError."""
        values = (place, str(digest), self._me[0])
        await self._write("DELETE FROM uploads WHERE place = ? AND digest = ? AND keeper = ?", values)

    async def close(self) -> None:
        """Lets go of the file, and of what it kept."""
        _LIVING.discard(self._me[0])
        await self._database.close()

    async def _write(self, statement: str, values: tuple[object, ...]) -> None:
        await self._database.jot(lambda connection: connection.execute(statement, values))

    def _take(self, connection: sqlite3.Connection, where: tuple[str, str]) -> str:
        """The location of a free bookmark, which is ours with that. In a transaction, so that only one gets it."""
        location = self._free(connection, where)
        if location:
            statement = "UPDATE uploads SET keeper = ?, host = ?, process = ?, at = ? WHERE place = ? AND digest = ?"
            connection.execute(statement, (*self._me, self._now(), *where))
        return location

    def _free(self, connection: sqlite3.Connection, where: tuple[str, str]) -> str:
        query = "SELECT location, keeper, host, process, at FROM uploads WHERE place = ? AND digest = ?"
        row = connection.execute(query, where).fetchone()
        if row is None:
            return ""
        location, keeper, host, process, at = row
        is_held = keeper and at > self._now() - ABANDONED_AFTER and not self._is_over(keeper, host, process)
        return "" if is_held else location

    def _is_over(self, keeper: str, host: str, process: int) -> bool:
        """True where the keeper's process is known to have ended."""
        _, own_host, own_process = self._me
        if host != own_host:
            return False
        return keeper not in _LIVING if process == own_process else not _is_running(process)


def _is_running(process: int) -> bool:
    """False where no process has that number any more; True where that cannot be told."""
    if sys.platform == "win32":  # there, signal 0 is no question
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
