"""Places for requests that are asked at once. The next one goes to who has the lowest rank, then to who came first.

A turn costs no task, and a free place nothing at all.
"""

import asyncio
from heapq import heappop, heappush
from itertools import count
from types import TracebackType


class Slots:
    """`limit` requests at once, which may change at any time."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._held = 0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._count = count()

    @property
    def is_full(self) -> bool:
        """True where as many are under way as may be."""
        return self._held >= self.limit

    def turn(self, rank: int) -> "Turn":
        """A place, held by `async with`."""
        return Turn(self, rank)

    def widen(self, limit: int) -> None:
        """Lets `limit` be under way from now on; what is, goes on."""
        if limit != self.limit:
            self.limit = limit
            self._wake()

    async def take(self, rank: int) -> None:
        """Returns when there is a place, which is then held."""
        if self._held < self.limit:  # then nobody waits
            self._held += 1
            return
        turn = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (rank, next(self._count), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give()  # it was ours already
            raise

    def give(self) -> None:
        """Gives a place back."""
        self._held -= 1
        self._wake()

    def _wake(self) -> None:
        while self._waiting and self._held < self.limit:
            turn = heappop(self._waiting)[2]
            if not turn.done():
                self._held += 1
                turn.set_result(None)


class Turn:
    """One place while it is held."""

    __slots__ = ("_rank", "_slots")

    def __init__(self, slots: Slots, rank: int) -> None:
        self._slots = slots
        self._rank = rank

    async def __aenter__(self) -> None:
        await self._slots.take(self._rank)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._slots.give()
