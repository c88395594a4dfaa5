"""A blob on its way down into a thread: read blocking, proved, and gone on with by Range where a connection breaks.

What needs credentials, redirects, pace and patience is done by the transport in the event loop: an answer is opened
there, and its body alone is read in the thread.
"""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import CancelledError, Future
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, cast

from tui.domain.content import Descriptor
from tui.domain.reference import Repository
from tui.ports.errors import Unreachable
from tui.registry.blobs import Ranges
from tui.registry.parcel import Stopped
from tui.registry.proof import Proof
from tui.registry.retry import Again
from tui.registry.transport import Transport

if TYPE_CHECKING:
    from tui.registry.lane import LaneReply


class Intake:
    """The bytes of `blob` from `start` on; made and closed in the event loop, read in one thread at a time."""

    def __init__(self, transport: Transport, repository: Repository, blob: Descriptor, start: int) -> None:
        self._transport = transport
        self._ranges = Ranges(transport, repository, blob, is_hauled=True)
        self._proof = Proof(blob, start)
        self._loop = asyncio.get_running_loop()
        self._opened = AsyncExitStack()
        self._reply: LaneReply | None = None
        self._skipped = 0
        self._breaks = 0
        self._mending: Future[None] | None = None
        self._is_stopped = False

    @property
    def done(self) -> int:
        """The bytes that were read, and those before `start`."""
        return self._proof.done

    @property
    def is_open(self) -> bool:
        """True where the answer to what is read next is here already."""
        return self._reply is not None

    async def open(self) -> None:
        """Asks for the bytes from where it stands. Raises RegistryError."""
        await self.close()
        reply = await self._opened.enter_async_context(self._transport.open(self._ranges.request(self.done)))
        self._reply = cast("LaneReply", reply)
        self._skipped = self._ranges.skipped(reply, self.done)

    async def close(self) -> None:
        """Closes the connection, or gives it back; nothing reads any more."""
        self._reply = None
        await self._opened.aclose()

    def stop(self) -> None:
        """Has a read under way end at once; there is no other."""
        self._is_stopped = True
        if self._mending is not None:
            self._mending.cancel()
        if self._reply is not None:
            self._reply.shut()

    def rewind(self, offset: int) -> None:
        """Goes back to `offset`: the next read asks for the bytes from there on."""
        if offset != self.done:
            self._proof.rewind(offset)
            self._reply = None

    def read(self, room: memoryview) -> None:
        """Fills `room` with the next bytes; with the last ones of the blob only where all of them proved right.

        Blocks. Raises RegistryError, and Stopped.
        """
        while room:
            count = self._some(room)
            self._proof.add(room[:count])
            room = room[count:]
        if self._proof.is_complete:
            self._prove()

    def _some(self, room: memoryview) -> int:
        """The next bytes: at least one."""
        while True:
            try:
                return self._once(room)
            except Again as again:
                self._wait_for(self._mend(again))

    def _once(self, room: memoryview) -> int:
        if self._is_stopped:
            raise Stopped  # though more may have come already
        if self._reply is None:
            self._wait_for(self.open())
        reply = cast("LaneReply", self._reply)
        while self._skipped:
            count = reply.readinto(room[: self._skipped])
            self._skipped -= count
            if not count:
                break
        count = reply.readinto(room)
        if not count:
            self._ranges.check_all(self._proof)
        return count

    def _prove(self) -> None:
        """Refuses bytes beyond the blob's, and others than its own."""
        if self._reply is not None:
            with suppress(Again, Unreachable):  # every byte came; only the end of the answer did not
                self._proof.done += self._reply.readinto(memoryview(bytearray(1)))
        self._ranges.check_size(self._proof)
        self._ranges.check_all(self._proof)

    async def _mend(self, again: Again) -> None:
        """Waits, says so, and asks again. Raises RegistryError where it broke too often."""
        self._breaks += 1
        if self._breaks > self._transport.limits.resumes:
            raise again.final from None
        await self._transport.retrier.wait(again, self._breaks)
        await self.open()

    def _wait_for(self, work: Coroutine[None, None, None]) -> None:
        """Has `work` done in the event loop, from the thread."""
        if self._is_stopped:
            work.close()
            raise Stopped
        self._mending = asyncio.run_coroutine_threadsafe(work, self._loop)
        if self._is_stopped:
            self._mending.cancel()
        try:
            self._mending.result()
        except CancelledError:
            raise Stopped from None
        finally:
            self._mending = None
