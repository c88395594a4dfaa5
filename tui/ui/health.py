"""The health of an environment's column: what its registry did lately, and how current its cells are."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tui.domain.notices import RegistryNotice, RequestAnswered, RetryScheduled, WarningReceived
from tui.domain.snapshot import Failure
from tui.domain.timestamps import age


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of one environment's registry.

    `expected` and `landed` count repositories of the survey under way; `stale_since` is when the oldest cell that was
    only remembered had been read; `unread` counts repositories that could not be read.
    """

    latency: float | None = None
    retry_at: datetime | None = None
    retry_cause: str = ""
    failure: Failure | None = None
    unread: int = 0
    expected: int = 0
    landed: int = 0
    stale_since: datetime | None = None

    def hear(self, notice: RegistryNotice, now: datetime) -> "Health":
        """The health after the registry's client said `notice`."""
        match notice:
            case RetryScheduled():
                return replace(self, retry_at=now + timedelta(seconds=notice.delay), retry_cause=notice.cause)
            case RequestAnswered():
                return replace(self, latency=notice.seconds, retry_at=None, retry_cause="")
            case WarningReceived():
                return self

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
            wait = f"retry in {round((self.retry_at - now).total_seconds())} s"
            return f"{self.retry_cause} {wait}".strip(), wait.replace("in ", ""), "retry"
        if self.failure is not None:
            mark = self.failure.mark or "error"
            return f"{mark} {self.failure.kind}", mark
        if self.unread:
            return f"{self.unread} not read", f"{self.unread} unread"
        if self.landed < self.expected:
            return f"reading {self.landed}/{self.expected}", f"{self.landed}/{self.expected}", "reading"
        if self.stale_since is not None:
            return (f"stale {age(self.stale_since, now)}", "stale")
        return (f"{self.latency * 1000:.0f} ms",) if self.latency is not None else ("",)
