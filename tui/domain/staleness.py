"""Since when a cell drifts, and how far its environment is behind.

Nobody records when a drift began, so it is worked out from what is known of both sides. A side holds what it holds
since the earlier of two moments: when its registry says the tag last moved (`TagEntry.pushed`; Azure's
`lastUpdateTime`), and when a survey first saw it so (`Journal.last_changes`). The second is never too early. It tells
nothing where it is that of the survey which has just ended; nor where it is the earliest that is known of an
environment's repository: that was the first look, and what it found may have been there for years, unless it can be
no older than that. A moment that it does tell is close to the truth, as the survey before it saw something else: it
goes before what is known at most.

- `differs`: it drifts since the later of the moments from which the base and the environment hold what they hold;
- `missing`: since the base has the tag;
- `extra`: since the environment has the tag. Nobody knows when a tag was deleted: of one that is gone from a side the
  drift may be younger than that.

Where a side's moment is not known, the drift is no older than the newest of what cannot have come after it: the
making of the images (`Identity.created`) and of the tags (`TagEntry.created`).

An environment is behind with a cell by

- `differs`: the time between the making of its image and of the base's, where both are known; else between the moments
  that the registries say they were pushed; else, for a reason that says that it holds what the base had before, the
  time that the base has had its own. Nothing where the base's is not the newer one, or the content is the same;
- `missing`: the time that the base has had what the environment lacks: at most since that was made, where only that is
  known.

An `extra` cell is drift, but not behind. Unknown is neither.

Reproducible builds write 1970 or 1980 into their images: moments before there were images of containers, and such as
are still to come, are not believed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from tui.domain.board import Board, Row
from tui.domain.dating import dating_images
from tui.domain.drift import State
from tui.domain.explanation import Reason
from tui.domain.reference import Repository, Tag

Changes = Mapping[tuple[str, Repository, Tag], datetime]
"""As `Journal.last_changes` gives them: since when a tag in an environment was seen to hold what it holds."""

_FIRST_IMAGE: Final = datetime(2013, 1, 1, tzinfo=UTC)
_SAME_CONTENT: Final = frozenset({Reason.FLATTENED, Reason.WRAPPED, Reason.RECOMPRESSED})
_HELD_BEFORE: Final = frozenset({Reason.BEHIND, Reason.MOVED})
_NO_TIME: Final = timedelta()
_TELLING: Final = timedelta(minutes=1)
"""What a survey saw tells something from this age on."""


class Surety(StrEnum):
    """How a length of time is meant: it may be longer, or shorter, than what is known of it."""

    EXACT = "exact"
    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True, slots=True)
class Since:
    """A moment, and how the time since then is meant."""

    at: datetime
    surety: Surety = Surety.EXACT


class Measure(StrEnum):
    """What a lag is the time between."""

    MADE = "made"
    """The making of both images."""
    PUSHED = "pushed"
    """The pushes of both."""
    HELD = "held"
    """Now, and when the base got what it has."""


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a cell is behind: always more than nothing."""

    span: timedelta
    surety: Surety = Surety.EXACT
    measure: Measure = Measure.MADE


@dataclass(frozen=True, slots=True)
class _Side:
    """Since when a side holds what it holds; `is_first_look` where it may have held it long before."""

    since: Since
    is_first_look: bool = False


@dataclass(frozen=True, slots=True)
class Staleness:
    """Works out the age of drift on `board`, seen from `now`. Pure; every question costs the same."""

    board: Board
    now: datetime
    changes: Changes = field(default_factory=dict[tuple[str, Repository, Tag], datetime])
    names: tuple[str, ...] = field(init=False)
    """Of the environments, in path order."""
    _first_looks: Mapping[tuple[str, Repository], datetime] = field(init=False, repr=False, compare=False)
    _newest: dict[tuple[Repository, int], datetime | None] = field(
        init=False, repr=False, compare=False, default_factory=dict[tuple[Repository, int], datetime | None]
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", self.board.path.names)
        object.__setattr__(self, "_first_looks", _first_looks(self.changes))

    def drifts_since(self, row: Row, column: int) -> Since | None:
        """Since when the cell drifts; None where it does not, or nothing is known."""
        match row.states[column]:
            case State.DIFFERS:
                return self._since(row, (0, column))
            case State.MISSING:
                return self._since(row, (0,))
            case State.EXTRA:
                return self._since(row, (column,))
            case State.BASE | State.IN_SYNC | State.UNKNOWN:
                return None

    def behind(self, row: Row, column: int, reason: Reason | None) -> Lag | None:
        """How far the cell, which differs for `reason`, is behind; None where it is not, or nothing is known."""
        match row.states[column]:
            case State.DIFFERS:
                return self._behind_other(row, column, reason)
            case State.MISSING:
                return self._time_held(row) if self._is_awaited(row, column) else None
            case State.BASE | State.IN_SYNC | State.EXTRA | State.UNKNOWN:
                return None

    def count_undated(self, rows: Iterable[Row]) -> int:
        """How many images of drifting cells among `rows` nobody knows the age of."""
        identities = self.board.insight.identities
        known = (identities.get(digest) for digest in dating_images(self.board, rows))
        return sum(not (identity and self._believed(identity.created)) for identity in known)

    def _since(self, row: Row, columns: Iterable[int]) -> Since | None:
        """The latest of the moments from which the sides in `columns` hold what they hold."""
        sides = [(column, self._held_since(row, column)) for column in columns]
        known = [side for _, side in sides if side]
        latest = max(known, key=lambda side: side.since.at, default=None)
        bounds = [side.since.at for side in known if side.since.surety is Surety.EXACT]
        bounds += [moment for column, _ in sides for moment in self._makings(row, column)]
        bound = max(bounds, default=None)
        if latest and len(known) == len(sides) and (not latest.is_first_look or (bound and latest.since.at <= bound)):
            return latest.since
        return Since(bound, Surety.AT_MOST) if bound else None

    def _held_since(self, row: Row, column: int) -> _Side | None:
        told, seen = self._pushed(row, column), self._seen(row, column)
        if told and not (seen and seen < told):
            return _Side(Since(told))
        if seen is None or self.now - seen < _TELLING:
            return None
        first_look = self._first_looks[self.names[column], row.repository]
        return _Side(Since(seen, Surety.AT_LEAST), is_first_look=seen == first_look)

    def _seen(self, row: Row, column: int) -> datetime | None:
        return self._believed(self.changes.get((self.names[column], row.repository, row.tag)))

    def _makings(self, row: Row, column: int) -> Iterable[datetime]:
        entry = row.entries[column]
        moments = (self._made(row, column), self._believed(entry.created) if entry else None)
        return [moment for moment in moments if moment]

    def _behind_other(self, row: Row, column: int, reason: Reason | None) -> Lag | None:
        if reason in _SAME_CONTENT:
            return None
        ours, theirs = self._made(row, 0), self._made(row, column)
        if ours and theirs:
            return _lag(ours - theirs, Surety.EXACT, Measure.MADE)
        ours, theirs = self._pushed(row, 0), self._pushed(row, column)
        if ours and theirs and ours > theirs:
            return _lag(ours - theirs, Surety.AT_LEAST, Measure.PUSHED)
        return self._time_held(row) if reason in _HELD_BEFORE else None

    def _is_awaited(self, row: Row, column: int) -> bool:
        """True where the base got the tag later than anything of the repository that the environment has."""
        newest, since = self._newest_held(row.repository, column), self._since(row, (0,))
        return newest is None or (since is not None and since.at > newest)

    def _newest_held(self, repository: Repository, column: int) -> datetime | None:
        """When the newest image that the environment has in common with the base came there."""
        if (repository, column) not in self._newest:
            rows = self.board.sections[repository].rows
            common = (self._since(row, (0,)) for row in rows if row.states[column] is State.IN_SYNC and row.entries[0])
            self._newest[repository, column] = max((since.at for since in common if since), default=None)
        return self._newest[repository, column]

    def _time_held(self, row: Row) -> Lag | None:
        """How long the base has had what it has."""
        since = self._since(row, (0,))
        return _lag(self.now - since.at, since.surety, Measure.HELD) if since else None

    def _made(self, row: Row, column: int) -> datetime | None:
        identity = self.board.identity(row, column)
        return self._believed(identity.created) if identity else None

    def _pushed(self, row: Row, column: int) -> datetime | None:
        entry = row.entries[column]
        return self._believed(entry.pushed) if entry else None

    def _believed(self, moment: datetime | None) -> datetime | None:
        return moment if moment and _FIRST_IMAGE <= moment <= self.now else None


def _first_looks(changes: Changes) -> Mapping[tuple[str, Repository], datetime]:
    """The earliest moment that is known of each environment's repositories."""
    found: dict[tuple[str, Repository], datetime] = {}
    for (environment, repository, _), moment in changes.items():
        place = (environment, repository)
        if place not in found or moment < found[place]:
            found[place] = moment
    return found


def _lag(span: timedelta, surety: Surety, measure: Measure) -> Lag | None:
    return Lag(span, surety, measure) if span > _NO_TIME else None
