"""The registries that a login sees, listed once and remembered."""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Final

from tui.azure.shared import Shared
from tui.domain.discovery import FoundRegistry
from tui.ports.errors import LoginError, RegistryError

AGAIN: Final = 30.0
"""Seconds until it is looked again for what was not found, or could not be looked for."""


class Directory:
    """Finds registries by login server. What was found stays: a registry keeps its resource id for life."""

    def __init__(
        self, listing: Callable[[], AsyncGenerator[FoundRegistry, None]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._listing = listing
        self._clock = clock
        self._known: dict[str, FoundRegistry] = {}
        self._failure: LoginError | RegistryError | None = None
        self._look_again_at = 0.0
        self._looking = Shared(self._look)

    async def find(self, host: str) -> FoundRegistry | None:
        """The registry whose login server is `host`; None where the login sees none. Raises LoginError, RegistryError.

        Many who ask at once are looked for once.
        """
        key = host.lower()
        if key not in self._known and self._clock() >= self._look_again_at:
            await self._looking.result()
        if key in self._known:
            return self._known[key]
        if self._failure:
            raise self._failure.with_traceback(None)
        return None

    async def close(self) -> None:
        """Stops looking."""
        await self._looking.stop()

    async def _look(self) -> None:
        self._failure = None
        try:
            async with aclosing(self._listing()) as found:
                async for registry in found:
                    self._known[registry.host] = registry
        except (LoginError, RegistryError) as error:
            self._failure = error
        self._look_again_at = self._clock() + AGAIN
