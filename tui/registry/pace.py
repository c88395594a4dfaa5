"""Requests at a registry's own speed: one pause for all that a 429 stands for, and afterwards a pace learned from it.

Azure Container Registry counts requests in a minute, in a bucket for each kind (MicrosoftDocs, "Azure Container
Registry service tiers"). So each kind has a pace of its own: reads that are throttled stop no writes. Before the first
429 nothing is held back but what a registry has no hands for: how many requests it is asked at once is learned too.
"""

import asyncio
import math
from collections import deque
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from enum import Enum, auto
from typing import Final

from tui.domain.notices import Notice, RetryScheduled
from tui.registry.breadth import Breadth
from tui.registry.limits import Limits, Timing
from tui.registry.request import Request
from tui.registry.slots import Slots

_MINUTE: Final = 60.0
_SHARE: Final = 0.9
"""Of what was answered in the minute before a 429: a pace a little below the budget."""
_LEAST: Final = 1.0
_FREE: Final = 500.0
"""Requests in a second that need no pace any more."""
_FIRST_PAUSE: Final = 1.0
_LONGEST_PAUSE: Final = 60.0
_STEP: Final = 10.0
"""Seconds without a 429 after which the pace rises."""
_FIRST_RISE: Final = 0.05
_LARGEST_RISE: Final = 0.5
_JITTER: Final = 0.5


class Kind(Enum):
    """What requests are counted as."""

    READ = auto()
    WRITE = auto()
    REFERRERS = auto()
    TOKEN = auto()


def kind_of(request: Request) -> Kind:
    """What `request` is counted as."""
    if request.is_for_token:
        return Kind.TOKEN
    if "/referrers/" in request.url.path:
        return Kind.REFERRERS
    return Kind.READ if request.method in {"GET", "HEAD"} else Kind.WRITE


class Pace:
    """The pace of one kind of requests.

    The rate after a 429 is a little below what was answered in the minute before. It rises slowly at first, as the
    budget is near, and then ever faster, so that a limit that was lifted is found again.
    """

    def __init__(self, registry: str, limits: Limits, timing: Timing, observe: Callable[[Notice], None]) -> None:
        self._breadth = Breadth(limits.concurrency)
        self.slots = Slots(self._breadth.limit)
        self._registry = registry
        self._limits = limits
        self._timing = timing
        self._observe = observe
        self._answers: deque[float] = deque()
        self._paused_at = -math.inf
        self._until = -math.inf
        self._next = -math.inf
        self._rate: float | None = None
        self._raised_at = 0.0
        self._rise = _FIRST_RISE
        self._pauses = 0
        self._refused_since: float | None = None
        self._line = asyncio.Lock()

    @property
    def is_hopeless(self) -> bool:
        """True where nothing but 429 was answered for longer than is waited for."""
        since = self._refused_since
        return since is not None and self._timing.monotonic() - since > self._limits.throttled

    async def enter(self) -> float:
        """Waits for the turn of one request. The time at which it may go.

        They stand in line, and what was refused goes to its end: else a request that is always refused would be the
        first after each pause that it caused, and no other would ever go.
        """
        async with self._line:
            while True:
                now, until = self._timing.monotonic(), self._until
                wait = self._turn(now) - now
                if wait <= 0:
                    return now
                await self._timing.sleep(wait)
                if until == self._until:
                    return self._timing.monotonic()

    def answered(self, sent_at: float) -> None:
        """Counts a request sent at `sent_at` that was answered, with anything but 429."""
        now = self._timing.monotonic()
        self._answers.append(now)
        self._forget(now)
        self._refused_since = None
        if sent_at > self._paused_at:
            self._pauses = 0
        if self.slots.is_full and self._rate is None:
            self._breadth.answered(sent_at, now)
            self.slots.widen(self._breadth.limit)

    def overtaxed(self, sent_at: float) -> None:
        """Learns from a 503, or a connection that broke off, that the registry was asked too much at once."""
        self._breadth.refused(sent_at, self._timing.monotonic())
        self.slots.widen(self._breadth.limit)

    def refused(self, operation: str, sent_at: float, after: float | None) -> None:
        """Begins a pause, and tells of it, for a 429 that asks to wait `after` seconds.

        Requests that were already under way when it began belong to the same pause.
        """
        now = self._timing.monotonic()
        self.overtaxed(sent_at)
        if self._refused_since is None:
            self._refused_since = now
        if (after or 0.0) > self._limits.longest_wait:
            return  # reported at once, and not waited for
        if sent_at <= self._paused_at:
            self._until = max(self._until, now + (after or 0.0))
            return
        delay = self._delay(after)
        self._slow_down(now)
        self._pauses += 1
        self._paused_at = now
        self._until = self._next = self._raised_at = now + delay
        self._observe(RetryScheduled(self._registry, operation, "429", delay))

    def _delay(self, after: float | None) -> float:
        """As asked for; longer each time where nothing was answered after the pause before."""
        backoff = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**self._pauses)
        least = backoff if after is None or self._pauses else 0.0
        return max(after or 0.0, least) + self._timing.random() * _JITTER

    def _turn(self, now: float) -> float:
        """When the next request may go; it is taken as gone then."""
        turn = max(now, self._until)
        rate = self._current_rate(turn)
        if rate is not None:
            turn = max(turn, self._next)
            self._next = turn + 1 / rate
        return turn

    def _current_rate(self, now: float) -> float | None:
        """Requests in a second, raised for the time that went well; None is without limit."""
        while self._rate is not None and now - self._raised_at >= _STEP:
            self._rate *= 1 + self._rise
            self._rise = min(2 * self._rise, _LARGEST_RISE)
            self._raised_at += _STEP
            if self._rate > _FREE:
                self._rate = None
        return self._rate

    def _slow_down(self, now: float) -> None:
        self._forget(now)
        learned = _SHARE * len(self._answers) / _MINUTE
        rate = self._rate
        if rate is None:
            self._rate = max(_LEAST, learned)
        elif not self._pauses:
            self._rate = max(_LEAST, min(max(learned, rate / 2), rate * _SHARE))
        self._rise = _FIRST_RISE

    def _forget(self, now: float) -> None:
        while self._answers and now - self._answers[0] >= _MINUTE:
            self._answers.popleft()


class Paces:
    """The pace of each kind of requests to one registry."""

    def __init__(self, registry: str, limits: Limits, timing: Timing, observe: Callable[[Notice], None]) -> None:
        self._by_kind = {kind: Pace(registry, limits, timing, observe) for kind in Kind}

    def of(self, request: Request) -> Pace:
        """The pace that `request` keeps."""
        return self._by_kind[kind_of(request)]

    def slot(self, request: Request) -> AbstractAsyncContextManager[None]:
        """A place for `request` among those under way: `async with` waits for it, and gives it back."""
        return self.of(request).slots.turn(request.rank)
