"""Threads under awaiting code."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from tui.engine.docker.bridge import call_in_thread, iterate_in_thread


class Numbers:
    """Numbers, then silence until it is closed."""

    def __init__(self, count: int, *, is_endless: bool = True, error: Exception | None = None) -> None:
        self.count, self.is_endless, self.error = count, is_endless, error
        self.closed, self.ended = threading.Event(), threading.Event()

    def __iter__(self) -> Iterator[int]:
        yield from range(self.count)
        if self.is_endless:
            self.closed.wait(10)
        self.ended.set()
        if self.error:
            raise self.error

    def close(self) -> None:
        self.closed.set()


async def test_a_call_returns_and_raises() -> None:
    assert await call_in_thread(lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        await call_in_thread(lambda: 1 // 0)


async def test_the_thread_of_a_call_is_a_daemon() -> None:
    assert await call_in_thread(lambda: threading.current_thread().daemon)


async def test_items_come_in_order_to_the_end() -> None:
    assert [item async for item in iterate_in_thread(Numbers(100, is_endless=False))] == list(range(100))


async def test_an_error_comes_after_the_items() -> None:
    items = iterate_in_thread(Numbers(2, is_endless=False, error=ValueError("over")))
    assert [await anext(items), await anext(items)] == [0, 1]
    with pytest.raises(ValueError, match="over"):
        await anext(items)


async def test_closing_the_iterator_ends_the_thread() -> None:
    source = Numbers(1)
    async with aclosing(iterate_in_thread(source)) as items:
        assert await anext(items) == 0
    assert await call_in_thread(lambda: source.ended.wait(5))


async def test_cancelling_the_task_that_waits_ends_the_thread() -> None:
    source = Numbers(0)

    async def read() -> None:
        async with aclosing(iterate_in_thread(source)) as items:
            await anext(items)

    task = asyncio.create_task(read())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await call_in_thread(lambda: source.ended.wait(5))


def test_a_thread_that_outlives_the_loop_ends_quietly() -> None:
    released, ended = threading.Event(), threading.Event()

    def work() -> None:
        released.wait(5)
        ended.set()

    async def start() -> None:
        task = asyncio.create_task(call_in_thread(work))
        await asyncio.sleep(0)
        task.cancel()

    asyncio.run(start())
    released.set()
    assert ended.wait(5)
