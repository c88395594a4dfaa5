"""Places for requests that are asked at once. The next one goes to who has the lowest rank, then to who came first.

While somebody waits for an answer (rank 0), what nobody waits for has only a few of the places: those under way share
the registry's hands. A turn costs no task, and a free place nothing at all.
"""

import asyncio
from heapq import heappop, heappush
from itertools import count
from types import TracebackType
from typing import Final

_SHARE: Final = 4
"""One place in so many is for the others while somebody waits."""


class Slots:
    """`limit` requests at once, which may change at any time."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._held = 0
        self._foremost = 0
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
        if self._has_place(rank) and (rank == 0 or not self._waiting):
            self._hold(rank)
            return
        turn = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (rank, next(self._count), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give(rank)  # it was ours already
            raise

    def give(self, rank: int) -> None:
        """Gives the place back that was taken with this rank."""
        self._held -= 1
        self._foremost -= rank == 0
        self._wake()

    def _has_place(self, rank: int) -> bool:
        """True where one of this rank may go on. Of the others one at least always may, so that none waits for ever."""
        others = self._held - self._foremost
        is_held_back = rank > 0 and self._foremost > 0 and others >= max(1, self.limit // _SHARE)
        return self._held < self.limit and not is_held_back

    def _hold(self, rank: int) -> None:
        self._held += 1
        self._foremost += rank == 0

    def _wake(self) -> None:
        while self._waiting and self._has_place(self._waiting[0][0]):
            rank, _, turn = heappop(self._waiting)
            if not turn.done():
                self._hold(rank)
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
        self._slots.give(self._rank)
