"""The health of an environment's column: what its registry did lately, and how current its cells are."""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tui.domain.board import Board
from tui.domain.notices import RegistryNotice, RequestAnswered, RetryScheduled, WarningReceived
from tui.domain.snapshot import Failure, Snapshot, Unread
from tui.domain.timestamps import age


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of one environment's registry.

    `retry_at` is when the pause that it asked for ends. `expected` and `landed` count repositories of the survey under
    way; `stale_since` is when the oldest cell that was only remembered had been read; `unread` counts repositories that
    could not be read; `awaits_sign_in` is true while somebody has to sign in before it is read on.
    """

    latency: float | None = None
    retry_at: datetime | None = None
    retry_cause: str = ""
    failure: Failure | None = None
    unread: int = 0
    expected: int = 0
    landed: int = 0
    stale_since: datetime | None = None
    awaits_sign_in: bool = False

    def hear(self, notice: RegistryNotice, now: datetime) -> "Health":
        """The health after the registry's client said `notice`."""
        match notice:
            case RetryScheduled():
                return self._paused(now + timedelta(seconds=notice.delay), notice.cause)
            case RequestAnswered():  # one that was under way when a pause began says nothing about the pause
                return replace(self.as_of(now), latency=notice.seconds)
            case WarningReceived():
                return self

    def _paused(self, until: datetime, cause: str) -> "Health":
        """Of pauses that overlap, the one that ends last counts."""
        if self.retry_at is not None and self.retry_at >= until:
            return self
        return replace(self, retry_at=until, retry_cause=cause)

    def as_of(self, now: datetime) -> "Health":
        """The health without a pause that is over by `now`."""
        if self.retry_at is None or self.retry_at > now:
            return self
        return replace(self, retry_at=None, retry_cause="")

    @property
    def is_bad(self) -> bool:
        """True where something was not read, or the registry asks to wait."""
        return self.failure is not None or self.retry_at is not None or bool(self.unread)

    def text(self, width: int, now: datetime) -> str:
        """One honest statement in `width` cells: what hinders most comes first."""
        forms = self._forms(now)
        return next((form for form in forms if len(form) <= width), forms[-1][:width])

    def _forms(self, now: datetime) -> tuple[str, ...]:
        if self.retry_at is not None and self.retry_at > now:
            wait = f"retry in {math.ceil((self.retry_at - now).total_seconds())} s"
            return f"{self.retry_cause} {wait}".strip(), wait.replace("in ", ""), "retry"
        if self.failure is not None:
            mark = self.failure.mark or "error"
            return f"{mark} {self.failure.kind}", mark
        if self.unread:
            return f"{self.unread} not read", f"{self.unread} unread"
        if self.awaits_sign_in and (self.landed < self.expected or not self.expected):
            return "signing in", "sign in"
        if self.landed < self.expected:
            return f"reading {self.landed}/{self.expected}", f"{self.landed}/{self.expected}", "reading"
        if self.stale_since is not None:
            return (f"stale {age(self.stale_since, now)}", "stale")
        return (f"{self.latency * 1000:.0f} ms",) if self.latency is not None else ("",)


def observed(health: Health, board: Board, column: int) -> Health:
    """`health` with what the cells of the column tell: how old they are, and how many could not be read."""
    readings = [section.readings[column] for section in board.sections.values()]
    remembered = [item.taken_at for item in readings if isinstance(item, Snapshot) and item.is_remembered]
    failures = [item.failure for item in readings if isinstance(item, Unread)]
    whole = failures[0] if failures and len(failures) == len(readings) else None
    return replace(
        health,
        stale_since=min(remembered, default=None),
        unread=len(failures),
        failure=health.failure or whole,
    )
