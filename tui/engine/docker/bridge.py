"""From blocking calls in threads to awaiting code. The threads are daemons: one that hangs keeps no process alive."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Generic, Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_THREAD: Final = "windlass-docker"


class Closable(Protocol[T_co]):
    """Something that is iterated in one thread and closed from another."""

    def __iter__(self) -> Iterator[T_co]:
        """Blocks between items; ends soon after `close`."""
        ...

    def close(self) -> None:
        """Ends the iteration, from any thread and at any time, also before it began. Does not block."""
        ...


@dataclass(frozen=True, slots=True)
class _Item(Generic[T]):
    value: T


@dataclass(frozen=True, slots=True)
class _End:
    error: Exception | None = None


async def call_in_thread(work: Callable[[], T]) -> T:
    """What `work` returns or raises. Cancelling the await leaves the thread to end by itself."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[_Item[T] | _End] = loop.create_future()

    def settle(result: _Item[T] | _End) -> None:
        if not outcome.done():
            outcome.set_result(result)

    def body() -> None:
        result: _Item[T] | _End
        try:
            result = _Item(work())
        except Exception as error:  # noqa: BLE001 - handed on, as it is, to whoever awaits
            result = _End(error)
        _post(loop, settle, result)

    _start(body)
    return _value(await outcome)


async def iterate_in_thread(source: Closable[T]) -> AsyncGenerator[T, None]:
    """The items of `source`, iterated in a thread; what it raises is raised here. Closing this closes it."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[_Item[T] | _End] = asyncio.Queue()

    def body() -> None:
        ending = _End()
        try:
            for item in source:
                _post(loop, queue.put_nowait, _Item(item))
        except Exception as error:  # noqa: BLE001 - handed on, as it is, to whoever iterates
            ending = _End(error)
        _post(loop, queue.put_nowait, ending)

    _start(body)
    try:
        while (item := await queue.get()) != _End():
            yield _value(item)
    finally:
        source.close()


def _value(result: _Item[T] | _End) -> T:
    match result:
        case _Item():
            return result.value
        case _End():
            raise result.error or RuntimeError("it ended without a result")


def _start(body: Callable[[], None]) -> None:
    threading.Thread(target=body, name=_THREAD, daemon=True).start()


def _post(loop: asyncio.AbstractEventLoop, function: Callable[[T], object], value: T) -> None:
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(function, value)
