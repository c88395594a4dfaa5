"""A summary in words: pure functions from values to phrases. Names of tags in them are not escaped for any format."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, assert_never

from tui.domain import amounts
from tui.domain.drift import State
from tui.domain.staleness import Lag, Measure, Since, Surety
from tui.domain.summary import RepositoryStanding, Spot, Standing, Summary, Tally
from tui.domain.text import clean

Name = Callable[[Spot], str]
"""What a cell is called."""

NOT_EXPLAINED: Final = "not explained"
_STEPS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"))
LEGEND: Final = (
    "Behind: how much older an image is than the base's, or how long the base has had what is not there; "
    "for: how long it has been so; at least: surveys saw it that long, it may be longer; "
    "at most: images and tags are no older than that, it may be shorter."
)
"""What the words for lengths of time mean."""

_MINUTE: Final = timedelta(minutes=1)
_STATES: Final = (State.DIFFERS, State.MISSING, State.EXTRA, State.UNKNOWN)


def span_text(span: timedelta) -> str:
    """`12 days`, `1 hour`, `less than a minute`."""
    seconds = int(span.total_seconds())
    for size, unit in _STEPS:
        if seconds >= size:
            return amounts.count(seconds // size, unit)
    return "less than a minute"


def lag_text(lag: Lag) -> str:
    """`12 days behind`, `at least 12 days behind`."""
    return f"{_bounded(lag.surety, lag.span)} behind"


def missing_text(lag: Lag) -> str:
    """How far a cell is behind for which nothing is there: `missing for at most 12 days, and so behind`."""
    return f"missing for {_bounded(lag.surety, lag.span)}, and so behind"


def older_text(lag: Lag) -> str:
    """How far a cell that differs is behind: `its image is 7 days older than the base's`."""
    span = _bounded(lag.surety, lag.span)
    match lag.measure:
        case Measure.MADE:
            return f"its image is {span} older than the base's"
        case Measure.PUSHED:
            return f"its image was pushed {span} before the base's"
        case Measure.HELD:
            return f"the base has had another for {span}"
        case _:
            assert_never(lag.measure)


def since_text(since: Since, now: datetime) -> str:
    """`for 12 days`, `for at least 12 days`, `for at most 12 days`."""
    return f"for {_bounded(since.surety, now - since.at)}"


def day_text(since: Since) -> str:
    """`since 2026-11-12`; `seen since` where a survey saw it, `not before` where it can be no older."""
    words = {Surety.EXACT: "since", Surety.AT_LEAST: "seen since", Surety.AT_MOST: "not before"}
    return f"{words[since.surety]} {since.at.astimezone(UTC):%Y-%m-%d}"


def image_name(spot: Spot) -> str:
    """`shop/api:1.14.2`: what a cell is called among those of its environment."""
    return clean(f"{spot.repository}:{spot.tag}")


def place_name(spot: Spot) -> str:
    """`1.14.2 in prod▲`: what a cell is called among those of its repository."""
    return clean(f"{spot.tag} in {spot.environment.title}")


def states_text(tally: Tally) -> str:
    """`3 differ, 1 missing, 40 in sync`; what there is none of is left out."""
    words = {State.DIFFERS: "differs" if tally.states[State.DIFFERS] == 1 else "differ"}
    told = [f"{tally.states[each]} {words.get(each, each.value)}" for each in _STATES if tally.states[each]]
    in_sync = tally.states[State.IN_SYNC]
    return ", ".join((*told, *([f"{in_sync} in sync"] if in_sync else []))) or "nothing there"


def reasons_text(tally: Tally) -> str:
    """`2 moved, 1 behind, 1 not explained`; empty where no cell differs."""
    told = [f"{count} {reason.value}" for reason, count in tally.reasons.items() if count]
    return ", ".join((*told, *([f"{tally.unexplained} {NOT_EXPLAINED}"] if tally.unexplained else [])))


def heading(summary: Summary) -> str:
    """`5 of 41 tags drift; 3 cells unknown in prod`, or that none does, as far as everything could be read."""
    if not summary.tags:
        return "no tags"
    tags = amounts.count(summary.tags, "tag")
    told = _drifting(summary.drifting, tags) if summary.drifting else f"no drift known in {tags}"
    return f"{told}; {_unknown_text(summary)}" if summary.unknown else told


def _unknown_text(summary: Summary) -> str:
    """`10 cells unknown in test`; of several environments, how many they are."""
    everyone = (summary.base, *summary.environments)
    where = [each.environment.title for each in everyone if each.tally.states[State.UNKNOWN]]
    place = where[0] if len(where) == 1 else amounts.count(len(where), "environment")
    return f"{amounts.count(summary.unknown, 'cell')} unknown in {place}"


def undated_sentence(undated: int) -> str:
    """`Of 12 images nobody knows when they were made.`; empty for none."""
    if undated == 1:
        return "Of 1 image nobody knows when it was made."
    return f"Of {undated} images nobody knows when they were made." if undated else ""


def verdict(standing: Standing) -> str:
    """How an environment stands in a phrase that follows its name: `is 12 days behind`, `is in sync`."""
    tally = standing.tally
    if standing.claims_nothing:
        return silence(standing)
    if tally.furthest:
        lag = tally.furthest[1]
        return f"is {'up to ' if lag.surety is Surety.EXACT and tally.drift > 1 else ''}{lag_text(lag)}"
    if tally.drift:
        return "drifts"
    if standing.is_partial:
        return "shows no drift, as far as it could be read"
    return "is in sync" if tally.cells else "has nothing to compare"


def silence(standing: Standing) -> str:
    """Why nothing is said of an environment that claims nothing; follows its name."""
    if standing.loading:
        return "is still being read: nothing is said of it"
    if standing.unread:
        return "could not be read: nothing is said of it"
    return "was read, but not all of the base: nothing is said of it"


def standing_lines(standing: Standing, now: datetime) -> Iterator[str]:
    """What there is to say of an environment below its verdict; nothing where nothing is known."""
    if not standing.claims_nothing:
        yield from tally_lines(standing.tally, now, image_name)
    if standing.unread:
        yield f"not read: {standing.unread} {'repository' if standing.unread == 1 else 'repositories'}"


def tally_lines(tally: Tally, now: datetime, name: Name) -> Iterator[str]:
    """Counts by state and by reason, the oldest drift, and where it is behind by most; cells are called by `name`."""
    yield states_text(tally)
    if reasons := reasons_text(tally):
        yield f"why they differ: {reasons}"
    if tally.oldest:
        yield f"oldest drift: {oldest_text(tally, now, name)}"
    if tally.furthest:
        yield f"furthest behind: {furthest_text(tally, name)}"


def oldest_text(tally: Tally, now: datetime, name: Name) -> str:
    """`shop/api:1.14.2 for 12 days (since 2026-11-12)`; empty where nothing is known."""
    if tally.oldest is None:
        return ""
    spot, since = tally.oldest
    return f"{name(spot)} {since_text(since, now)} ({day_text(since)})"


def furthest_text(tally: Tally, name: Name) -> str:
    """`shop/api:1.14.2, at least 12 days behind`; empty where nothing is known."""
    if tally.furthest is None:
        return ""
    spot, lag = tally.furthest
    return f"{name(spot)}, {lag_text(lag)}"


def repository_text(standing: RepositoryStanding) -> str:
    """`2 of 5 tags drift`."""
    return _drifting(standing.drifting, amounts.count(standing.tags, "tag"))


def _drifting(amount: int, tags: str) -> str:
    return f"{amount} of {tags} {'drifts' if amount == 1 else 'drift'}"


def _bounded(surety: Surety, span: timedelta) -> str:
    return span_text(span) if surety is Surety.EXACT or span < _MINUTE else f"{surety.value} {span_text(span)}"
