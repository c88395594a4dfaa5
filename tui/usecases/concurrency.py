"""Several awaits at once, with nothing left running when one of them fails or the listener goes away."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

T = TypeVar("T")
U = TypeVar("U")
V = TypeVar("V")
W = TypeVar("W")
Emit = Callable[[T], None]


async def gather_all(*work: Coroutine[Any, Any, T]) -> list[T]:
    """The results in order. The first error cancels the rest, waits for them to end, and is raised as it is."""
    if len(work) < 2:
        return [await item for item in work]
    return await _gather(*work)


async def gather_pair(one: Coroutine[Any, Any, T], other: Coroutine[Any, Any, U]) -> tuple[T, U]:
    """Both results; an error is treated as by `gather_all`."""
    first, second = await _gather(one, other)
    return first, second


async def gather_four(
    one: Coroutine[Any, Any, T],
    two: Coroutine[Any, Any, U],
    three: Coroutine[Any, Any, V],
    four: Coroutine[Any, Any, W],
) -> tuple[T, U, V, W]:
    """All four results; an error is treated as by `gather_all`."""
    first, second, third, fourth = await _gather(one, two, three, four)
    return first, second, third, fourth


async def to_its_end(work: Coroutine[Any, Any, T], patience: float) -> T:
    """The result of `work`; if this is cancelled, that still has `patience` seconds to come to its end."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=patience)
        raise
    finally:
        await _end(task)


@asynccontextmanager
async def meanwhile(work: Coroutine[Any, Any, object]) -> AsyncGenerator[None, None]:
    """`work` goes on beside what is done here, and is ended with it; nobody hears what comes of it."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        await _end(task)


async def emitted(work: Callable[[Emit[T]], Coroutine[Any, Any, None]]) -> AsyncGenerator[T, None]:
    """What `work` emits, as it emits it; then its error, if it raised one. Closing the generator cancels `work`."""
    queue: asyncio.Queue[T | None] = asyncio.Queue()

    async def run() -> None:
        try:
            await work(queue.put_nowait)
        finally:
            queue.put_nowait(None)

    task = asyncio.create_task(run())
    try:
        while (item := await queue.get()) is not None:
            yield item
        await task
    finally:
        await _end(task)


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

    threading.Thread(target=run, name="aside", daemon=True).start()
    return await future


async def _gather(*work: Coroutine[Any, Any, Any]) -> list[Any]:
    tasks = [asyncio.ensure_future(item) for item in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        await _end(*tasks)


async def _end(*tasks: asyncio.Future[Any]) -> None:
    if running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        await asyncio.wait(running)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # looked at: whoever wanted it has it
