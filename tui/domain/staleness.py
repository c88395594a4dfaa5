"""Since when a cell drifts, and how far its environment is behind.

Nobody records when a drift began, so it is worked out from what is known of both sides. A side holds what it holds
since the earlier of two moments: when its registry says the tag last moved (`TagEntry.pushed`; Azure's
`lastUpdateTime`), and when a survey first saw it so (`Journal.last_changes`). The second is never too early, and tells
nothing where it is that of the survey which has just ended.

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


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a cell is behind: always more than nothing."""

    span: timedelta
    surety: Surety = Surety.EXACT


@dataclass(frozen=True, slots=True)
class Staleness:
    """Works out the age of drift on `board`, seen from `now`. Pure; every question costs the same."""

    board: Board
    now: datetime
    changes: Changes = field(default_factory=dict[tuple[str, Repository, Tag], datetime])
    names: tuple[str, ...] = field(init=False)
    """Of the environments, in path order."""
    _newest: dict[tuple[Repository, int], datetime | None] = field(
        init=False, repr=False, compare=False, default_factory=dict[tuple[Repository, int], datetime | None]
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", self.board.path.names)

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

    def _since(self, row: Row, columns: Iterable[int]) -> Since | None:
        """The latest of the moments from which the sides in `columns` hold what they hold."""
        sides = [(column, self._held_since(row, column)) for column in columns]
        known = [side for _, side in sides if side]
        if len(known) == len(sides):
            return max(known, key=lambda side: side.at)
        bounds = [side.at for side in known if side.surety is Surety.EXACT]
        bounds += [moment for column, _ in sides for moment in self._makings(row, column)]
        return Since(max(bounds), Surety.AT_MOST) if bounds else None

    def _held_since(self, row: Row, column: int) -> Since | None:
        entry = row.entries[column]
        told = self._believed(entry.pushed) if entry else None
        seen = self._believed(self.changes.get((self.names[column], row.repository, row.tag)))
        if told and not (seen and seen < told):
            return Since(told)
        return Since(seen, Surety.AT_LEAST) if seen and self.now - seen >= _TELLING else None

    def _makings(self, row: Row, column: int) -> Iterable[datetime]:
        entry = row.entries[column]
        moments = (self._made(row, column), self._believed(entry.created) if entry else None)
        return [moment for moment in moments if moment]

    def _behind_other(self, row: Row, column: int, reason: Reason | None) -> Lag | None:
        if reason in _SAME_CONTENT:
            return None
        ours, theirs = self._made(row, 0), self._made(row, column)
        if ours and theirs:
            return _lag(ours - theirs, Surety.EXACT)
        ours, theirs = self._pushed(row, 0), self._pushed(row, column)
        if ours and theirs and ours > theirs:
            return _lag(ours - theirs, Surety.AT_LEAST)
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
        return _lag(self.now - since.at, since.surety) if since else None

    def _made(self, row: Row, column: int) -> datetime | None:
        identity = self.board.identity(row, column)
        return self._believed(identity.created) if identity else None

    def _pushed(self, row: Row, column: int) -> datetime | None:
        entry = row.entries[column]
        return self._believed(entry.pushed) if entry else None

    def _believed(self, moment: datetime | None) -> datetime | None:
        return moment if moment and _FIRST_IMAGE <= moment <= self.now else None


def _lag(span: timedelta, surety: Surety) -> Lag | None:
    return Lag(span, surety) if span > _NO_TIME else None
