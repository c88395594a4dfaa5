"""Trying again: what is worth it, how long to wait, and saying so before the wait."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from tui.domain.notices import Notice, RetryScheduled
from tui.ports.errors import RegistryError
from tui.registry.limits import Limits, Timing

T = TypeVar("T")

RETRIED: Final = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses that a later try may turn into a good answer."""

_FIRST_DELAY: Final = 0.5
_LONGEST_DELAY: Final = 20.0


class Again(Exception):
    """An attempt failed in a way that another may not; `final` is the error once there are no more.

    `after` is the seconds that the registry asked to wait, where it did; `answered` is false where nothing came back.
    `is_paced` is true where the next try waits by itself, in the registry's pace, and is no fault of the request's.
    """

    def __init__(
        self, final: RegistryError, after: float | None = None, *, answered: bool = True, is_paced: bool = False
    ) -> None:
        super().__init__(final.detail)
        self.final = final
        self.after = after
        self.answered = answered
        self.is_paced = is_paced


class Patience:
    """How long one request is put off in vain: some are refused for ever while others are answered."""

    def __init__(self, limits: Limits, timing: Timing) -> None:
        self._limits = limits
        self._timing = timing
        self._since = 0.0
        self._done = 0
        self._times = 0

    def is_over(self, done: int = 0) -> bool:
        """Counts one more refusal. True where they are too many in too long a time, with no more `done` (bytes).

        The time alone says little: most of it may have been spent in line.
        """
        now = self._timing.monotonic()
        if not self._times or done != self._done:
            self._since, self._times = now, 0
            self._done = done
        self._times += 1
        return self._times > self._limits.attempts and now - self._since > self._limits.throttled


class Retrier:
    """Runs attempts of one client, and tells of each wait before it begins."""

    def __init__(self, limits: Limits, timing: Timing, observe: Callable[[Notice], None]) -> None:
        self._limits = limits
        self._timing = timing
        self._observe = observe
        self._is_over = False

    def end(self) -> None:
        """From now on there is no other try: what breaks off now does so because its connections are closed."""
        self._is_over = True

    async def run(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """The result of `attempt`, which may raise Again. Raises its final error when all tries are used up."""
        tries, patience = 0, None
        while True:
            try:
                return await attempt()
            except Again as again:
                tries += not again.is_paced
                patience = patience or self.patience()
                if tries >= self._allowed(again) or (again.is_paced and patience.is_over()):
                    raise again.final from None  # the cause's own text may hold a URL with its query
                await self.wait(again, tries)

    def patience(self) -> Patience:
        """That which one request deserves."""
        return Patience(self._limits, self._timing)

    async def wait(self, again: Again, tries: int) -> None:
        """Announces and sits out the delay before the next try. Raises the error where that is too long, or in vain."""
        if again.is_paced:
            return
        if self._is_over or (again.after or 0) > self._limits.longest_wait:
            raise again.final from None
        delay = self._delay(again.after, tries)
        final = again.final
        self._observe(RetryScheduled(final.registry, final.operation, final.detail, delay))
        await self._timing.sleep(delay)

    def _allowed(self, again: Again) -> int:
        return self._limits.attempts if again.answered else self._limits.connect_attempts

    def _delay(self, after: float | None, tries: int) -> float:
        """Full jitter, so that requests which failed together do not return together; on top of what was asked for."""
        jitter = self._timing.random() * min(_LONGEST_DELAY, _FIRST_DELAY * 2 ** (tries - 1))
        return jitter if after is None else after + self._timing.random() * _FIRST_DELAY


def retry_after(header: str, now: float) -> float | None:
    """Seconds in a Retry-After header: a number or a date (RFC 9110, section 10.2.3); None where it is neither."""
    if header.isascii() and header.isdigit():
        return float(header[:9])
    if not header:
        return None
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - now)
    except (ValueError, OverflowError):
        return None
