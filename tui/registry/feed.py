"""The bytes of an upload in order, with the last few kept so that a broken one can go on."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from tui.domain.content import Descriptor
from tui.registry.limits import MIB

_AHEAD: Final = MIB
"""Bytes read ahead, so that the source is read while the target is written."""


class WrongBytes(Exception):
    """The bytes given to an upload are not as many as its blob has; its text is fit to show."""


class Feed:
    """A one-shot iterator of chunks, made readable again from any byte of the last `window`.

    It begins at byte `start` of the blob: those before are where they are wanted already.

    One task reads the iterator to its end, whichever request the bytes go into: a request that is given up takes
    nothing with it. The last chunk is given out only when the iterator ended after exactly as many bytes as the blob
    has, so a source that fails at its end completes nothing. The digest is not computed here a second time: the source
    proves it while it reads, and the registry when it commits (distribution specification, "Pushing blobs").
    """

    def __init__(self, blob: Descriptor, chunks: AsyncIterator[bytes], window: int, start: int = 0) -> None:
        self.size = blob.size
        self.start = start
        self.offset = start
        self.failure: Exception | None = None
        self._chunks = chunks
        self._window = window
        self._kept: deque[bytes] = deque()
        self._kept_from = start
        self._taken = start
        self._wanted = start + _AHEAD
        self._came = asyncio.Event()
        self._asked = asyncio.Event()
        self._is_over = False
        self._pump: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._pump = asyncio.create_task(self._read_all())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pump is not None:
            self._pump.cancel()
            with suppress(asyncio.CancelledError):
                await self._pump

    def rewind(self, offset: int) -> bool:
        """Goes back to `offset`; False where those bytes are no longer kept, or were never read."""
        if not self._kept_from <= offset <= self._taken:
            return False
        self.offset = offset
        return True

    def forget(self, offset: int) -> None:
        """Keeps nothing before `offset` any longer."""
        while self._kept and self._kept_from + len(self._kept[0]) <= offset:
            self._kept_from += len(self._kept.popleft())

    async def prove_empty(self) -> None:
        """Raises WrongBytes, or what the iterator raised, where nothing is to come and something else does."""
        if self.size == self.start and self._pump is not None:
            await self._pump
            if self.failure is not None:
                raise self.failure

    async def hold(self, length: int) -> None:
        """Waits until the next `length` bytes are here, and has as many again read. Raises as `take` does."""
        self._want(self.offset + 2 * length)
        await self._reach(self.offset + length)

    async def take(self, most: int) -> bytes:
        """The next bytes, at least one and `most` at most. Raises what the iterator raised, or WrongBytes."""
        self._want(self.offset + _AHEAD)
        await self._reach(self.offset + 1)
        chunk = self._at_offset()[:most]
        self.offset += len(chunk)
        self.forget(self.offset - self._window)
        return chunk

    async def body(self, length: int) -> AsyncGenerator[bytes, None]:
        """The next `length` bytes, in chunks."""
        while length:
            chunk = await self.take(length)
            length -= len(chunk)
            yield chunk

    def _want(self, offset: int) -> None:
        if offset > self._wanted:
            self._wanted = offset
            self._asked.set()

    async def _reach(self, offset: int) -> None:
        while self._taken < offset:
            if self._is_over:
                raise self.failure or WrongBytes("the bytes ended early")
            self._came.clear()
            await self._came.wait()

    def _at_offset(self) -> bytes:
        start = self._kept_from
        for chunk in self._kept:
            if self.offset < start + len(chunk):
                return chunk[self.offset - start :] if self.offset > start else chunk
            start += len(chunk)
        raise IndexError("an offset that is not kept")

    async def _read_all(self) -> None:
        try:
            await self._count_all()
        except Exception as error:  # noqa: BLE001 - turned into nothing else: whoever takes the bytes gets it as it is
            self.failure = error
        self._is_over = True
        self._came.set()

    async def _count_all(self) -> None:
        done, last = self.start, b""
        async for chunk in self._chunks:
            done += len(chunk)
            if done > self.size:
                raise WrongBytes(f"there are more bytes than the {self.size} of the descriptor")
            if done == self.size:
                last = last or chunk
            elif chunk:
                await self._put(chunk)
        if done < self.size:
            raise WrongBytes(f"the bytes ended after {done} of {self.size}")
        if last:
            await self._put(last)

    async def _put(self, chunk: bytes) -> None:
        """Keeps `chunk`; returns when more is wanted."""
        self._kept.append(chunk)
        self._taken += len(chunk)
        self._came.set()
        while self._taken >= self._wanted and self._taken < self.size:
            self._asked.clear()
            await self._asked.wait()
