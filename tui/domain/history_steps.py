"""What happened to a tag, step by step: what did a change and the sightings of it taken together. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final, assert_never

from tui.domain.history import History, Landing, Removal, Sighting
from tui.domain.reference import Digest, Repository, Tag

_READ_BACK: Final = timedelta(minutes=5)
"""A promotion is journalled when its tag was read back: a survey may see that tag a little earlier."""

_Place = tuple[str, Repository, Tag]
_Event = Sighting | Landing | Removal


class StepKind(StrEnum):
    """What became of a tag. What was only seen happened some time before a survey saw it."""

    FIRST_SEEN = "first seen"
    MOVED = "moved"
    GONE = "gone"
    BACK = "back"
    PROMOTED = "promoted"
    PUT_BACK = "put back"
    """By an undo, as it was before the promotion that was undone."""
    TAKEN_AWAY = "taken away"
    """By an undo of the promotion that created it."""


@dataclass(frozen=True, slots=True)
class Step:
    """From `at` on, `tag` held `digest` (None where it is gone); `was` is what it held before, as far as known.

    Of a tag that is back, `was` is what it held before it was gone. `act` is what did it, None where the change was
    only seen; `is_seen` says that a survey saw the digest there as well.
    """

    at: datetime
    environment: str
    repository: Repository
    tag: Tag
    kind: StepKind
    digest: Digest | None
    was: Digest | None = None
    act: Landing | Removal | None = None
    is_seen: bool = True


def steps_of(history: History) -> tuple[Step, ...]:
    """Every change in `history`, the oldest first."""
    events: dict[_Place, list[_Event]] = {}
    for event in (*history.landings, *history.removals, *history.sightings):
        events.setdefault((event.environment, event.repository, event.tag), []).append(event)
    found = (step for place in events.values() for step in _steps(sorted(place, key=_moment)))
    return tuple(sorted(found, key=_moment))


def _moment(event: _Event | Step) -> datetime:
    return event.at


def _steps(events: Sequence[_Event]) -> Iterator[Step]:
    """The steps of one tag in one environment."""
    told = list(_without_early_sightings(events))
    last: Step | None = None
    for event, following in zip(told, (*told[1:], None), strict=True):
        match event:
            case Landing():
                last = _landed(event, last, following)
            case Removal():
                last = _taken(event)
            case Sighting() if last is not None and last.digest == event.digest:
                continue
            case Sighting():
                last = _seen(event, last)
            case _:
                assert_never(event)
        yield last


def _left(event: _Event | None) -> Digest | None:
    """What the tag holds since; None where it is gone."""
    return None if event is None or isinstance(event, Removal) else event.digest


def _without_early_sightings(events: Sequence[_Event]) -> Iterable[_Event]:
    """`events` without sightings of what a promotion or an undo had just written and was about to journal."""
    early = {
        id(event)
        for event, following in pairwise(events)
        if isinstance(event, Sighting)
        and isinstance(following, Landing | Removal)
        and event.digest == _left(following)
        and following.at - event.at <= _READ_BACK
    }
    return [event for event in events if id(event) not in early]


def _landed(landing: Landing, last: Step | None, following: _Event | None) -> Step:
    """What an earlier promotion wrote is no proof of what this one replaced, unless it was seen there.

    What the promotion itself found there is.
    """
    seen = last.digest if last is not None and last.is_seen else None
    is_seen = seen == landing.digest or (isinstance(following, Sighting) and following.digest == landing.digest)
    kind = StepKind.PUT_BACK if landing.undoes else StepKind.PROMOTED
    place = (landing.environment, landing.repository, landing.tag)
    return Step(landing.at, *place, kind, landing.digest, landing.replaced or seen, landing, is_seen)


def _taken(removal: Removal) -> Step:
    place = (removal.environment, removal.repository, removal.tag)
    return Step(removal.at, *place, StepKind.TAKEN_AWAY, None, removal.digest, removal)


def _seen(sighting: Sighting, last: Step | None) -> Step:
    kind = _kind(sighting, last)
    was = last and (last.was if kind is StepKind.BACK else last.digest)
    return Step(sighting.at, sighting.environment, sighting.repository, sighting.tag, kind, sighting.digest, was)


def _kind(sighting: Sighting, last: Step | None) -> StepKind:
    if sighting.digest is None:
        return StepKind.GONE
    if last is None:
        return StepKind.FIRST_SEEN
    return StepKind.MOVED if last.digest else StepKind.BACK
