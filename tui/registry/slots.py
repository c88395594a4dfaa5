"""Places for requests that are asked at once. What somebody waits for is given the next free one."""

import asyncio
from collections import deque
from types import TracebackType

Waiters = deque["asyncio.Future[None]"]


class Slots:
    """`limit` requests at once, which may change at any time. A turn costs no task, and a free place nothing at all."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._held = 0
        self._urgent: Waiters = deque()
        self._patient: Waiters = deque()
        self._turns = (_Turn(self, self._urgent), _Turn(self, self._patient))

    @property
    def is_full(self) -> bool:
        """True where as many are under way as may be."""
        return self._held >= self.limit

    def urgent(self) -> "_Turn":
        """A place for what somebody waits for: before all that is patient."""
        return self._turns[0]

    def patient(self) -> "_Turn":
        """A place for what can wait."""
        return self._turns[1]

    def widen(self, limit: int) -> None:
        """Lets `limit` be under way from now on; what is, goes on."""
        self.limit = limit
        self._wake()

    async def take(self, waiters: Waiters) -> None:
        """Returns when there is a place, which is then held."""
        if self._held < self.limit and not self._urgent and (waiters is self._urgent or not self._patient):
            self._held += 1
            return
        turn = asyncio.get_running_loop().create_future()
        waiters.append(turn)
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
        while self._held < self.limit and (waiters := self._urgent or self._patient):
            turn = waiters.popleft()
            if not turn.done():
                self._held += 1
                turn.set_result(None)


class _Turn:
    """`async with`: holds a place. It keeps nothing of who holds it, so that one serves all."""

    def __init__(self, slots: Slots, waiters: Waiters) -> None:
        self._slots = slots
        self._waiters = waiters

    async def __aenter__(self) -> None:
        await self._slots.take(self._waiters)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._slots.give()
