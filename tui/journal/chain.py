"""The chain of events: each row holds a hash of its document and of the row before, so that a later edit shows.

Nothing secret goes into it. Whoever rewrites everything from some row on makes a chain that is whole again, but with
another head: a head that was noted elsewhere tells.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from tui.domain.events import Recorded
from tui.domain.past import ChainCheck
from tui.domain.text import clean
from tui.domain.wire import to_json

GENESIS: Final = "0" * 64
"""What the first event's chain value is computed from."""

_Row = tuple[int, str, str, str, str, str]
_APPEND: Final = "INSERT INTO events (promotion, at, event, document, chain) VALUES "
_ROWS: Final = "SELECT number, promotion, at, event, document, chain FROM events ORDER BY number"
_LAST_NUMBER: Final = "SELECT seq FROM sqlite_sequence WHERE name = 'events'"
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_NAME_LIMIT: Final = 40
_UNCOUNTED: Final = "the count of the events was set back, or the last of them were put in"


def append(connection: sqlite3.Connection, records: Sequence[Recorded]) -> None:
    """Puts `records`, a few hundred at most, at the end of the chain, in the transaction that is open."""
    row = connection.execute("SELECT chain FROM events ORDER BY number DESC LIMIT 1").fetchone()
    chain, values = row[0] if row else GENESIS, list[str]()
    for record in records:
        told = to_json(record)
        document = _ENCODER.encode(told)
        chain = _link(chain, document)
        values += (record.promotion, told["at"], told["event"], document, chain)
    connection.execute(_APPEND + ", ".join(["(?, ?, ?, ?, ?)"] * len(records)), values)


def check_chain(connection: sqlite3.Connection) -> ChainCheck:
    """Follows the chain from the first event to the last, as they stand at one moment."""
    connection.execute("BEGIN")
    try:
        return _follow(connection.execute(_ROWS), _last_number(connection))
    finally:
        connection.execute("ROLLBACK")


def _follow(rows: Iterator[_Row], last: int) -> ChainCheck:
    """`last` is the highest number that was ever given."""
    seen, head = 0, GENESIS
    for row in rows:
        finding = _gap(seen + 1, row[0]) or _change(row, head)
        if finding is not None:
            return ChainCheck(seen, head, finding.number, finding.text)
        seen, head = row[0], row[5]
    finding = _gap(seen + 1, last + 1) if last >= seen else _Finding(seen, _UNCOUNTED)
    return ChainCheck(seen, head, finding.number, finding.text) if finding else ChainCheck(seen, head)


@dataclass(frozen=True, slots=True)
class _Finding:
    number: int
    text: str


def _gap(wanted: int, found: int) -> _Finding | None:
    """That numbers are left out before `found`; each was given once, in order, and to an event."""
    if found == wanted:
        return None
    if found < wanted:
        return _Finding(found, f"event {found} was put in: its number was never given to an event")
    which = f"event {wanted} was" if found == wanted + 1 else f"events {wanted} to {found - 1} were"
    return _Finding(wanted, f"{which} taken out of the journal")


def _change(row: _Row, previous: str) -> _Finding | None:
    number, promotion, at, event, document, chain = row
    who = f"event {number} ({clean(str(event), _NAME_LIMIT)} of promotion {clean(str(promotion), _NAME_LIMIT)})"
    if chain != _link(previous, document):
        return _Finding(number, f"{who} is not as it was recorded: it, or what stood before it, was edited or replaced")
    inside = _inside(document)
    for name, value in (("promotion", promotion), ("at", at), ("event", event)):
        if inside.get(name) != value:
            return _Finding(number, f"{who} was edited: its {name} no longer is what the event's document says")
    return None


def _inside(document: str) -> dict[str, Any]:
    try:
        read: Any = json.loads(document)
    except ValueError:
        return {}
    return cast("dict[str, Any]", read) if isinstance(read, dict) else {}


def _last_number(connection: sqlite3.Connection) -> int:
    """The highest number that SQLite ever gave (AUTOINCREMENT keeps it when rows go)."""
    row = connection.execute(_LAST_NUMBER).fetchone()
    return int(row[0]) if row else 0


def _link(previous: str, document: object) -> str:
    return hashlib.sha256(f"{previous}\n{document}".encode()).hexdigest()
