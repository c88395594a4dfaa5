"""Telling a stalled upload from a slow one."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from types import TracebackType
from typing import Self


class Stall:
    """Raises TimeoutError in its block when a watched body hands out a chunk and nobody takes it for `seconds`.

    The time that the body itself needs for its next chunk does not count: its source has time-outs of its own.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._timeout = asyncio.timeout(None)
        self._is_over = False

    async def __aenter__(self) -> Self:
        await self._timeout.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        self._is_over = True
        return await self._timeout.__aexit__(kind, error, trace)

    async def watch(self, chunks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
        """The chunks, with the time watched that each is under way."""
        async with aclosing(chunks):
            async for chunk in chunks:
                self._set(asyncio.get_running_loop().time() + self._seconds)
                yield chunk
                self._set(None)

    def _set(self, when: float | None) -> None:
        # The HTTP client may go on with a body for a moment after the answer came early.
        if not self._is_over:
            self._timeout.reschedule(when)
