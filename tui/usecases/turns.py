"""Whose turn it is in a set of promotions: the content of all goes first, the tags go last.

A tag that is there while its neighbours' content still travels would show a set half promoted. So each promotion
waits, with its content in place, until no other of the set has content on its way: until they all wait, or ended.
"""

import asyncio
from types import TracebackType
from typing import Self


class Gathering:
    """A number of promotions whose content is awaited before any of them writes its tag."""

    def __init__(self, awaited: int) -> None:
        self._awaited = awaited
        self._complete = asyncio.Event()

    def arrive(self) -> None:
        """One is awaited no longer: its content is there, or it ended otherwise."""
        self._awaited -= 1
        if self._awaited <= 0:
            self._complete.set()

    async def complete(self) -> None:
        """Returns when nobody is awaited any more."""
        await self._complete.wait()


class SetTurn:
    """One promotion's way through a set: with a slot for its content, then without any, then with one for its tag.

    As a slot is given back before the wait, any number of promotions comes through, however few slots there are.
    Leaving it gives back what is held, and lets nobody wait for this one.
    """

    def __init__(self, gathering: Gathering, content: asyncio.Semaphore, tags: asyncio.Semaphore) -> None:
        self._gathering = gathering
        self._content = content
        self._tags = tags
        self._held: asyncio.Semaphore | None = None
        self._has_arrived = False

    async def __aenter__(self) -> Self:
        await self._take(self._content)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.step_aside()
        self.arrive()

    async def to_write(self) -> None:
        """Returns when the content of the others is there, and a slot for a tag is free."""
        self.step_aside()
        self.arrive()
        await self._gathering.complete()
        await self._take(self._tags)

    def arrive(self) -> None:
        """Its content is there, or will not be: nobody waits for it any more."""
        if not self._has_arrived:
            self._has_arrived = True
            self._gathering.arrive()

    def step_aside(self) -> None:
        """Gives back the slot that is held: what is still to do is in nobody's way."""
        held, self._held = self._held, None
        if held is not None:
            held.release()

    async def _take(self, slots: asyncio.Semaphore) -> None:
        await slots.acquire()
        self._held = slots
