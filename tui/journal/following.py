"""What was settled for an environment that follows, by its place: it is never followed again."""

import sqlite3
from collections.abc import Collection

from tui.domain.reference import Digest, Repository, Tag

Image = tuple[Repository, Tag, Digest]


def read_followed(connection: sqlite3.Connection, place: str) -> frozenset[Image]:
    """What was settled for `place`."""
    rows = connection.execute("SELECT repository, tag, digest FROM followed WHERE place = ?", (place,))
    return frozenset((Repository(repository), Tag(tag), Digest.parse(digest)) for repository, tag, digest in rows)


def settle(connection: sqlite3.Connection, place: str, images: Collection[Image]) -> None:
    """Keeps that following has begun at `place`, and that `images` are dealt with."""
    connection.execute("INSERT OR IGNORE INTO following VALUES (?)", (place,))
    rows = [(place, repository, tag, str(digest)) for repository, tag, digest in images]
    connection.executemany("INSERT OR IGNORE INTO followed VALUES (?, ?, ?, ?)", rows)


def is_following(connection: sqlite3.Connection, place: str) -> bool:
    """True once following has begun at `place`."""
    return connection.execute("SELECT 1 FROM following WHERE place = ?", (place,)).fetchone() is not None


def await_first(connection: sqlite3.Connection, place: str, repositories: Collection[Repository]) -> None:
    """Keeps which repositories could not be read yet since following began at `place`."""
    connection.execute("DELETE FROM awaited WHERE place = ?", (place,))
    connection.executemany("INSERT INTO awaited VALUES (?, ?)", [(place, name) for name in repositories])


def read_awaited(connection: sqlite3.Connection, place: str) -> frozenset[Repository]:
    """The repositories that `await_first` kept last for `place`."""
    rows = connection.execute("SELECT repository FROM awaited WHERE place = ?", (place,))
    return frozenset(Repository(name) for (name,) in rows)
