"""A shelf: values by key in this process, as many as there is room for, each fetched once whoever asks for it."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_ROOM: Final = 32 * 1024 * 1024
"""What the values on one shelf may weigh together: some ten thousand usual manifests, or eight of the largest that a
hostile registry can serve. Parsed, they take a few times that."""


class Shelf(Generic[K, V]):
    """Values with their weight, about in bytes. Without room for all, those go that were not used for longest."""

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._weight = 0
        self._tasks: dict[K, asyncio.Task[V]] = {}

    def get(self, key: K) -> V | None:
        """The value, where it is still here."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key][0]

    def put(self, key: K, value: V, weight: int) -> V:
        """Keeps `value` if it has room at all, and gives it back."""
        self._drop(key)
        if weight <= self._room:
            self._values[key] = (value, weight)
            self._weight += weight
        while self._weight > self._room:
            self._drop(next(iter(self._values)))
        return value

    def is_reading(self, key: Hashable) -> bool:
        """True while the value is read."""
        return key in self._tasks

    async def read(self, key: K, work: Callable[[], Coroutine[Any, Any, V]]) -> V:
        """What `work` gives, or what another's work gives that is under way.

        Who gives up waiting does not end it for the others. Another's may fail where this would not, at a registry
        that is down: then this is begun as well.
        """
        if other := self._tasks.get(key):
            await asyncio.wait((other,))
            if not (other.cancelled() or other.exception()):
                return other.result()
        task = self._tasks.get(key) or self._begin(key, work)
        await asyncio.wait((task,))
        return task.result()

    def _begin(self, key: K, work: Callable[[], Coroutine[Any, Any, V]]) -> asyncio.Task[V]:
        task = self._tasks[key] = asyncio.create_task(work())
        task.add_done_callback(lambda done: self._end(key, done))
        return task

    def _end(self, key: K, task: asyncio.Task[V]) -> None:
        del self._tasks[key]
        if not task.cancelled():
            task.exception()  # looked at: where everyone gave up waiting, nobody else does

    def _drop(self, key: K) -> None:
        _, weight = self._values.pop(key, (None, 0))
        self._weight -= weight
