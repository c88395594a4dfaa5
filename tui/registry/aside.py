"""Blocking work aside from the event loop, in threads that never keep the program from ending."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

T = TypeVar("T")

_GRACE: Final = 2.0
"""Seconds that work which was told to stop is waited for. What no stop reaches, as the resolver of host names, is then
left to end on its own."""


async def aside(work: Callable[[], T], stop: Callable[[], None]) -> T:
    """The result of `work`, done in a thread of its own; when cancelled, `stop` has it end and it is waited for.

    A thread each: beside what moves in one, its start costs nothing, and none lingers.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()
    done.add_done_callback(_heard)
    threading.Thread(target=_do, args=(work, loop, done), daemon=True, name="windlass-aside").start()
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        stop()
        await asyncio.wait([done], timeout=_GRACE)
        raise


def _do(work: Callable[[], T], loop: asyncio.AbstractEventLoop, done: "asyncio.Future[T]") -> None:
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - handed on as it is to who waits for it
        _tell(loop, done, done.set_exception, error)
    else:
        _tell(loop, done, done.set_result, result)


def _tell(loop: asyncio.AbstractEventLoop, done: "asyncio.Future[T]", say: Callable[..., None], what: object) -> None:
    def tell() -> None:
        if not done.done():
            say(what)

    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(tell)


def _heard(done: "asyncio.Future[T]") -> None:
    """Keeps asyncio from complaining of an error that nobody waits for, as after a cancel."""
    if not done.cancelled():
        done.exception()
