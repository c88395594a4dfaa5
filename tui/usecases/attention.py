"""What somebody looks at, and the order of reading that follows from it."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

from tui.domain.reference import Repository

_PATIENCE: Final = 3.0
"""Seconds that the rest waits for what is looked at: a registry that is dead or slow must not hold up the others."""


@dataclass(slots=True)
class Attention:
    """What somebody looks at at the moment, in order; who shows it keeps this up to date. It is read first."""

    repositories: tuple[Repository, ...] = ()


class Order:
    """In which order repositories are read: what is looked at, then as they were found.

    While nothing can be looked at yet, that is the first one found, with which a board begins. Without any `attention`
    nobody looks, and nothing waits for anything.
    """

    def __init__(self, attention: Attention | None) -> None:
        self._attention = attention
        self._places: dict[Repository, int] = {}
        self._looked_at = 0
        self._is_calm = asyncio.Event()
        self._is_calm.set()
        self._until = 0.0

    def add(self, repositories: Iterable[Repository]) -> None:
        """Puts those that were found at the end."""
        for repository in repositories:
            self._places[repository] = len(self._places) + 1

    def take(self, waiting: dict[Repository, None]) -> Repository:
        """Takes the next one out of `waiting`, which has some."""
        chosen = next((name for name in self._looked_at_now if name in waiting), None) or next(iter(waiting))
        del waiting[chosen]
        return chosen

    @asynccontextmanager
    async def turn(self, repository: Repository) -> AsyncGenerator[None, None]:
        """The time to read `repository`. What is looked at has it at once, and all else waits for that, not for long.

        In whatever order requests go out, their answers come in over one line: of a hundred pages under way, the one
        that somebody waits for would have a hundredth of it.
        """
        if not self._is_foremost(repository):
            with suppress(TimeoutError):
                async with asyncio.timeout_at(self._until):
                    await self._is_calm.wait()
            yield
            return
        self._until = asyncio.get_running_loop().time() + _PATIENCE
        self._looked_at += 1
        self._is_calm.clear()
        try:
            yield
        finally:
            self._looked_at -= 1
            if not self._looked_at:
                self._is_calm.set()

    def rank(self, repository: Repository) -> int:
        """Where its requests stand now: what is looked at goes before all else, also where it is being read already."""
        return 0 if self._is_foremost(repository) else self._places[repository]

    @property
    def _looked_at_now(self) -> tuple[Repository, ...]:
        return self._attention.repositories if self._attention else ()

    def _is_foremost(self, repository: Repository) -> bool:
        if looked_at := self._looked_at_now:
            return repository in looked_at
        return self._attention is not None and self._places.get(repository) == 1
