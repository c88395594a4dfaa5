"""Which tags an environment holds, asked as cheaply as may be: by name, and by digest only where that is wanted."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Final, TypeVar

from tui.domain.environment import Environment, PromotionPath
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.scope import Scope
from tui.ports.errors import NotFound
from tui.ports.registry import Lister
from tui.usecases.concurrency import gather_all
from tui.usecases.survey import board_names

T = TypeVar("T")

_UNREAD: Final = Digest("sha256", "0" * 64)
"""Stands for what a listed tag holds that could not be resolved."""


@dataclass(frozen=True, slots=True)
class Shelves:
    """The repositories of `environment` that `scope` means, read through `lister`. All raise RegistryError."""

    lister: Lister
    environment: Environment
    path: PromotionPath
    scope: Scope

    async def names(self) -> Sequence[tuple[Repository, Tag]]:
        """Every tag, by name alone."""
        return [(repository, tag) for repository, tags in await self._each(self.lister.tag_names) for tag in tags]

    async def held(self) -> Sequence[tuple[Repository, Tag, Digest]]:
        """Every tag with what it holds."""
        found = await self._each(self.lister.tags)
        return [(repository, entry.tag, entry.digest or _UNREAD) for repository, entries in found for entry in entries]

    async def _each(
        self, read: Callable[[Repository], AsyncGenerator[tuple[T, ...], None]]
    ) -> Sequence[tuple[Repository, Sequence[T]]]:
        repositories = await self._repositories()
        lists = await gather_all(*(_all(read(self.environment.locate(name))) for name in repositories))
        return list(zip(repositories, lists, strict=True))

    async def _repositories(self) -> Sequence[Repository]:
        found = dict.fromkeys(self.scope.named)
        if self.scope.needs_catalog:
            async with aclosing(self.lister.repositories()) as pages:
                async for page in pages:
                    found |= dict.fromkeys(board_names(self.environment, page, self.path.environments))
        return [name for name in found if self.scope.has_repository(name)]


async def _all(pages: AsyncGenerator[tuple[T, ...], None]) -> Sequence[T]:
    found: list[T] = []
    with suppress(NotFound):
        async with aclosing(pages):
            async for page in pages:
                found += page
    return found
