"""The journal in one SQLite file: events hash-chained as they come, observations, and the newest snapshots.

WAL lets a board read while a pipeline writes. Every event but a blob's progress is flushed to disk before `record`
returns; progress is left to the next of the others.
"""

import asyncio
import hashlib
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from tui.domain.events import BlobAdvanced, Recorded
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import Snapshot, TagEntry
from tui.domain.timestamps import format_timestamp, parse_timestamp
from tui.domain.wire import to_json
from tui.journal.schema import SCHEMA, entries_from_json, entries_to_json
from tui.ports.errors import JournalError

T = TypeVar("T")

GENESIS: Final = "0" * 64
"""What the first event's chain value is computed from."""


class SqliteJournal:
    """A journal in `file`, opened on first use. `places` tells environments of one name but another registry apart.

    SQLite's calls block, so they run in a thread of their own, one after another.
    """

    def __init__(self, file: Path, places: Mapping[str, str]) -> None:
        self._file = file
        self._places = places
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._connection: sqlite3.Connection | None = None

    async def record(self, event: Recorded) -> None:
        """Keeps `event`; it is on disk when this returns. Raises JournalError."""
        await self._run(lambda connection: _append(connection, event))

    async def remember(self, snapshot: Snapshot) -> None:
        """Keeps the snapshot, and an observation of each tag that is new or moved. Raises JournalError."""
        place = self._places[snapshot.environment]
        await self._run(lambda connection: _remember(connection, place, snapshot))

    async def recall(self, environments: Sequence[str]) -> Sequence[Snapshot]:
        """The newest snapshots kept for `environments`, marked as remembered. Raises JournalError."""
        return await self._run(lambda connection: _recall(connection, {self._places[n]: n for n in environments}))

    async def held_since(self, environment: str, repository: Repository, tag: Tag, digest: Digest) -> datetime | None:
        """Since when `tag` was seen to hold `digest`; None where it was last seen otherwise. Raises JournalError."""
        place = self._places[environment]
        return await self._run(lambda connection: _held_since(connection, (place, repository, tag), digest))

    async def close(self) -> None:
        """Writes what is pending and lets go of the file."""
        if self._connection is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, lambda: self._guarded(work))

    def _guarded(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            self._connection = self._connection or _open(self._file)
            return work(self._connection)
        except (sqlite3.Error, OSError, ValueError, KeyError) as error:
            mend = "free space, repair its permissions, or move it away to begin a new one"
            raise JournalError(f"the journal {self._file} cannot be used: {error}; {mend}") from error


def verify_chain(file: Path) -> int | None:
    """The number of the first event that was changed after it was recorded; None where all stand as they were."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        previous = GENESIS
        for number, document, chain in connection.execute("SELECT number, document, chain FROM events ORDER BY number"):
            if chain != _link(previous, document):
                return number
            previous = chain
    return None


def _open(file: Path) -> sqlite3.Connection:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.touch(mode=0o600)
    connection = sqlite3.connect(file, timeout=10, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(SCHEMA)
    return connection


def _append(connection: sqlite3.Connection, record: Recorded) -> None:
    document = json.dumps(to_json(record), ensure_ascii=False, separators=(",", ":"))
    level = "NORMAL" if isinstance(record.event, BlobAdvanced) else "FULL"
    connection.execute(f"PRAGMA synchronous = {level}")
    with _Transaction(connection):
        row = connection.execute("SELECT chain FROM events ORDER BY number DESC LIMIT 1").fetchone()
        chain = _link(row[0] if row else GENESIS, document)
        values = (record.promotion, format_timestamp(record.at), type(record.event).__name__, document, chain)
        connection.execute("INSERT INTO events (promotion, at, event, document, chain) VALUES (?, ?, ?, ?, ?)", values)


def _link(previous: str, document: str) -> str:
    return hashlib.sha256(f"{previous}\n{document}".encode()).hexdigest()


def _remember(connection: sqlite3.Connection, place: str, snapshot: Snapshot) -> None:
    at = format_timestamp(snapshot.taken_at)
    connection.execute("PRAGMA synchronous = NORMAL")
    with _Transaction(connection):
        before = _entries(connection, place, snapshot.repository)
        moved = (
            (place, snapshot.repository, entry.tag, str(entry.digest), at)
            for entry in snapshot.entries.values()
            if entry.digest and _digest(before.get(entry.tag)) != entry.digest
        )
        connection.executemany("INSERT INTO observations VALUES (?, ?, ?, ?, ?)", moved)
        values = (place, snapshot.repository, at, entries_to_json(snapshot.entries))
        connection.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)", values)


def _digest(entry: TagEntry | None) -> Digest | None:
    return entry.digest if entry else None


def _entries(connection: sqlite3.Connection, place: str, repository: str) -> Mapping[Tag, TagEntry]:
    query = "SELECT entries FROM snapshots WHERE place = ? AND repository = ?"
    row = connection.execute(query, (place, repository)).fetchone()
    return entries_from_json(row[0]) if row else {}


def _recall(connection: sqlite3.Connection, names: Mapping[str, str]) -> Sequence[Snapshot]:
    marks = ", ".join("?" * len(names))
    query = f"SELECT place, repository, taken_at, entries FROM snapshots WHERE place IN ({marks})"  # noqa: S608
    rows = connection.execute(query, tuple(names)).fetchall()
    return [_snapshot(names[place], repository, at, entries) for place, repository, at, entries in rows]


def _snapshot(environment: str, repository: str, at: str, entries: str) -> Snapshot:
    return Snapshot(environment, Repository(repository), _moment(at), entries_from_json(entries), is_remembered=True)


def _held_since(connection: sqlite3.Connection, where: tuple[str, str, str], digest: Digest) -> datetime | None:
    """The newest observation begins the spell that lasts: one is written only when a tag moves."""
    query = (
        "SELECT digest, at FROM observations WHERE place = ? AND repository = ? AND tag = ? ORDER BY rowid DESC LIMIT 1"
    )
    row = connection.execute(query, where).fetchone()
    return _moment(row[1]) if row and row[0] == str(digest) else None


def _moment(text: str) -> datetime:
    moment = parse_timestamp(text)
    if moment is None:
        raise ValueError(f"{text!r} is no time")
    return moment


class _Transaction:
    """BEGIN IMMEDIATE, so that two processes cannot both continue the chain from the same event."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def __enter__(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._connection.execute("ROLLBACK" if kind else "COMMIT")
