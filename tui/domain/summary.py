"""A summary of drift: how every environment and every repository of a board stands against the base.

What a drift's beginning is, and what it means to be behind, says `tui.domain.staleness`. A cell whose state is
unknown is counted as unknown and as nothing else; an environment of which no cell is known claims nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tui.domain.board import Board, Row
from tui.domain.drift import State
from tui.domain.environment import Environment
from tui.domain.explanation import Explained, Reason
from tui.domain.reference import Repository, Tag
from tui.domain.snapshot import Loading, Reading, Snapshot, Unread
from tui.domain.staleness import Changes, Lag, Since, Staleness, Surety

_NO_CHANGES: Final[Changes] = {}
_IN_SYNC, _DIFFERS, _UNKNOWN = State.IN_SYNC, State.DIFFERS, State.UNKNOWN


@dataclass(frozen=True, slots=True)
class Spot:
    """A cell, by name."""

    environment: Environment
    repository: Repository
    tag: Tag


@dataclass(frozen=True, slots=True)
class Tally:
    """What some cells add up to; the base's own are not among them.

    `states` has every state but `base`, `reasons` every reason; reasons and `unexplained` add up to the cells that
    differ. `oldest` is the drift that began first and `furthest` the cell that is behind by most, each None where
    nothing is known of any. Where only is known how much it is at most, a cell comes after all others.
    """

    states: Mapping[State, int]
    reasons: Mapping[Reason, int]
    unexplained: int
    oldest: tuple[Spot, Since] | None = None
    furthest: tuple[Spot, Lag] | None = None

    @property
    def cells(self) -> int:
        """How many there are."""
        return sum(self.states.values())

    @property
    def drift(self) -> int:
        """How many of them are known to stand apart from the base."""
        return sum(count for state, count in self.states.items() if state.is_drift)

    @property
    def known(self) -> int:
        """How many of them are known at all."""
        return self.cells - self.states[State.UNKNOWN]


@dataclass(frozen=True, slots=True)
class Standing:
    """How an environment stands. Of the board's repositories `unread` could not be read and `loading` were not yet."""

    environment: Environment
    tally: Tally
    unread: int = 0
    loading: int = 0

    @property
    def claims_nothing(self) -> bool:
        """True where no cell of it is known, though there are cells, or it was not read: then nothing is said of it."""
        return not self.tally.known and bool(self.tally.cells or self.unread or self.loading)

    @property
    def is_partial(self) -> bool:
        """True where something of it is not known."""
        return bool(self.tally.states[State.UNKNOWN] or self.unread or self.loading)


@dataclass(frozen=True, slots=True)
class RepositoryStanding:
    """How a repository stands, all environments taken together. `tags` are its rows, of which `drifting` drift."""

    repository: Repository
    tally: Tally
    tags: int
    drifting: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The environments in path order, without the base; the repositories in the order of the rows.

    `base` tells how much of the base could not be read: without it nothing can be said of anyone.
    """

    now: datetime
    base: Standing
    environments: tuple[Standing, ...]
    repositories: tuple[RepositoryStanding, ...]

    @property
    def tags(self) -> int:
        """How many rows there are."""
        return sum(each.tags for each in self.repositories)

    @property
    def drifting(self) -> int:
        """In how many of them any environment drifts."""
        return sum(each.drifting for each in self.repositories)

    @property
    def unknown(self) -> int:
        """How many cells are unknown."""
        return sum(each.tally.states[State.UNKNOWN] for each in (self.base, *self.environments))


def summarize(board: Board, rows: Iterable[Row], now: datetime, changes: Changes = _NO_CHANGES) -> Summary:
    """The summary of `rows` of `board`, with what its insight and the journal's `changes` tell; one pass over them.

    What was read of whole repositories is counted for all of `board`, as nobody knows which rows are not there.
    """
    environments = board.path.environments
    counting = _Counting(Staleness(board, now, changes), environments)
    for row in rows:
        counting.take(row)
    unread = _count_unread([section.readings for section in board.sections.values()], len(environments))
    base, *others = [
        Standing(each, counter.tally, *unread[at])
        for at, (each, counter) in enumerate(zip(environments, counting.columns, strict=True))
    ]
    return Summary(now, base, tuple(others), tuple(counting.standings()))


def reason_in(board: Board, row: Row, column: int) -> Reason | None:
    """Why the cell differs, where that was found."""
    explanation = board.explanation(row, column) if board.insight.explanations else None
    return explanation.reason if isinstance(explanation, Explained) else None


def _count_unread(readings: Sequence[Sequence[Reading]], columns: int) -> list[tuple[int, int]]:
    """For each column how many repositories could not be read, and were not read yet."""
    counts = [[0, 0] for _ in range(columns)]
    for section in readings:
        for at, reading in enumerate(section):
            match reading:
                case Unread():
                    counts[at][0] += 1
                case Loading():
                    counts[at][1] += 1
                case Snapshot():
                    pass
    return [(unread, loading) for unread, loading in counts]


@dataclass(slots=True)
class _Counter:
    """A tally under way. In sync is by far the most frequent state, and costs the least."""

    in_sync: int = 0
    states: dict[State, int] = field(default_factory=lambda: {state: 0 for state in State if state is not State.BASE})
    reasons: dict[Reason, int] = field(default_factory=lambda: dict.fromkeys(Reason, 0))
    unexplained: int = 0
    oldest: tuple[Spot, Since] | None = None
    furthest: tuple[Spot, Lag] | None = None

    def take(self, state: State, reason: Reason | None, since: tuple[Spot, Since] | None) -> None:
        self.states[state] += 1
        if reason is not None:
            self.reasons[reason] += 1
        elif state is _DIFFERS:
            self.unexplained += 1
        if since and (self.oldest is None or _order(since[1]) < _order(self.oldest[1])):
            self.oldest = since

    def fall_back(self, lag: tuple[Spot, Lag]) -> None:
        if self.furthest is None or _reach(lag[1]) > _reach(self.furthest[1]):
            self.furthest = lag

    @property
    def tally(self) -> Tally:
        states = {**self.states, _IN_SYNC: self.in_sync}
        return Tally(states, dict(self.reasons), self.unexplained, self.oldest, self.furthest)


def _order(since: Since) -> tuple[bool, datetime]:
    return since.surety is Surety.AT_MOST, since.at


def _reach(lag: Lag) -> tuple[bool, timedelta]:
    return lag.surety is not Surety.AT_MOST, lag.span


@dataclass(slots=True)
class _Group:
    """What is counted of a repository."""

    counter: _Counter = field(default_factory=_Counter)
    tags: int = 0
    drifting: int = 0


class _Counting:
    """Counts rows by environment and by repository at once."""

    def __init__(self, staleness: Staleness, environments: Sequence[Environment]) -> None:
        self._staleness = staleness
        self._environments = environments
        self._groups: dict[Repository, _Group] = {}
        self.columns = tuple(_Counter() for _ in environments)

    def take(self, row: Row) -> None:
        group = self._groups.get(row.repository)
        if group is None:
            group = self._groups[row.repository] = _Group()
        group.tags += 1
        group.drifting += row.drifts
        if row.states[0] is _UNKNOWN:
            self.columns[0].states[_UNKNOWN] += 1
        for column in range(1, len(row.states)):
            if row.states[column] is _IN_SYNC:
                group.counter.in_sync += 1
                self.columns[column].in_sync += 1
            else:
                self._count(row, column, (group.counter, self.columns[column]))

    def _count(self, row: Row, column: int, counters: Iterable[_Counter]) -> None:
        state = row.states[column]
        reason = reason_in(self._staleness.board, row, column) if state is _DIFFERS else None
        since, lag = self._staleness.drifts_since(row, column), self._staleness.behind(row, column, reason)
        spot = Spot(self._environments[column], row.repository, row.tag)
        for counter in counters:
            counter.take(state, reason, (spot, since) if since else None)
            if lag:
                counter.fall_back((spot, lag))

    def standings(self) -> Iterable[RepositoryStanding]:
        for repository, group in self._groups.items():
            yield RepositoryStanding(repository, group.counter.tally, group.tags, group.drifting)
