"""A guard against keys that nobody meant: those typed ahead, and those that a held key repeats."""

from collections.abc import Callable
from typing import Final

QUIET_SECONDS: Final = 0.4
"""Long enough that a key meant for what was on screen before is not taken for an answer to what is on it now."""


class Guard:
    """Lets an action through only when it was called for deliberately. `clock` counts seconds and never goes back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._quiet_since = clock()
        self._pressed: dict[str, float] = {}

    def restart(self) -> None:
        """Something new is on screen: nothing counts until it could be read."""
        self._quiet_since = self._clock()

    def lets(self, action: str) -> bool:
        """True where the screen has stood long enough and the key is not held down; held keys stay ignored."""
        now = self._clock()
        before = self._pressed.get(action, self._quiet_since)
        self._pressed[action] = now
        return now - max(before, self._quiet_since) >= QUIET_SECONDS
