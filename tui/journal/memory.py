"""Content that was read once, in a SQLite file of its own: deleting it loses nothing but the time to read again."""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tui.domain.content import RawManifest, digest_of
from tui.domain.reference import Digest, Repository
from tui.domain.timestamps import format_timestamp, parse_timestamp
from tui.journal.database import Database

if TYPE_CHECKING:
    from tui.domain.facts import ImageFacts

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS manifests (digest TEXT PRIMARY KEY, media_type TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS facts (digest TEXT PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS presence (
    place TEXT NOT NULL, repository TEXT NOT NULL, digest TEXT NOT NULL, held INTEGER NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (place, repository, digest)
);
"""


class SqliteMemory:
    """A memory in `file`. `places` are `registry/prefix` by environment."""

    def __init__(self, file: Path, places: Mapping[str, str]) -> None:
        self._places = places
        self._database = Database(file, _SCHEMA, "content memory")

    async def manifests(self, digests: Collection[Digest]) -> Mapping[Digest, RawManifest]:
        """Those of the manifests that the file holds, as their digests say. Raises JournalError."""
        return await self._database.run(lambda connection: dict(_manifests(connection, digests)))

    async def keep_manifest(self, manifest: RawManifest) -> None:
        """Keeps the manifest's exact bytes. Raises JournalError."""
        values = (str(manifest.digest), manifest.media_type, manifest.body)
        await self._write("INSERT OR REPLACE INTO manifests VALUES (?, ?, ?)", values)

    async def facts(self, digests: Collection[Digest]) -> "Mapping[Digest, ImageFacts]":
        """The facts of those of the configs that the file knows. Raises JournalError."""
        return await self._database.run(lambda connection: dict(_facts(connection, digests)))

    async def keep_facts(self, digest: Digest, facts: "ImageFacts") -> None:
        """Keeps what is known of a config. Raises JournalError."""
        await self._write("INSERT OR REPLACE INTO facts VALUES (?, ?)", (str(digest), _to_json(facts)))

    async def presence(self, environment: str, repository: Repository, digest: Digest, since: datetime) -> bool | None:
        """What was found last; None if it was not asked since. Raises JournalError."""
        where = (self._places[environment], repository, str(digest), format_timestamp(since))
        return await self._database.run(lambda connection: _presence(connection, where))

    async def keep_presence(
        self, environment: str, repository: Repository, digest: Digest, *, is_held: bool, at: datetime
    ) -> None:
        """Keeps what was found. Raises JournalError."""
        values = (self._places[environment], repository, str(digest), int(is_held), format_timestamp(at))
        await self._write("INSERT OR REPLACE INTO presence VALUES (?, ?, ?, ?, ?)", values)

    async def close(self) -> None:
        """Lets go of the file."""
        await self._database.close()

    async def _write(self, statement: str, values: tuple[object, ...]) -> None:
        await self._database.jot(lambda connection: connection.execute(statement, values))


def _manifests(connection: sqlite3.Connection, digests: Collection[Digest]) -> Iterator[tuple[Digest, RawManifest]]:
    for digest, (media_type, body) in _rows(connection, "SELECT media_type, body FROM manifests", digests):
        if isinstance(body, bytes) and digest_of(body, digest.algorithm) == digest:
            yield digest, RawManifest(media_type, body, digest)


def _facts(connection: sqlite3.Connection, digests: Collection[Digest]) -> "Iterator[tuple[Digest, ImageFacts]]":
    """What another version of this program wrote in another shape is read again from its registry."""
    for digest, (document,) in _rows(connection, "SELECT document FROM facts", digests):
        with suppress(ValueError, KeyError, TypeError):
            yield digest, _from_json(document)


def _rows(
    connection: sqlite3.Connection, query: str, digests: Collection[Digest]
) -> Iterator[tuple[Digest, tuple[Any, ...]]]:
    """The row of each of `digests` that has one. A query finds one by the primary key within microseconds."""
    for digest in digests:
        row = connection.execute(f"{query} WHERE digest = ?", (str(digest),)).fetchone()
        if row is not None:
            yield digest, row


def _presence(connection: sqlite3.Connection, where: tuple[str, str, str, str]) -> bool | None:
    query = "SELECT held FROM presence WHERE place = ? AND repository = ? AND digest = ? AND at >= ?"
    row = connection.execute(query, where).fetchone()
    return bool(row[0]) if row else None


def _to_json(facts: "ImageFacts") -> str:
    platform, identity = facts.platform, facts.identity
    document = {
        "platform": [platform.os, platform.architecture, platform.variant],
        "created": _text(facts.created),
        "diff_ids": [str(digest) for digest in facts.diff_ids],
        "commit": identity.commit,
        "build": identity.build,
        "version": identity.version,
        "source": identity.source,
        "base_name": identity.base_name,
        "base_digest": identity.base_digest,
        "told_created": _text(identity.created),
    }
    return json.dumps(document, separators=(",", ":"))


def _from_json(text: str) -> "ImageFacts":
    """Imports what it makes: a promotion reads no facts, and starts without them."""
    from tui.domain.facts import ImageFacts
    from tui.domain.identity import Identity
    from tui.domain.platform import Platform

    document: dict[str, Any] = json.loads(text)
    return ImageFacts(
        Platform(*document["platform"]),
        parse_timestamp(document["created"]),
        tuple(Digest.parse(item) for item in document["diff_ids"]),
        Identity(
            document["commit"],
            document["build"],
            document["version"],
            document["source"],
            document["base_name"],
            document["base_digest"],
            parse_timestamp(document["told_created"]),
        ),
    )


def _text(moment: datetime | None) -> str:
    return format_timestamp(moment) if moment else ""
