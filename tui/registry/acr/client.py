"""An Azure Container Registry: listed and locked by its own API, and for all else a registry like any other."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Collection, Mapping
from contextlib import aclosing
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from tui.domain.locks import LockedPart
from tui.domain.reference import Repository, Tag
from tui.domain.snapshot import TagEntry
from tui.ports.listing import Rank, foremost
from tui.registry.acr import lists, locks, renewal
from tui.registry.acr.exchange import NotOffered, Removal, delete_scope
from tui.registry.client import RegistryClient
from tui.registry.transport import Transport

if TYPE_CHECKING:
    from tui.registry.acr.sdk import Sdk

T = TypeVar("T")

_MISSING: Final = "it does not offer ACR's own API (/acr/v1): every tag is asked for on its own, and no lock is seen"


class AcrClient(RegistryClient):
    """Implements `tui.ports.registry.Registry` and `TagLocker`. The SDK is imported when it is first needed."""

    @cached_property
    def _door(self) -> "_Door":
        return _Door(self._transport)

    def repositories(self) -> AsyncGenerator[tuple[Repository, ...], None]:
        """The names of all repositories, a page at a time."""
        return self._door.listed(lambda sdk: lists.list_repositories(sdk, self._transport), super().repositories)

    def tags(self, repository: Repository, rank: Rank = foremost) -> AsyncGenerator[Collection[TagEntry], None]:
        """The entries of all tags, with times and locks, a page at a time. Raises NotFound."""
        plain = super().tags
        return self._door.listed(
            lambda sdk: lists.list_tags(sdk, self._transport, repository, rank), lambda: plain(repository, rank)
        )

    async def renew(
        self, repository: Repository, known: Mapping[Tag, TagEntry], others: Collection[Tag], rank: Rank = foremost
    ) -> Mapping[Tag, TagEntry] | None:
        """The tags that may have changed since `known` and `others` were read; None where all have to be. Raises
        NotFound.
        """
        if self._door.is_missing:
            return None
        try:
            return await renewal.renew(await self._door.sdk(), self._transport, repository, known, others, rank)
        except NotOffered:
            return None  # and the list that is read instead tells of it

    async def write_lock(self, repository: Repository, tag: Tag) -> LockedPart | None:
        """What forbids writing `tag`: its own lock or its repository's; None where neither is locked, or is there.

        None as well where the registry shows no locks: it still refuses what they forbid.
        """
        try:
            return await locks.write_lock(await self._door.sdk(), self._transport, repository, tag)
        except NotOffered:
            self._transport.warnings.add(_MISSING)
            return None

    async def lock(self, repository: Repository, tag: Tag) -> None:
        """Lets nobody move or delete `tag`. Raises NotFound, and Unsupported where the registry has no locks."""
        await locks.lock(await self._door.sdk(), self._transport, repository, tag)

    async def unlock(self, repository: Repository, tag: Tag) -> None:
        """Lets `tag` be moved and deleted again. Raises NotFound, and Unsupported where the registry has no locks."""
        await locks.unlock(await self._door.sdk(), self._transport, repository, tag)

    async def untag(self, repository: Repository, tag: Tag) -> None:
        """Takes `tag` away, by ACR's own API, which leaves the manifest and its other tags. Raises NotFound.

        The distribution API is never asked: there, ACR deletes the manifest with all its tags.
        """
        call = Removal(self._transport, f"take the tag {repository}:{tag} away", delete_scope(repository))
        await (await self._door.sdk()).delete_tag(repository, tag, call)


class _Door:
    """The way to ACR's own API; a registry that turned out not to have it is not asked again."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._sdk: Sdk | None = None
        self._opening = asyncio.Lock()
        self.is_missing = False

    async def sdk(self) -> "Sdk":
        """The SDK's client. Its import takes a quarter of a second: in a thread, the screen goes on meanwhile."""
        async with self._opening:
            if self._sdk is None:
                self._sdk = await asyncio.to_thread(_open, self._transport)
            return self._sdk

    async def listed(
        self, own: "Callable[[Sdk], AsyncGenerator[T, None]]", plain: Callable[[], AsyncGenerator[T, None]]
    ) -> AsyncGenerator[T, None]:
        """The pages of the registry's own list, or of the plain one where it has none of its own."""
        if not self.is_missing:
            try:
                async with aclosing(own(await self.sdk())) as pages:
                    async for page in pages:
                        yield page
                return
            except NotOffered:
                self._transport.warnings.add(_MISSING)
        async with aclosing(plain()) as pages:
            async for page in pages:
                self.is_missing = True  # and not before: something in between may have lost the first request
                yield page


def _open(transport: Transport) -> "Sdk":
    from tui.registry.acr.sdk import Sdk

    return Sdk(transport)
