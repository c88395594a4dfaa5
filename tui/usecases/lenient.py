"""Reading what can be read: requests that may fail become sentences, and only so many run at once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from tui.domain.content import Index, parse_manifest
from tui.domain.environment import Environment
from tui.domain.fields import InvalidContent
from tui.domain.plan import Node, Tree
from tui.domain.reference import Digest, Repository
from tui.ports.errors import RegistryError
from tui.ports.registry import Source
from tui.usecases.concurrency import gather_all
from tui.usecases.tree import fetch_tree

T = TypeVar("T")

PLATFORM_LIMIT: Final = 64
"""So many platforms of an image are read whole; of the rest it is said that they were not."""
_AT_ONCE: Final = 16


@dataclass(slots=True)
class LenientReader:
    """Reads one repository of an environment. `unread` collects a sentence for each thing that could not be read."""

    registry: Source
    environment: Environment
    repository: Repository
    """Its full name in the registry."""
    unread: list[str] = field(default_factory=list[str])
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def attempt(self, work: Callable[[], Awaitable[T]]) -> T | RegistryError:
        """What `work` gives, or why the registry did not; its turn comes when a slot is free."""
        async with self._slots:
            try:
                return await work()
            except RegistryError as error:
                return error

    async def tree(self, root: Digest) -> Tree:
        """The manifest `root` and all below it that can be read. Raises RegistryError where `root` itself cannot."""
        try:
            return await fetch_tree(self.registry, self.environment.registry, self.repository, root)
        except RegistryError as error:
            return await self._partial_tree(root, error)

    async def _partial_tree(self, root: Digest, cause: RegistryError) -> Tree:
        """The root and those of its children that can be read, without what may be below them."""
        raw = await self.registry.fetch_manifest(self.repository, root)
        try:
            node = Node(raw, parse_manifest(raw))
        except InvalidContent:
            raise cause from None
        digests = list(dict.fromkeys(child.digest for child in node.parsed.children))
        if len(digests) > PLATFORM_LIMIT:
            self.unread.append(f"{len(digests) - PLATFORM_LIMIT} of the index's {len(digests)} manifests: too many")
        found = await gather_all(*(self._child(digest) for digest in digests[:PLATFORM_LIMIT]))
        return Tree((*(each for each in found if each is not None), node))

    async def _child(self, digest: Digest) -> Node | None:
        raw = await self.attempt(lambda: self.registry.fetch_manifest(self.repository, digest))
        if isinstance(raw, RegistryError):
            self.unread.append(str(raw))
            return None
        try:
            node = Node(raw, parse_manifest(raw))
        except InvalidContent as error:
            self.unread.append(f"the manifest {digest}: {error}")
            return None
        if isinstance(node.parsed, Index):
            self.unread.append(f"what the inner index {digest} refers to")
        return node
