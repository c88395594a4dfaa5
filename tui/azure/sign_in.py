"""A sign-in with a device code: told when it is wanted, and when it is over."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from tui.azure.wording import shown
from tui.domain.notices import Notice, SignInEnded, SignInRequested

GRACE: Final = 30.0
"""Seconds after the end of a code in which the answer to the last question about it may still come."""


class SignIn:
    """One login's sign-ins. The deadline of what waits for one is moved to the end of its code."""

    def __init__(self, observe: Callable[[Notice], None]) -> None:
        self._observe = observe
        self._loop: asyncio.AbstractEventLoop | None = None
        self._deadline: asyncio.Timeout | None = None
        self._is_open = False

    def begin(self, deadline: asyncio.Timeout) -> None:
        """From now on a prompt is told, and moves `deadline`."""
        self._loop = asyncio.get_running_loop()
        self._deadline = deadline

    def prompt(self, address: str, code: str, expires_on: datetime) -> None:
        """What the credential calls in its thread."""
        seconds = max(0.0, (expires_on - datetime.now(UTC)).total_seconds())
        request = SignInRequested(shown(address, 200), shown(code, 40), seconds)
        if self._loop:
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                self._loop.call_soon_threadsafe(self._ask, request)

    def end(self, failure: str = "") -> None:
        """Says that the sign-in is over, where one was asked for."""
        self._deadline = None
        if self._is_open:
            self._is_open = False
            self._observe(SignInEnded(failure))

    def _ask(self, request: SignInRequested) -> None:
        if self._loop and self._deadline:
            self._deadline.reschedule(self._loop.time() + request.seconds + GRACE)
            self._is_open = True
            self._observe(request)
