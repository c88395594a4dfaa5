"""Events as JSON objects: one shape for the journal and for `--json`.

    {"event": "BlobAdvanced", "at": RFC 3339, "promotion": id, "repository", "tag", "digest", "source", "target", …}

`repository` and `tag` are the target's and `digest` is the one promoted, null before it is known; an event's own fields
follow, where the blob of a BlobAdvanced is called `blob`.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Any, Final, get_args, get_type_hints

from tui.domain.events import BlobAdvanced, Event, LineLogged, Recorded
from tui.domain.reference import Digest, parse_reference
from tui.domain.text import clean
from tui.domain.timestamps import format_timestamp, parse_timestamp

_KINDS: Final[Mapping[str, type[Any]]] = {kind.__name__: kind for kind in get_args(Event)}
_NAME_LIMIT: Final = 80


def to_json(record: Recorded) -> dict[str, Any]:
    """The JSON object of `record`."""
    event = record.event
    own = {key: _plain(getattr(event, name)) for name, key in _keys(type(event))}
    return {
        "event": type(event).__name__,
        "at": format_timestamp(record.at),
        "promotion": record.promotion,
        "repository": record.target.repository,
        "tag": record.target.tag,
        "digest": _plain(record.source.digest),
        "source": str(record.source),
        "target": str(record.target),
    } | own


def from_json(document: Mapping[str, Any]) -> Recorded:
    """The record that `to_json` wrote, by this version or another one. Raises ValueError where it is none.

    A field that an older version did not write is what it is by default, or empty; an event that this version does not
    know becomes a line that names it.
    """
    try:
        source, target = (parse_reference(document[side]) for side in ("source", "target"))
        at, promotion = parse_timestamp(document["at"]), str(document["promotion"])
        return Recorded(promotion, at or datetime.min.replace(tzinfo=UTC), source, target, _event(document))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"an event lacks or garbles a field ({type(error).__name__}: {error})") from error


@cache
def _keys(kind: type[Any]) -> tuple[tuple[str, str], ...]:
    """Its fields' names, and those that they have in JSON."""
    return tuple((item.name, _key(kind, item)) for item in fields(kind))


def _event(document: Mapping[str, Any]) -> Event:
    kind = _KINDS.get(document["event"])
    if kind is None:
        return LineLogged(f"{clean(str(document['event']), _NAME_LIMIT)}: an event that this version does not know")
    types = _types(kind)
    return kind(**{item.name: _value(kind, item, types[item.name], document) for item in fields(kind)})


@cache
def _types(kind: type[Any]) -> Mapping[str, Any]:
    """The types of its fields. To find them out takes as long as all else that is done for an event."""
    return get_type_hints(kind)


def _value(kind: type[Any], item: "Field[Any]", wanted: Any, document: Mapping[str, Any]) -> Any:
    key = _key(kind, item)
    if key in document:
        return _typed(wanted, document[key])
    return item.default if item.default is not MISSING else _empty(wanted)


def _typed(wanted: Any, value: Any) -> Any:
    """`value` as a field of type `wanted` holds it. Raises ValueError, TypeError."""
    if value is None:
        return None
    if Digest in (wanted, *get_args(wanted)):
        return Digest.parse(value)
    return wanted(value)


def _empty(wanted: Any) -> Any:
    """What stands for a field of type `wanted` that has no default and was not written."""
    if type(None) in get_args(wanted):
        return None
    return next(iter(wanted)) if issubclass(wanted, StrEnum) else wanted()


def _key(kind: type[Any], item: "Field[Any]") -> str:
    """The name of a field in JSON. The digest of a blob must not be taken for the one promoted."""
    return "blob" if kind is BlobAdvanced and item.name == "digest" else item.name


def _plain(value: object) -> object:
    if isinstance(value, Digest):
        return str(value)
    return value.value if isinstance(value, StrEnum) else value
