"""Which tags an environment holds, asked as cheaply as may be: by name, and by digest only where that is wanted."""

from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final, TypeVar

from tui.domain.environment import Environment, PromotionPath
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.scope import Scope
from tui.ports.errors import NotFound, RegistryError
from tui.ports.registry import Lister
from tui.usecases.board_names import board_names
from tui.usecases.concurrency import gather_all

T = TypeVar("T")

_UNREAD: Final = Digest("sha256", "0" * 64)
"""Stands for what a listed tag holds that could not be resolved."""


@dataclass(frozen=True, slots=True)
class Shelves:
    """The repositories of `environment` that `scope` means, read through `lister`.

    One that cannot be read is told as its error and keeps nothing from the others; RegistryError is raised where not
    even the repositories can be listed.
    """

    lister: Lister
    environment: Environment
    path: PromotionPath
    scope: Scope

    async def names(self) -> Mapping[Repository, Sequence[Tag] | RegistryError]:
        """The tags of every repository, by name alone."""
        return await self._each(await self.repositories(), self.lister.tag_names)

    async def held(
        self, repositories: Sequence[Repository]
    ) -> Mapping[Repository, Sequence[tuple[Repository, Tag, Digest]] | RegistryError]:
        """The tags of `repositories` with what they hold."""
        found = await self._each(repositories, self.lister.tags)
        return {
            name: entries
            if isinstance(entries, RegistryError)
            else [(name, entry.tag, entry.digest or _UNREAD) for entry in entries]
            for name, entries in found.items()
        }

    async def _each(
        self, repositories: Sequence[Repository], read: Callable[[Repository], AsyncGenerator[Collection[T], None]]
    ) -> Mapping[Repository, Sequence[T] | RegistryError]:
        lists = await gather_all(*(_all(read(self.environment.locate(name))) for name in repositories))
        return dict(zip(repositories, lists, strict=True))

    async def repositories(self) -> Sequence[Repository]:
        """Their names on the board."""
        found = dict.fromkeys(self.scope.named)
        if self.scope.needs_catalog:
            async with aclosing(self.lister.repositories()) as pages:
                async for page in pages:
                    found |= dict.fromkeys(board_names(self.environment, page, self.path.environments))
        return [name for name in found if self.scope.has_repository(name)]


async def _all(pages: AsyncGenerator[Collection[T], None]) -> Sequence[T] | RegistryError:
    found: list[T] = []
    try:
        async with aclosing(pages):
            async for page in pages:
                found += page
    except NotFound:
        return found
    except RegistryError as error:
        return error
    return found
