"""Finding where a digest, a commit or a build is: in which environments, under which tags."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from tui.domain.board import Board, Row
from tui.domain.environment import Environment
from tui.domain.identity import Identity
from tui.domain.needle import Needle
from tui.domain.reference import Digest, Repository, Tag
from tui.ports.errors import RegistryError
from tui.usecases.concurrency import emitted, gather_all
from tui.usecases.library import Library

_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True)
class Holding:
    """A tag that holds what was looked for."""

    environment: str
    repository: Repository
    tag: Tag
    digest: Digest
    identity: Identity | None
    """None where only the digest was compared."""


@dataclass(frozen=True, slots=True)
class Unidentified:
    """An image whose origin could not be read, so that nothing is said of it."""

    environment: str
    repository: Repository
    tag: Tag
    detail: str


@dataclass(frozen=True, slots=True)
class Looked:
    """So many of the images in question were looked at."""

    done: int
    total: int


Find = Holding | Unidentified | Looked


@dataclass(frozen=True, slots=True)
class _Spot:
    """A tag in an environment and what it holds there."""

    environment: Environment
    repository: Repository
    tag: Tag
    digest: Digest

    def holding(self, identity: Identity | None) -> Holding:
        return Holding(self.environment.name, self.repository, self.tag, self.digest, identity)


async def find(library: Library, board: Board, rows: Sequence[Row], needle: Needle) -> AsyncGenerator[Find, None]:
    """Where `needle` is among `rows` of `board`; each digest is read once, and those known before not at all."""
    spots = [
        _Spot(environment, row.repository, row.tag, entry.digest)
        for row in rows
        for environment, entry in zip(board.path.environments, row.entries, strict=True)
        if entry and entry.digest
    ]
    async with aclosing(emitted(_Search(library, needle, spots).run)) as found:
        async for item in found:
            yield item


class _Search:
    """One search under way. All spots with one digest are answered together: what holds for one holds for all."""

    def __init__(self, library: Library, needle: Needle, spots: Sequence[_Spot]) -> None:
        self._library = library
        self._needle = needle
        self._spots: dict[Digest, list[_Spot]] = {}
        for spot in spots:
            self._spots.setdefault(spot.digest, []).append(spot)
        self._waiting = list(self._spots)[::-1]
        self._done = 0

    async def run(self, emit: Callable[[Find], None]) -> None:
        """Looks at every digest, and hands what it finds to `emit`."""
        await gather_all(*(self._work(emit) for _ in range(_AT_ONCE)))

    async def _work(self, emit: Callable[[Find], None]) -> None:
        while self._waiting:
            for item in await self._look(self._waiting.pop()):
                emit(item)
            self._done += 1
            emit(Looked(self._done, len(self._spots)))

    async def _look(self, digest: Digest) -> Sequence[Find]:
        spots = self._spots[digest]
        if self._needle.is_digest_of(digest):
            identity = await self._library.recall_identity(digest)
            return [spot.holding(identity) for spot in spots]
        if self._needle.only_digest:
            return []
        holders: dict[Environment, Repository] = {}
        for spot in spots:
            holders.setdefault(spot.environment, spot.repository)
        try:
            identity = await self._library.read_identity_at(tuple(holders.items()), digest)
        except RegistryError as error:
            return [Unidentified(each.environment.name, each.repository, each.tag, str(error)) for each in spots]
        return [spot.holding(identity) for spot in spots] if self._needle.is_origin(identity) else []
