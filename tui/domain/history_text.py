"""The history of tags as lines that people read, the newest first: pure functions from values to text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tui.domain.history import History, Landing, Sighting
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.text import clean
from tui.domain.timestamps import age

_SOURCE_WIDTH: Final = 200


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """What happened to a tag of an environment, or was seen to have happened. `age` is how long ago that was.

    `digest` is what the tag held from then on, None where it was gone; `text` names it by its beginning.
    """

    at: datetime
    age: str
    environment: str
    repository: Repository
    tag: Tag
    text: str
    digest: Digest | None

    @property
    def time(self) -> str:
        """When, in UTC, to the second: `2026-11-24 12:00:00Z`."""
        return f"{self.at:%Y-%m-%d %H:%M:%S}Z"


def history_lines(history: History, path_names: Sequence[str], now: datetime) -> tuple[HistoryLine, ...]:
    """A line for each sighting and landing, the newest first; what happened at once stands in path order."""
    lines = sorted((*_sightings(history, now), *_landings(history, now)), key=lambda line: _place(line, path_names))
    return tuple(sorted(lines, key=lambda line: line.at, reverse=True))


def _place(line: HistoryLine, path_names: Sequence[str]) -> int:
    return path_names.index(line.environment) if line.environment in path_names else len(path_names)


def _sightings(history: History, now: datetime) -> Iterator[HistoryLine]:
    landings: dict[tuple[str, Repository, Tag], list[Landing]] = {}
    for landing in history.landings:
        landings.setdefault((landing.environment, landing.repository, landing.tag), []).append(landing)
    last: dict[tuple[str, Repository, Tag], Sighting] = {}
    for sighting in history.sightings:
        key = (sighting.environment, sighting.repository, sighting.tag)
        before = last.get(key)
        is_promoted = any(_leads_to(landing, before, sighting) for landing in landings.get(key, ()))
        text = _what_is_seen(before, sighting) + (", as promoted" if is_promoted else "")
        last[key] = sighting
        yield HistoryLine(sighting.at, age(sighting.at, now), *key, text, sighting.digest)


def _leads_to(landing: Landing, before: Sighting | None, sighting: Sighting) -> bool:
    """True where `sighting` is the first look at what `landing` wrote."""
    is_between = (before is None or before.at <= landing.at) and landing.at <= sighting.at
    return is_between and landing.digest == sighting.digest


def _what_is_seen(before: Sighting | None, sighting: Sighting) -> str:
    was = f" (was {before.digest.short})" if before and before.digest else ""
    if sighting.digest is None:
        return f"gone{was}"
    if before is None:
        return f"first seen: {sighting.digest.short}"
    return f"now {sighting.digest.short}{was}" if was else f"back: {sighting.digest.short}"


def _landings(history: History, now: datetime) -> Iterator[HistoryLine]:
    for landing in history.landings:
        source = clean(landing.source.partition("@")[0], _SOURCE_WIDTH)
        text = f"promoted {landing.digest.short} from {source}"
        place = (landing.environment, landing.repository, landing.tag)
        yield HistoryLine(landing.at, age(landing.at, now), *place, text, landing.digest)
