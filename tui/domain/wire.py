"""Events as JSON objects: one shape for the journal and for `--json`.

    {"event": "BlobAdvanced", "at": RFC 3339, "promotion": id, "repository", "tag", "digest", "source", "target", …}

`repository` and `tag` are the target's and `digest` is the one promoted, null before it is known; an event's own fields
follow, where the blob of a BlobAdvanced is called `blob`.
"""

from dataclasses import fields
from enum import StrEnum
from typing import Any

from tui.domain.events import BlobAdvanced, Recorded
from tui.domain.reference import Digest
from tui.domain.timestamps import format_timestamp


def to_json(record: Recorded) -> dict[str, Any]:
    """The JSON object of `record`."""
    event = record.event
    own = {item.name: _plain(getattr(event, item.name)) for item in fields(event)}
    if isinstance(event, BlobAdvanced):
        own = {"blob" if name == "digest" else name: value for name, value in own.items()}
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


def _plain(value: object) -> object:
    if isinstance(value, Digest):
        return str(value)
    return value.value if isinstance(value, StrEnum) else value
