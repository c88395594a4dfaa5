"""Reading history out of the journal's tables."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from tui.domain.events import TagRemoved
from tui.domain.history import History, Landing, Removal, Sighting
from tui.domain.reference import Digest, Repository, Tag, parse_repository_tag
from tui.journal.schema import GONE, moment_of

Names = Mapping[str, str]
"""Environments by place."""
_TARGET: Final = "json_extract(told.document, '$.target')"
_LEFT: Final = f"""
SELECT told.event, told.promotion, told.at, {_TARGET},
    json_extract(told.document, '$.source'), json_extract(told.document, '$.digest'),
    json_extract(begun.document, '$.overwrites'),
    coalesce(json_extract(told.document, '$.occasion'), json_extract(begun.document, '$.occasion'), ''),
    coalesce(json_extract(told.document, '$.by'), json_extract(begun.document, '$.by'), '')
FROM events AS told
LEFT JOIN events AS begun ON begun.promotion = told.promotion AND begun.event = 'PromotionStarted'
WHERE told.event IN ('Verified', 'TagRemoved') AND """  # noqa: S608 - only a constant
"""What left a tag as it is: promotions, with how they began, and the taking away of tags."""
_IN_ORDER: Final = " ORDER BY +told.number"
"""The sign keeps SQLite from reading all events in order, instead of the few that the index finds."""


def read_history(
    connection: sqlite3.Connection, names: Names, wanted: Sequence[str], repository: Repository | None, tag: Tag | None
) -> History:
    """What the environments `wanted` were seen to hold, and what promotions and undos did there; the oldest first."""
    asked = {place: name for place, name in names.items() if name in wanted}
    sightings = [] if repository is None else list(_sightings(connection, asked, repository, tag))
    acts = [each for place in asked for each in _acts(connection, names, place, repository, tag)]
    acts.sort(key=lambda item: item.at)
    landings = tuple(each for each in acts if isinstance(each, Landing))
    return History(tuple(sightings), landings, tuple(each for each in acts if isinstance(each, Removal)))


def read_last_changes(connection: sqlite3.Connection, names: Names) -> Mapping[tuple[str, Repository, Tag], datetime]:
    """When each tag was last seen to change. SQLite puts together those that were seen by one survey: so a million of
    them are some hundred rows, and it holds up nobody else meanwhile.
    """
    marks = ", ".join("?" * len(names))
    newest = (
        "SELECT place, repository, tag, digest, at, MAX(rowid) FROM observations "  # noqa: S608 - only question marks
        f"WHERE place IN ({marks}) GROUP BY place, repository, tag"
    )
    query = (
        f"SELECT place, repository, at, group_concat(tag, ' ') FROM ({newest}) "  # noqa: S608 - only question marks
        "WHERE digest <> ? GROUP BY place, repository, at"
    )
    found = dict[tuple[str, Repository, Tag], datetime]()
    for place, repository, at, tags in connection.execute(query, (*names, GONE)):
        environment, moment = names[place], moment_of(at)
        found.update({(environment, repository, tag): moment for tag in tags.split(" ")})
    return found


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


def _acts(
    connection: sqlite3.Connection, names: Names, place: str, repository: Repository | None, tag: Tag | None
) -> Iterator[Landing | Removal]:
    """What was written to `place` and read back, or taken away. A target is written `registry/prefix` and
    `repository:tag`. Targets in another environment's longer prefix of the same registry are that one's.
    """
    inner = tuple(other for other in names if other != place and other.startswith(place))
    if repository and tag:
        condition, values = f"{_TARGET} = ?", (f"{place}{repository}:{tag}",)
    else:
        start = f"{place}{repository}:" if repository else place
        condition, values = f"{_TARGET} > ? AND {_TARGET} < ?", (start, start[:-1] + chr(ord(start[-1]) + 1))
    for row in connection.execute(f"{_LEFT}{condition}{_IN_ORDER}", values):
        if not row[3].startswith(inner):
            yield _act(names, place, row)


def _act(names: Names, place: str, row: tuple[str, ...]) -> Landing | Removal:
    """What a row of `_LEFT` tells."""
    event, promotion, moment, target, source, digest, replaced, occasion, by = row
    name, tag = parse_repository_tag(target.removeprefix(place))
    where, held, when = (names[place], name, tag), Digest.parse(digest), moment_of(moment)
    if event == TagRemoved.__name__:
        return Removal(*where, held, when, promotion, occasion, by)
    origin = next((known for at, known in names.items() if source.startswith((f"{at}{name}:", f"{at}{name}@"))), "")
    before = Digest.parse(replaced) if replaced else None
    return Landing(*where, held, when, promotion, source, origin, before, occasion, by)
