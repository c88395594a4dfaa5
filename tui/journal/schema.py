"""The tables of the journal, and how older versions wrote a snapshot's entries into one of their cells.

Each is made where it is missing, so that the journal of an older version opens.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from tui.domain.reference import Digest, Tag
from tui.domain.snapshot import TagEntry
from tui.domain.timestamps import parse_timestamp

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    promotion TEXT NOT NULL, at TEXT NOT NULL, event TEXT NOT NULL, document TEXT NOT NULL, chain TEXT NOT NULL
);
DROP INDEX IF EXISTS events_promotion;
CREATE INDEX IF NOT EXISTS events_of ON events (promotion, event);
CREATE INDEX IF NOT EXISTS events_begun ON events (number) WHERE event = 'PromotionStarted';
CREATE INDEX IF NOT EXISTS events_steps ON events (json_extract(document, '$.step')) WHERE event = 'StepStarted';
DROP INDEX IF EXISTS events_landed;
CREATE INDEX IF NOT EXISTS events_left ON events (json_extract(document, '$.target'))
    WHERE event IN ('Verified', 'TagRemoved');
CREATE INDEX IF NOT EXISTS events_done ON events (json_extract(document, '$.target'))
    WHERE event = 'PromotionSucceeded';
CREATE TABLE IF NOT EXISTS observations (
    place TEXT NOT NULL, repository TEXT NOT NULL, tag TEXT NOT NULL, digest TEXT NOT NULL, at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS observations_tag ON observations (place, repository, tag);
CREATE TABLE IF NOT EXISTS snapshots (
    place TEXT NOT NULL, repository TEXT NOT NULL, taken_at TEXT NOT NULL, entries TEXT NOT NULL,
    PRIMARY KEY (place, repository)
);
CREATE TABLE IF NOT EXISTS holdings (
    place TEXT NOT NULL, repository TEXT NOT NULL, entries TEXT NOT NULL, others TEXT NOT NULL,
    PRIMARY KEY (place, repository)
);
CREATE TABLE IF NOT EXISTS sessions (promotion TEXT PRIMARY KEY, session TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS following (place TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS awaited (place TEXT NOT NULL, repository TEXT NOT NULL, PRIMARY KEY (place, repository));
CREATE TABLE IF NOT EXISTS followed (
    place TEXT NOT NULL, repository TEXT NOT NULL, tag TEXT NOT NULL, digest TEXT NOT NULL,
    PRIMARY KEY (place, repository, tag, digest)
);
"""

GONE: Final = ""
"""What stands for the digest of an observation where the tag was no longer there."""


def moment_of(text: str) -> datetime:
    """The time in `text`. Raises ValueError."""
    moment = parse_timestamp(text)
    if moment is None:
        raise ValueError(f"{text!r} is no time")
    return moment


def entries_from_json(text: str) -> Mapping[Tag, TagEntry]:
    """The entries in a snapshot of an older version: a JSON list, `[tag, digest, created, pushed, locked]` each.

    Raises ValueError where it is anything else.
    """
    rows: list[list[Any]] = json.loads(text)
    entries = (
        TagEntry(Tag(tag), Digest.parse(digest), _time(created), _time(pushed), bool(locked))
        for tag, digest, created, pushed, locked in rows
    )
    return {entry.tag: entry for entry in entries}


def _time(text: str) -> datetime | None:
    return parse_timestamp(text) if text else None
