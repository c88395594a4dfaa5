"""Reading promotions out of the events, newest first; how one without an ending stands, its session tells."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Final, get_args

from tui.domain.events import (
    Ending,
    PromotionCancelled,
    PromotionFailed,
    PromotionRefused,
    PromotionStarted,
    PromotionSucceeded,
    Recorded,
    StepStarted,
    TagMoved,
    TagRemoved,
)
from tui.domain.past import Outcome, Past
from tui.domain.wire import from_json
from tui.ports.errors import JournalError

Names = Mapping[str, str]
"""Environments by place, which is `registry/prefix`."""
IsAlive = Callable[[str], bool]
"""Whether the process of a session lives."""

_BEGUN: Final = """
SELECT number, promotion, document FROM events WHERE event = 'PromotionStarted'
UNION ALL
SELECT number, promotion, document FROM events
WHERE event = 'StepStarted' AND json_extract(document, '$.step') = 'untag'
ORDER BY 1 DESC
"""
_TOLD: Final = (TagMoved, TagRemoved, PromotionSucceeded, PromotionRefused, PromotionFailed, PromotionCancelled)
_MARKS: Final = ", ".join("?" * len(_TOLD))
_LATER: Final = f"SELECT document FROM events WHERE promotion = ? AND event IN ({_MARKS}) ORDER BY number"  # noqa: S608
_ENDED: Final = ", ".join(f"'{kind.__name__}'" for kind in get_args(Ending))
_UNENDED: Final = f"""
SELECT begun.number, begun.promotion, begun.document FROM ({_BEGUN}) AS begun
WHERE NOT EXISTS (SELECT 1 FROM events WHERE promotion = begun.promotion AND event IN ({_ENDED}))
AND NOT EXISTS (
    SELECT 1 FROM events AS done
    WHERE done.event = 'PromotionSucceeded'
    AND json_extract(done.document, '$.target') = json_extract(begun.document, '$.target')
    AND begun.number < (SELECT MIN(number) FROM events WHERE promotion = done.promotion)
)
ORDER BY begun.number DESC
"""  # noqa: S608 - only names of events
_SHOWN: Final = 3
"""Ids named where several begin alike."""


def read_promotions(
    connection: sqlite3.Connection, names: Names, wanted: Sequence[str], is_alive: IsAlive, limit: int | None
) -> Sequence[Past]:
    """The promotions into the environments `wanted`, the newest first, at most `limit`."""
    begun = (
        _past(connection, first, is_alive)
        for first in _each_first(connection.execute(_BEGUN).fetchall())
        if _is_in(names, first, wanted)
    )
    return list(islice(begun, limit))


def read_unended(
    connection: sqlite3.Connection, names: Names, wanted: Sequence[str], is_alive: IsAlive
) -> Sequence[Past]:
    """The promotions into `wanted` without an ending, the newest first, but those that a later one made up for."""
    firsts = _each_first(connection.execute(_UNENDED).fetchall())
    return [_past(connection, first, is_alive) for first in firsts if _is_in(names, first, wanted)]


def read_promotion(connection: sqlite3.Connection, name: str) -> Sequence[Recorded]:
    """The events of the one promotion whose id begins with `name`. Raises JournalError where several do."""
    found = _ids(connection, name)
    if len(found) > 1:
        told = ", ".join(found[:_SHOWN]) + (" and more" if len(found) > _SHOWN else "")
        raise JournalError(f"several promotions begin with {name}: {told}; write more of the id")
    query = "SELECT document FROM events WHERE promotion = ? AND event <> 'BlobAdvanced' ORDER BY number"
    return [_read(document) for (document,) in connection.execute(query, (found[0],))] if found else []


def _ids(connection: sqlite3.Connection, name: str) -> list[str]:
    """Those that begin with `name`; one that is it, whole, is the only one."""
    query = "SELECT DISTINCT promotion FROM events WHERE promotion >= ? AND promotion < ? ORDER BY promotion LIMIT ?"
    rows = connection.execute(query, (name, name + "\U0010ffff", _SHOWN + 1)).fetchall()
    found = [promotion for (promotion,) in rows]
    return [name] if name in found else found


def _each_first(rows: Iterable[tuple[int, str, str]]) -> Iterator[Recorded]:
    """The first event of every promotion."""
    seen: set[str] = set()
    for _, promotion, document in rows:
        if promotion not in seen:
            seen.add(promotion)
            yield _read(document)


def _is_in(names: Names, first: Recorded, wanted: Sequence[str]) -> bool:
    return _environment(names, first.target.registry, first.target.repository) in wanted


def _past(connection: sqlite3.Connection, first: Recorded, is_alive: IsAlive) -> Past:
    kinds = (kind.__name__ for kind in _TOLD)
    later = [_read(document) for (document,) in connection.execute(_LATER, (first.promotion, *kinds))]
    ending = next((record for record in reversed(later) if isinstance(record.event, Ending)), None)
    removed = next((record.event for record in later if isinstance(record.event, TagRemoved)), None)
    began = first.event if isinstance(first.event, PromotionStarted) else None
    is_untagging = isinstance(first.event, StepStarted)
    return Past(
        promotion=first.promotion,
        began=first.at,
        source=first.source,
        target=first.target,
        outcome=_outcome(ending.event) if ending else _unended(connection, first.promotion, is_alive),
        engine=began.engine if began else "",
        replaced=began.overwrites if began else first.source.digest,
        moved=any(_changes(record) for record in later),
        untagged=is_untagging,
        ended=ending.at if ending else None,
        occasion=began.occasion if began else (removed.occasion if removed else ""),
        by=_by(began or removed or (ending.event if ending else None)),
        detail=_detail(ending),
    )


def _by(event: object) -> str:
    """Who did it. Of a tag to be taken away the beginning does not tell: what came of it does."""
    return event.by if isinstance(event, PromotionStarted | TagRemoved | PromotionRefused) else ""


def _changes(record: Recorded) -> bool:
    """True where the tag no longer holds what it did."""
    match record.event:
        case TagMoved(old, new):
            return old != new
        case TagRemoved():
            return True
        case _:
            return False


def _outcome(ending: object) -> Outcome:
    match ending:
        case PromotionSucceeded():
            return Outcome.SUCCEEDED
        case PromotionRefused():
            return Outcome.REFUSED
        case PromotionFailed():
            return Outcome.FAILED
        case _:
            return Outcome.CANCELLED


def _unended(connection: sqlite3.Connection, promotion: str, is_alive: IsAlive) -> Outcome:
    row = connection.execute("SELECT session FROM sessions WHERE promotion = ?", (promotion,)).fetchone()
    return Outcome.RUNNING if row and is_alive(row[0]) else Outcome.INTERRUPTED


def _detail(ending: Recorded | None) -> str:
    match ending.event if ending else None:
        case PromotionRefused(gate, reason):
            return f"{gate}: {reason}"
        case PromotionFailed(operation, _, cause):
            return f"{operation}: {cause}"
        case _:
            return ""


def _environment(names: Names, registry: str, repository: str) -> str:
    """The environment of a target: the one with the longest prefix there; empty where none has it."""
    place = f"{registry}/{repository}"
    return names.get(max((known for known in names if place.startswith(known)), key=len, default=""), "")


def _read(document: str) -> Recorded:
    return from_json(json.loads(document))
