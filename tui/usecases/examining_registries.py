"""Examining one registry: whether it answers, to whom, and which repositories of the scope can be read there."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

from tui.domain.environment import Environment
from tui.domain.reference import Repository
from tui.domain.scope import Scope
from tui.ports.errors import NotFound, RegistryError, Unreachable
from tui.ports.registry import Registry
from tui.usecases.concurrency import gather_all

PATIENCE: Final = 14.0
"""Seconds that one registry, with all retries, is waited for; its catalog half as long."""
MOST: Final = 100
"""Repositories that are tried in one environment."""
_PAGES: Final = 20
"""Of a catalog, the pages that are looked through for them."""
_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True)
class Refused:
    """A repository that cannot be read, and why."""

    repository: Repository
    failure: RegistryError


@dataclass(frozen=True, slots=True)
class Reading:
    """What a registry answered within `seconds`.

    `held` are the repositories that can be read, `absent` those that are not there, `refused` those that cannot be
    read although others can; `has_more` where not all of the scope were tried. `by` is who it takes this client for.
    `catalog` is why its repositories cannot be listed, `failure` why none can be read.
    """

    environment: Environment
    seconds: float
    held: tuple[Repository, ...] = ()
    absent: tuple[Repository, ...] = ()
    refused: tuple[Refused, ...] = ()
    has_more: bool = False
    by: str = ""
    catalog: RegistryError | None = None
    failure: RegistryError | None = None

    @property
    def tried(self) -> int:
        """How many repositories were asked for."""
        return len(self.held) + len(self.absent) + len(self.refused)


@dataclass(frozen=True, slots=True)
class Listing:
    """The first repositories of a scope; `has_more` where there are others, `failure` where they cannot be listed."""

    repositories: tuple[Repository, ...] = ()
    has_more: bool = False
    failure: RegistryError | None = None


async def list_wanted(registry: Registry, environment: Environment, scope: Scope) -> Listing:
    """Those that the scope names outright, and those of the catalog that its globs mean, by their name on the board."""
    found = dict.fromkeys(scope.named)
    if not scope.needs_catalog:
        return _cut(found)
    try:
        async with asyncio.timeout(PATIENCE / 2), aclosing(registry.repositories()) as pages:
            left = _PAGES
            async for page in pages:
                found.update(dict.fromkeys(_on_board(page, environment, scope)))
                left -= 1
                if len(found) > MOST or not left:
                    break
    except TimeoutError:
        return _cut(found, _late("list repositories", environment, PATIENCE / 2))
    except RegistryError as error:
        return _cut(found, error)
    return _cut(found)


def _cut(found: Iterable[Repository], failure: RegistryError | None = None) -> Listing:
    repositories = tuple(found)
    return Listing(repositories[:MOST], len(repositories) > MOST, failure)


def _on_board(page: Iterable[Repository], environment: Environment, scope: Scope) -> Iterator[Repository]:
    names = (name.removeprefix(environment.prefix) for name in page if name.startswith(environment.prefix))
    return (Repository(name) for name in names if scope.has_repository(name))


def _late(operation: str, environment: Environment, seconds: float) -> Unreachable:
    return Unreachable(operation, environment.registry, f"no answer within {seconds:g} s")


async def read_registry(registry: Registry, environment: Environment, listing: Listing) -> Reading:
    """Reads the repositories of `listing`, and asks who this client is."""
    loop = asyncio.get_running_loop()
    began, tries = loop.time(), _Tries(registry, environment)
    by, late = "", None
    try:
        async with asyncio.timeout(PATIENCE):
            await tries.try_all(listing.repositories)
            by = "" if tries.failure else await _identity(registry)
    except TimeoutError:
        late = _late("read it", environment, PATIENCE)
    is_read = bool(tries.held or tries.absent)
    unlisted = None if listing.repositories else listing.failure
    return Reading(
        environment,
        tries.first_answer or loop.time() - began,
        tuple(tries.held),
        tuple(tries.absent),
        tuple(tries.refused) if is_read else (),
        listing.has_more or (is_read and tries.number < len(listing.repositories)),
        by,
        listing.failure,
        None if is_read else tries.failure or late or unlisted,
    )


@dataclass(slots=True)
class _Tries:
    """What came of asking for repositories, as far as it was done; `first_answer` is in seconds, 0 until then."""

    registry: Registry
    environment: Environment
    held: list[Repository] = field(default_factory=list[Repository])
    absent: list[Repository] = field(default_factory=list[Repository])
    refused: list[Refused] = field(default_factory=list[Refused])
    first_answer: float = 0

    @property
    def number(self) -> int:
        return len(self.held) + len(self.absent) + len(self.refused)

    @property
    def failure(self) -> RegistryError | None:
        """Why nothing at all can be read; None where something can."""
        return None if self.held or self.absent or not self.refused else self.refused[0].failure

    async def try_all(self, repositories: Sequence[Repository]) -> None:
        """The first alone, for where nothing answers the others need not be waited for; then some at once."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for repository in repositories[:1]:
            await self._try(repository)
            self.first_answer = loop.time() - began
        if isinstance(self.failure, Unreachable):
            return
        rest = iter(repositories[1:])
        await gather_all(*(self._try_each(rest) for _ in range(_AT_ONCE)))

    async def _try_each(self, repositories: Iterator[Repository]) -> None:
        for repository in repositories:
            await self._try(repository)

    async def _try(self, repository: Repository) -> None:
        """Asks for the first page of its tags, which a registry answers from its index."""
        try:
            async with aclosing(self.registry.tag_names(self.environment.locate(repository))) as pages:
                async for _ in pages:
                    break
        except NotFound:
            self.absent.append(repository)
        except RegistryError as error:
            self.refused.append(Refused(repository, error))
        else:
            self.held.append(repository)


async def _identity(registry: Registry) -> str:
    try:
        return await registry.identity()
    except RegistryError:
        return ""
