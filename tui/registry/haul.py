"""A large blob on its way from one registry to another: read, proved and sent on by threads that block."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Final

from tui.domain.content import Descriptor
from tui.ports.errors import RegistryError
from tui.registry.aside import aside
from tui.registry.intake import Intake
from tui.registry.limits import MIB
from tui.registry.parcel import Whole
from tui.registry.request import Freight

_PART: Final = MIB
"""Bytes read, hashed and told of at a time."""

_TELL_EVERY: Final = 0.1
"""Seconds between two words on how far it is: what an eye can follow."""


class Haul:
    """The cargo of an upload.

    Its last part goes out only when the size and, from the first byte on, the digest of all proved right: a source that
    is wrong completes nothing. `room` bytes are kept, so those of a request that fits go out of memory once they are
    held, also twice; any others are asked for again.
    """

    def __init__(self, blob: Descriptor, intake: Intake, room: int, advanced: Callable[[int], None]) -> None:
        self.size = blob.size
        self.start = self.offset = intake.done
        self.failure: Exception | None = None
        self._intake = intake
        self._advanced = advanced
        self._room = memoryview(bytearray(min(room, self.size - self.start)))
        self._first = self.start
        """The offset of the first byte in the room; the last one is the last that was read."""
        self._told_at = 0.0
        self._loop = asyncio.get_running_loop()
        self._opening = self._loop.create_task(intake.open())

    async def ready(self) -> None:
        """Returns once the source answers. Raises RegistryError."""
        try:
            await self._opening
            if not self._intake.is_open:
                await self._intake.open()
        except RegistryError as error:
            self.failure = error
            raise

    async def hold(self, length: int) -> None:
        """Returns once the next `length` bytes are here, or as many as there is room for. Raises RegistryError."""
        if self.offset + min(length, len(self._room)) > self._intake.done:
            await aside(partial(self._fill, length), self.stop)

    def body(self, length: int) -> Freight:
        """The next `length` bytes."""
        return Whole(self, length)

    def part(self, most: int) -> memoryview:
        """The next bytes, `most` at most. Raises RegistryError, Stopped."""
        if self.offset == self._intake.done:
            self._fill(min(_PART, most))
        return self._room[self.offset - self._first : self._intake.done - self._first][:most]

    def rewind(self, offset: int) -> bool:
        """Goes back to `offset`; False where those bytes were never read."""
        if not self.start <= offset <= self._intake.done:
            return False
        if offset < self._first:
            self._intake.rewind(offset)
            self._first = offset
        self.offset = offset
        return True

    def _fill(self, length: int) -> None:
        """Reads until `length` bytes from `offset` on are in the room, or it is full. It blocks."""
        kept = self._intake.done - self.offset
        if kept:
            self._room[:kept] = self._room[self.offset - self._first :][:kept]
        self._first = self.offset
        for at in range(kept, min(length, len(self._room)), _PART):
            try:
                self._intake.read(self._room[at : min(length, at + _PART)])
            except RegistryError as error:
                self.failure = error
                raise
            self._tell()

    def stop(self) -> None:
        """Has a `part` under way in another thread end at once, and gives no other."""
        self._intake.stop()

    async def close(self) -> None:
        """Lets go of the source."""
        self._opening.cancel()
        with suppress(asyncio.CancelledError, RegistryError):
            await self._opening
        await self._intake.close()

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told_at >= _TELL_EVERY:
            self._told_at = now
            self._loop.call_soon_threadsafe(self._advanced, self._intake.done)


@asynccontextmanager
async def hauled(
    blob: Descriptor, intake: Intake, room: int, advanced: Callable[[int], None]
) -> AsyncGenerator[Haul, None]:
    """What `intake` brings as cargo, asked for at once. `advanced` is told how far it is, in the event loop."""
    haul = Haul(blob, intake, room, advanced)
    try:
        yield haul
    finally:
        await haul.close()
