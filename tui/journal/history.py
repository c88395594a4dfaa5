"""Reading history out of the journal's tables."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from tui.domain.history import History, Landing, Sighting
from tui.domain.reference import Digest, Repository, Tag, parse_repository_tag
from tui.journal.schema import GONE, moment_of

_LANDED: Final = "json_extract(document, '$.target')"
Names = Mapping[str, str]
"""Environments by place."""


def read_history(
    connection: sqlite3.Connection, names: Names, wanted: Sequence[str], repository: Repository | None, tag: Tag | None
) -> History:
    """What the environments `wanted` were seen to hold, and what was promoted there; the oldest first."""
    asked = {place: name for place, name in names.items() if name in wanted}
    sightings = [] if repository is None else list(_sightings(connection, asked, repository, tag))
    landings = [each for place in asked for each in _landings(connection, names, place, repository, tag)]
    return History(tuple(sightings), tuple(sorted(landings, key=lambda item: item.at)))


def read_last_changes(connection: sqlite3.Connection, names: Names) -> Mapping[tuple[str, Repository, Tag], datetime]:
    """When each tag was last seen to change."""
    marks = ", ".join("?" * len(names))
    query = (
        "SELECT place, repository, tag, digest, at, MAX(rowid) FROM observations "  # noqa: S608 - only question marks
        f"WHERE place IN ({marks}) GROUP BY place, repository, tag"
    )
    rows = connection.execute(query, tuple(names))
    return {
        (names[place], Repository(repository), Tag(tag)): moment_of(at)
        for place, repository, tag, digest, at, _ in rows
        if digest != GONE
    }


def _sightings(
    connection: sqlite3.Connection, names: Names, repository: Repository, tag: Tag | None
) -> Iterator[Sighting]:
    marks = ", ".join("?" * len(names))
    query = f"SELECT place, tag, digest, at FROM observations WHERE place IN ({marks}) AND repository = ?"  # noqa: S608
    values = (*names, repository)
    if tag is not None:
        query, values = f"{query} AND tag = ?", (*values, tag)
    for place, seen, digest, at in connection.execute(f"{query} ORDER BY rowid", values):
        held = None if digest == GONE else Digest.parse(digest)
        yield Sighting(names[place], repository, Tag(seen), held, moment_of(at))


def _landings(
    connection: sqlite3.Connection, names: Names, place: str, repository: Repository | None, tag: Tag | None
) -> Iterator[Landing]:
    """What promotions wrote to `place` and read back. A target is written `registry/prefix` and `repository:tag`.

    Targets in another environment's longer prefix of the same registry are that one's.
    """
    inner = tuple(other for other in names if other != place and other.startswith(place))
    if repository and tag:
        condition, values = f"{_LANDED} = ?", (f"{place}{repository}:{tag}",)
    else:
        start = f"{place}{repository}:" if repository else place
        condition, values = f"{_LANDED} > ? AND {_LANDED} < ?", (start, start[:-1] + chr(ord(start[-1]) + 1))
    query = (
        "SELECT promotion, at, json_extract(document, '$.digest'), json_extract(document, '$.source'), "  # noqa: S608
        f"{_LANDED} FROM events WHERE event = 'Verified' AND {condition} ORDER BY number"
    )
    for promotion, at, digest, source, target in connection.execute(query, values):
        if target.startswith(inner):
            continue
        name, written = parse_repository_tag(target.removeprefix(place))
        origin = next((known for at_place, known in names.items() if source.startswith(f"{at_place}{name}:")), "")
        yield Landing(names[place], name, written, Digest.parse(digest), moment_of(at), promotion, source, origin)
