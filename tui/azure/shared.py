"""Work that many wait for."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    """Work that is done once for all who ask while it goes on; one of them being cancelled ends it for nobody else.

    `work` gives errors back instead of raising them: when nobody waits any more, nobody would take them.
    """

    def __init__(self, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._work = work
        self._task: asyncio.Task[T] | None = None

    async def result(self) -> T:
        """What the work that goes on ends with; begins it where none goes on."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())
        return await asyncio.shield(self._task)

    async def stop(self) -> None:
        """Ends the work that goes on, if any."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
