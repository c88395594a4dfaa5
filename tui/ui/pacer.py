"""Pacing: work that is asked for a thousand times is done a few times."""

import time
from collections.abc import Callable
from typing import Final

from textual.message_pump import MessagePump
from textual.timer import Timer

_SHORTEST: Final = 0.1
_SHARE: Final = 4
"""The work rests for as many times as long as it took, so that it never has more than a fifth of the processor."""


class Pacer:
    """Calls `work` soon after it is asked for, and at most ten times a second."""

    def __init__(self, host: MessagePump, work: Callable[[], None]) -> None:
        self._host = host
        self._work = work
        self._timer: Timer | None = None
        self._not_before = 0.0

    def ask(self) -> None:
        """The work is to be done; asking again before it was done changes nothing."""
        if self._timer is None:
            self._timer = self._host.set_timer(max(self._not_before - time.monotonic(), 0.001), self._run)

    def _run(self) -> None:
        self._timer = None
        started = time.monotonic()
        self._work()
        ended = time.monotonic()
        self._not_before = ended + max(_SHORTEST, _SHARE * (ended - started))


class Settler:
    """Calls `work` once nothing asked for it during `seconds`: what a moving cursor passes over is not worth it."""

    def __init__(self, host: MessagePump, work: Callable[[], None], seconds: float) -> None:
        self._host = host
        self._work = work
        self._seconds = seconds
        self._timer: Timer | None = None

    def ask(self) -> None:
        """The work is to be done, when the cursor rests."""
        if self._timer is not None:
            self._timer.reset()
        else:
            self._timer = self._host.set_timer(self._seconds, self._run)

    def _run(self) -> None:
        self._timer = None
        self._work()
