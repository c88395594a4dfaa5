"""The journal in one SQLite file: events hash-chained as they come, observations, and the newest snapshots.

WAL lets a board read while a pipeline writes. Every event but a blob's progress is flushed to disk before `record`
returns; progress is left to the next of the others.
"""

import hashlib
import json
import sqlite3
from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from datetime import datetime
from pathlib import Path
from typing import Final

from tui.domain.events import BlobAdvanced, Recorded
from tui.domain.history import History
from tui.domain.past import ChainCheck, Past
from tui.domain.reference import Digest, Reference, Repository, Tag
from tui.domain.snapshot import Snapshot
from tui.domain.timestamps import format_timestamp
from tui.domain.wire import to_json
from tui.journal.database import Database, Transaction
from tui.journal.history import read_history, read_last_changes
from tui.journal.schema import GONE, SCHEMA, entries_from_json, entries_to_json, moment_of

GENESIS: Final = "0" * 64
"""What the first event's chain value is computed from."""


class SqliteJournal:
    """A journal in `file`, opened on first use. `places` are `registry/prefix` by environment: what is kept is kept for
    those, so that environments of one name but another registry are told apart."""

    def __init__(self, file: Path, places: Mapping[str, str]) -> None:
        self._places = places
        self._database = Database(file, SCHEMA, "journal")

    async def record(self, event: Recorded) -> None:
        """Keeps `event`; it is on disk when this returns. Raises JournalError."""
        keep = self._database.jot if isinstance(event.event, BlobAdvanced) else self._database.write
        await keep(lambda connection: _append(connection, event))

    async def remember(self, snapshot: Snapshot, covers: Callable[[Tag], bool]) -> None:
        """Keeps the snapshot, and an observation of each tag that is new, moved or gone. Raises JournalError.

        An empty one of a repository that none of the places was ever seen to have is not kept: its name may be a slip.
        """
        place, places = self._places[snapshot.environment], tuple(self._places.values())

        def keep(connection: sqlite3.Connection) -> None:
            if _holds_any(snapshot) or _was_seen(connection, places, snapshot.repository):
                _remember(connection, place, snapshot, covers)

        await self._database.run(keep)

    async def recall(self, environments: Sequence[str]) -> Sequence[Snapshot]:
        """The newest snapshots kept for `environments`, marked as remembered. Raises JournalError.

        Of a repository that no environment was ever seen to have there is none.
        """
        names, places = {self._places[name]: name for name in environments}, tuple(self._places.values())

        def known(connection: sqlite3.Connection) -> Sequence[Snapshot]:
            kept = _recall(connection, names)
            held = {item.repository for item in kept if item.entries}
            bare = {item.repository for item in kept} - held
            seen = held | {name for name in bare if _was_seen(connection, places, name)}
            return [item for item in kept if item.repository in seen]

        return await self._database.run(known)

    async def held_since(self, environment: str, repository: Repository, tag: Tag, digest: Digest) -> datetime | None:
        """Since when `tag` was seen to hold `digest`; None where it was last seen otherwise. Raises JournalError."""
        place = self._places[environment]
        return await self._database.run(lambda connection: _held_since(connection, (place, repository, tag), digest))

    async def history(
        self, environments: Sequence[str], repository: Repository | None = None, tag: Tag | None = None
    ) -> History:
        """What `environments` were seen to hold, and what was promoted there. Raises JournalError."""
        names = {place: name for name, place in self._places.items()}
        return await self._database.run(
            lambda connection: read_history(connection, names, environments, repository, tag)
        )

    async def last_changes(self, environments: Sequence[str]) -> Mapping[tuple[str, Repository, Tag], datetime]:
        """Since when each tag was seen to hold what it was last seen to hold. Raises JournalError."""
        names = {self._places[name]: name for name in environments}
        return await self._database.run(lambda connection: read_last_changes(connection, names))

    async def promotions(self, environments: Sequence[str], limit: int | None = None) -> Sequence[Past]:
        """The promotions into `environments`, the newest first. Raises JournalError."""
        raise NotImplementedError

    async def promotion(self, name: str) -> Sequence[Recorded]:
        """Every event of one promotion, in order, but the advances of blobs. Raises JournalError."""
        raise NotImplementedError

    async def check(self) -> ChainCheck:
        """Follows the chain of all events. Raises JournalError."""
        raise NotImplementedError

    @asynccontextmanager
    async def holding(self, target: Reference) -> AsyncGenerator[None, None]:
        """The turn to write `target`'s tag. Raises JournalError."""
        del target
        yield

    async def followed(self, environment: str) -> Collection[tuple[Repository, Tag, Digest]]:
        """What was settled for `environment`. Raises JournalError."""
        raise NotImplementedError

    async def settle(self, environment: str, images: Collection[tuple[Repository, Tag, Digest]]) -> None:
        """Keeps that `images` are dealt with for `environment`. Raises JournalError."""
        raise NotImplementedError

    async def is_following(self, environment: str) -> bool:
        """True once following has begun there. Raises JournalError."""
        raise NotImplementedError

    async def close(self) -> None:
        """Writes what is pending and lets go of the file."""
        await self._database.close()


def verify_chain(file: Path) -> int | None:
    """The number of the first event that was changed after it was recorded; None where all stand as they were."""
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        previous = GENESIS
        for number, document, chain in connection.execute("SELECT number, document, chain FROM events ORDER BY number"):
            if chain != _link(previous, document):
                return number
            previous = chain
    return None


def _append(connection: sqlite3.Connection, record: Recorded) -> None:
    document = json.dumps(to_json(record), ensure_ascii=False, separators=(",", ":"))
    row = connection.execute("SELECT chain FROM events ORDER BY number DESC LIMIT 1").fetchone()
    chain = _link(row[0] if row else GENESIS, document)
    values = (record.promotion, format_timestamp(record.at), type(record.event).__name__, document, chain)
    connection.execute("INSERT INTO events (promotion, at, event, document, chain) VALUES (?, ?, ?, ?, ?)", values)


def _link(previous: str, document: str) -> str:
    return hashlib.sha256(f"{previous}\n{document}".encode()).hexdigest()


def _holds_any(snapshot: Snapshot) -> bool:
    """True where it has a tag that was resolved: of no others anything is kept."""
    return any(entry.digest for entry in snapshot.entries.values())


def _was_seen(connection: sqlite3.Connection, places: Sequence[str], repository: str) -> bool:
    """True where one of `places` ever had a tag of it; journals of before may have kept that in a snapshot alone."""
    at = f"place IN ({', '.join('?' * len(places))}) AND repository = ?"
    seen = f"SELECT 1 FROM observations WHERE {at}"  # noqa: S608 - only question marks
    kept = f"SELECT 1 FROM snapshots WHERE {at} AND entries <> '[]'"  # noqa: S608 - only question marks
    return connection.execute(f"{seen} UNION ALL {kept} LIMIT 1", (*places, repository) * 2).fetchone() is not None


def _remember(connection: sqlite3.Connection, place: str, snapshot: Snapshot, covers: Callable[[Tag], bool]) -> None:
    at = format_timestamp(snapshot.taken_at)
    connection.execute("PRAGMA synchronous = NORMAL")
    with Transaction(connection):
        before = _last_seen(connection, place, snapshot.repository)
        rows = [(place, snapshot.repository, tag, text, at) for tag, text in _changes(before, snapshot, covers)]
        connection.executemany("INSERT INTO observations VALUES (?, ?, ?, ?, ?)", rows)
        values = (place, snapshot.repository, at, entries_to_json(snapshot.entries))
        connection.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)", values)


def _changes(before: Mapping[Tag, str], snapshot: Snapshot, covers: Callable[[Tag], bool]) -> Iterator[tuple[Tag, str]]:
    """Each tag that changed, with its digest; `GONE` where it is no longer there."""
    for tag, entry in snapshot.entries.items():
        if entry.digest and before.get(tag, GONE) != str(entry.digest):
            yield tag, str(entry.digest)
    for tag in before.keys() - snapshot.entries.keys():
        if before[tag] != GONE and covers(tag):
            yield tag, GONE


def _last_seen(connection: sqlite3.Connection, place: str, repository: str) -> Mapping[Tag, str]:
    """What each tag was last seen to hold. Not the last snapshot: that may be one of fewer tags."""
    query = "SELECT tag, digest, MAX(rowid) FROM observations WHERE place = ? AND repository = ? GROUP BY tag"
    return {Tag(tag): digest for tag, digest, _ in connection.execute(query, (place, repository))}


def _recall(connection: sqlite3.Connection, names: Mapping[str, str]) -> Sequence[Snapshot]:
    marks = ", ".join("?" * len(names))
    query = f"SELECT place, repository, taken_at, entries FROM snapshots WHERE place IN ({marks})"  # noqa: S608
    rows = connection.execute(query, tuple(names)).fetchall()
    return [_snapshot(names[place], repository, at, entries) for place, repository, at, entries in rows]


def _snapshot(environment: str, repository: str, at: str, entries: str) -> Snapshot:
    return Snapshot(environment, Repository(repository), moment_of(at), entries_from_json(entries), is_remembered=True)


def _held_since(connection: sqlite3.Connection, where: tuple[str, str, str], digest: Digest) -> datetime | None:
    """The newest observation begins the spell that lasts: one is written only when a tag moves."""
    query = (
        "SELECT digest, at FROM observations WHERE place = ? AND repository = ? AND tag = ? ORDER BY rowid DESC LIMIT 1"
    )
    row = connection.execute(query, where).fetchone()
    return moment_of(row[1]) if row and row[0] == str(digest) else None
