"""Blocking work aside, and work that many wait for."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Generic, TypeVar

T = TypeVar("T")


async def aside(work: Callable[[], T]) -> T:
    """The result of `work`, done in a thread of its own. Raises what it raises.

    The thread cannot be cancelled; being a daemon, it does not keep the program from ending while it hangs.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(put: Callable[[Any], None], outcome: object) -> None:
        if not future.done():
            put(outcome)

    def run() -> None:
        try:
            put, outcome = future.set_result, work()
        except Exception as error:  # noqa: BLE001 - becomes the exception of the future, unchanged
            put, outcome = future.set_exception, error
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, put, outcome)

    threading.Thread(target=run, name="azure", daemon=True).start()
    return await future


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
