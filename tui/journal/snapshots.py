"""Snapshots in the journal: when each was taken in one table, what it holds in another, so that what did not change is
not written again.

What it holds lies in columns, as JSON: it is read when the board starts, of a hundred thousand tags in each of several
environments, and so a list of each kind of value costs a fraction of what a list of each tag's values does. Rows of
older versions, in which each tag has its own list, are read as well, and replaced when they change.
"""

import gc
import json
import sqlite3
from array import array
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import compress
from math import nan
from typing import Any, Final

from tui.domain.column import ALGORITHM, Column, column_of, pack
from tui.domain.entries import Entries, packed
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import Failure, FailureKind, Snapshot, TagEntry
from tui.domain.timestamps import format_timestamp
from tui.journal.database import Transaction
from tui.journal.schema import GONE, entries_from_json, moment_of

_ELSEWHERE: Final = ""
"""Stands for the entries of a snapshot that lie in the table of their own."""
_NOT_ALL: Final = "?"
"""Stands for the others where not all are known; no tag is called so."""
_UNRESOLVED: Final = Failure(FailureKind.INVALID, "resolve a tag", "its digest could not be read the last time either")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)
_TICKS: Final = 1_000_000
_SHA256: Final = f"{ALGORITHM}:"
_Ticks = list[int | None]
"""Times by microseconds since 1970."""


class Reader:
    """Reads what snapshots hold, packed; tags that stand in several are made once."""

    def __init__(self) -> None:
        self._tags: dict[tuple[Tag, ...], tuple[Tag, ...]] = {}

    def entries(self, text: str) -> Entries:
        """The entries in `text`. Raises ValueError where it is not what `write_entries` wrote."""
        texts, digests, created, pushed, locked = _columns(json.loads(text))
        tags = tuple(texts)
        tags = self._tags.setdefault(tags, tags)
        column = None
        if all(text is not None and text.startswith(_SHA256) for text in digests):
            digits = [text[len(_SHA256) :] for text in digests]
            column = column_of(digits, _seconds(created), _seconds(pushed), _flags(tags, locked))
        return Entries(tags, column or _unusual(tags, digests, created, pushed, frozenset(locked)))


def _seconds(ticks: "_Ticks | None") -> "array[float]":
    return array("d", [nan if each is None else each / _TICKS for each in ticks or ()])


def _flags(tags: Sequence[Tag], locked: Sequence[Tag]) -> bytes:
    return bytes(map(frozenset(locked).__contains__, tags)) if locked else b""


def _unusual(
    tags: Sequence[Tag],
    digests: Sequence[str | None],
    created: "_Ticks | None",
    pushed: "_Ticks | None",
    locked: Collection[Tag],
) -> Column:
    """The column of entries of which some have no digest, or another than of sha256."""
    unknown = [None] * len(tags)
    rows = zip(tags, digests, map(_moment, created or unknown), map(_moment, pushed or unknown), strict=True)
    entries = {
        tag: TagEntry(
            tag, Digest.parse(text) if text else None, made, moved, tag in locked, None if text else _UNRESOLVED
        )
        for tag, text, made, moved in rows
    }
    return pack(entries, tags)


def _moment(ticks: int | None) -> datetime | None:
    return None if ticks is None else _EPOCH + ticks * _TICK


def _columns(document: Any) -> list[Any]:
    """The five columns; of times that nobody knows there is none, and where none was moved they are alike."""
    tags, digests, created, pushed, locked = document
    pushed = created if pushed is None else pushed
    if not all(len(tags) == len(each) for each in (digests, created, pushed) if each is not None):
        raise ValueError("the columns of a snapshot in it differ in length")
    return [tags, digests, created, pushed, locked]


def write_entries(entries: Entries) -> str:
    """The entries as one JSON list of five: tags, digests, times of creation and of the last push in microseconds since
    1970, and the tags that are locked. An unresolved tag has no digest: left out, it would be taken for missing.
    """
    column, whole = entries.column, entries.column.whole.items()
    created = _ticks(column.created, len(entries.tags), {at: each.created for at, each in whole})
    pushed = _ticks(column.pushed, len(entries.tags), {at: each.pushed for at, each in whole})
    document = (
        entries.tags,
        entries.digests(),
        created if any(each is not None for each in created) else None,
        pushed if pushed != created else None,
        list(compress(entries.tags, entries.column.lock_flags())),
    )
    return json.dumps(document, separators=(",", ":"))


def _ticks(seconds: "array[float]", length: int, whole: Mapping[int, datetime | None]) -> "_Ticks":
    ticks: _Ticks = [None if each != each else round(each * _TICKS) for each in seconds] or [None] * length
    for at, moment in whole.items():
        ticks[at] = None if moment is None else (moment - _EPOCH) // _TICK
    return ticks


def keep(
    connection: sqlite3.Connection,
    place: str,
    places: Sequence[str],
    snapshot: Snapshot,
    covers: Callable[[Tag], bool],
) -> None:
    """Keeps the snapshot and what changed; see `Journal.remember`."""
    if _holds_any(snapshot) or (
        was_seen(connection, places, snapshot.repository) and not is_late(connection, place, snapshot)
    ):
        _remember(connection, place, snapshot, covers)


def read_known(connection: sqlite3.Connection, names: Mapping[str, str], places: Sequence[str]) -> Sequence[Snapshot]:
    """The snapshots of the places in `names`, of repositories that one of `places` was ever seen to have."""
    kept = read_snapshots(connection, names)
    held = {item.repository for item in kept if item.entries}
    bare = {item.repository for item in kept} - held
    seen = held | {name for name in bare if was_seen(connection, places, name)}
    return [item for item in kept if item.repository in seen]


def _holds_any(snapshot: Snapshot) -> bool:
    """True where it has a tag that was resolved: of no others anything is kept."""
    return any(packed(snapshot.entries).column.known_digests())


def _remember(connection: sqlite3.Connection, place: str, snapshot: Snapshot, covers: Callable[[Tag], bool]) -> None:
    at = format_timestamp(snapshot.taken_at)
    connection.execute("PRAGMA synchronous = NORMAL")
    with Transaction(connection):
        before = _last_seen(connection, place, snapshot.repository)
        rows = [(place, snapshot.repository, tag, text, at) for tag, text in _changes(before, snapshot, covers)]
        connection.executemany("INSERT INTO observations VALUES (?, ?, ?, ?, ?)", rows)
        write_snapshot(connection, place, snapshot)


def _changes(before: Mapping[Tag, str], snapshot: Snapshot, covers: Callable[[Tag], bool]) -> Iterator[tuple[Tag, str]]:
    """Each tag that changed, with its digest; `GONE` where it is no longer there."""
    entries = packed(snapshot.entries).dense
    for tag, text in zip(entries.tags, entries.digests(), strict=True):
        if text and before.get(tag, GONE) != text:
            yield tag, text
    for tag in before.keys() - snapshot.entries.keys():
        if before[tag] != GONE and covers(tag):
            yield tag, GONE


def _last_seen(connection: sqlite3.Connection, place: str, repository: str) -> Mapping[Tag, str]:
    """What each tag was last seen to hold. Not the last snapshot: that may be one of fewer tags."""
    query = "SELECT tag, digest, MAX(rowid) FROM observations WHERE place = ? AND repository = ? GROUP BY tag"
    return {Tag(tag): digest for tag, digest, _ in connection.execute(query, (place, repository))}


def write_snapshot(connection: sqlite3.Connection, place: str, snapshot: Snapshot) -> None:
    """Keeps the snapshot; of one that holds what the last one held, only when it was taken."""
    where = place, snapshot.repository
    others = _NOT_ALL if snapshot.others is None else " ".join(snapshot.others)
    held = write_entries(packed(snapshot.entries).dense), others
    kept = connection.execute("SELECT entries, others FROM holdings WHERE place = ? AND repository = ?", where)
    if kept.fetchone() != held:
        connection.execute("INSERT OR REPLACE INTO holdings VALUES (?, ?, ?, ?)", (*where, *held))
    taken = (*where, format_timestamp(snapshot.taken_at), _ELSEWHERE)
    connection.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)", taken)


def read_snapshots(connection: sqlite3.Connection, names: Mapping[str, str]) -> Sequence[Snapshot]:
    """The snapshots of the places in `names`, which gives the environments. Raises ValueError."""
    marks = ", ".join("?" * len(names))
    query = (
        "SELECT place, repository, taken_at, snapshots.entries, holdings.entries, others "  # noqa: S608
        f"FROM snapshots LEFT JOIN holdings USING (place, repository) WHERE place IN ({marks})"
    )
    reader = Reader()
    with _making_much():
        return [_snapshot(names[place], row, reader) for place, *row in connection.execute(query, tuple(names))]


def _snapshot(environment: str, row: Sequence[str], reader: Reader) -> Snapshot:
    repository, at, old, held, others = row
    try:
        entries = reader.entries(held) if old == _ELSEWHERE else entries_from_json(old)
    except TypeError as error:
        raise ValueError(f"the snapshot of {repository} in it is damaged") from error
    beyond = tuple(map(Tag, others.split())) if old == _ELSEWHERE and others != _NOT_ALL else None
    return Snapshot(environment, Repository(repository), moment_of(at), entries, is_remembered=True, others=beyond)


@contextmanager
def _making_much() -> Generator[None, None, None]:
    """Looks for no garbage meanwhile: nothing that is made is any, and looking takes longer than making."""
    was_looked_for = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_looked_for:
            gc.enable()


def is_late(connection: sqlite3.Connection, place: str, snapshot: Snapshot) -> bool:
    """True where another that was read after `snapshot` is kept already. One from further on is a clock's mistake."""
    query = "SELECT taken_at FROM snapshots WHERE place = ? AND repository = ?"
    row = connection.execute(query, (place, snapshot.repository)).fetchone()
    return row is not None and timedelta() < moment_of(row[0]) - snapshot.taken_at < timedelta(days=1)


def was_seen(connection: sqlite3.Connection, places: Sequence[str], repository: str) -> bool:
    """True where one of `places` ever had a tag of it; journals of before may have kept that in a snapshot alone."""
    at = f"place IN ({', '.join('?' * len(places))}) AND repository = ?"
    seen = f"SELECT 1 FROM observations WHERE {at}"  # noqa: S608 - only question marks
    kept = f"SELECT 1 FROM snapshots WHERE {at} AND entries NOT IN ('[]', '')"  # noqa: S608 - only question marks
    return connection.execute(f"{seen} UNION ALL {kept} LIMIT 1", (*places, repository) * 2).fetchone() is not None
