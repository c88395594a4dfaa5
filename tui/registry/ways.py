"""The ways in which an upload's bytes go out: which a registry takes, and how one that was begun ends well."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass

from tui.ports.errors import RegistryError
from tui.registry.parcel import WrongBytes
from tui.registry.request import Request
from tui.registry.retry import Again
from tui.registry.session import GOODBYE, Session
from tui.registry.urls import Url


@dataclass(slots=True)
class Ways:
    """What one registry was found to take. Some refuse PATCHes with a Content-Range, or all but the first."""

    takes_streams: bool = True
    takes_chunks: bool = True

    def refuse(self, patch: Request) -> None:
        """Remembers that `patch` was not taken for being one of its kind."""
        if "Content-Range" in patch.headers:
            self.takes_chunks = False
        else:
            self.takes_streams = False


async def to_its_end(patching: Coroutine[None, None, Url], wind_up: Callable[[], None], session: Session) -> Url:
    """One PATCH of `session`. When cancelled, it is told to wind up and waited for a moment, so that it counts."""
    patch = asyncio.create_task(patching)
    try:
        return await asyncio.shield(patch)
    except asyncio.CancelledError:
        wind_up()
        with suppress(RegistryError, Again, WrongBytes, TimeoutError):
            async with asyncio.timeout(GOODBYE if session.is_kept else 0):
                await patch
        raise
