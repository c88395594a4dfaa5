"""The way from workers to the screen: a few messages at a time, in their order.

A screen works off its messages one after the other and paints in between only where it comes to the end of them. An
engine that writes ten thousand lines at once would make every key wait for all of them.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from textual.message import Message

_BATCH: Final = 100
_PAUSE: Final = 0.005
"""Seconds in which a batch is worked off, and whatever else waits gets its turn."""


class Mailbox:
    """Hands messages to `deliver`: at once as long as there are few, the others a batch after the other."""

    def __init__(self, deliver: Callable[[Message], object]) -> None:
        self._deliver = deliver
        self._waiting: deque[Message] = deque()
        self._room = _BATCH
        self._is_pausing = False

    def put(self, message: Message) -> None:
        """Delivers `message` after all that came before it."""
        self._waiting.append(message)
        if not self._is_pausing:
            self._pause()
        self._work_off()

    def _pause(self) -> None:
        """The loop's own timer: whoever tells something may not belong to the application."""
        self._is_pausing = True
        asyncio.get_running_loop().call_later(_PAUSE, self._go_on)

    def _go_on(self) -> None:
        self._is_pausing, self._room = False, _BATCH
        if self._waiting:
            self._pause()
            self._work_off()

    def _work_off(self) -> None:
        while self._waiting and self._room:
            self._room -= 1
            self._deliver(self._waiting.popleft())
