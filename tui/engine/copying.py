"""Copying of content from repository to repository: many blobs at once, in constant memory."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Final

from tui.domain.content import Descriptor
from tui.domain.events import BlobAdvanced, Direction, EngineEvent, How, LineLogged
from tui.domain.plan import Companions, Node, Tree
from tui.domain.reference import Digest, Repository, Tag
from tui.ports.errors import Unreachable
from tui.ports.registry import Registry
from tui.usecases.companions import resolve_or_none
from tui.usecases.concurrency import gather_all
from tui.usecases.tree import fetch_tree

Emit = Callable[[EngineEvent], None]

PARALLEL_LARGE: Final = 4
"""Large blobs under way at once: enough to fill a line, few enough for constant memory."""

PARALLEL_SMALL: Final = 40
"""Small blobs under way at once: with them it is the round trips that take the time."""

SMALL: Final = 4 * 1024 * 1024
"""Bytes up to which a blob is small."""

ATTEMPTS: Final = 3
"""How often a blob is begun anew when a connection breaks beyond what the clients can resume."""

_TELL_EVERY: Final = 0.1
"""Seconds between two progress events of a blob: what an eye can follow."""


@dataclass(frozen=True, slots=True)
class Route:
    """From a repository (`origin`) of one registry to a repository (`place`) of another, or of the same."""

    source: Registry
    source_host: str
    origin: Repository
    target: Registry
    target_host: str
    place: Repository

    @property
    def can_mount(self) -> bool:
        """True within one registry, where blobs need not move."""
        return self.source_host == self.target_host and self.origin != self.place


class Copy:
    """One promotion's copying along a route; each blob is dealt with once.

    `lacking` are blobs that the target is known to lack, so that nobody asks again.
    """

    def __init__(self, route: Route, lacking: frozenset[Digest], emit: Emit) -> None:
        self._route = route
        self._lacking = lacking
        self._emit = emit
        self._large = asyncio.Semaphore(PARALLEL_LARGE)
        self._small = asyncio.Semaphore(PARALLEL_SMALL)
        self._settled: set[Digest] = set()

    async def content(self, tree: Tree) -> None:
        """Copies everything below the root of `tree`, and the root's blobs; the root itself is left to the tag."""
        missing = list(tree.nodes)
        if len(missing) > 1:  # of a single manifest it need not be asked: its blobs are looked at, itself is the tag's
            held = await gather_all(*(self._holds(node.raw.digest) for node in tree.nodes))
            missing = [node for node, is_held in zip(tree.nodes, held, strict=True) if not is_held]
        await self._blobs(Tree(tuple(missing)))
        for node in missing:
            if node is not tree.root:
                await self._manifest(node)

    async def companions(self, tree: Tree, companions: Companions) -> None:
        """Copies what accompanies `tree`; the root goes first, by digest, as the subject of its referrers."""
        if not await self._holds(tree.root.raw.digest):
            await self._manifest(tree.root)
        for referrer in companions.referrers:
            await self._companion(referrer)
            self._emit(LineLogged(f"{referrer.artifact_type or 'referrer'} {referrer.digest} travels along"))
        for tag, descriptor in companions.tags:
            await self._companion_tag(tag, descriptor)

    async def _companion_tag(self, tag: Tag, descriptor: Descriptor) -> None:
        held = await resolve_or_none(self._route.target, self._route.place, tag)
        if held is None:
            root = await self._companion(descriptor)
            await self._route.target.push_manifest(self._route.place, tag, root.raw)
            self._emit(LineLogged(f"{tag} travels along"))
        elif held.digest != descriptor.digest:
            self._emit(LineLogged(f"{tag} differs in the target and is left as it is there: {held.digest}"))

    async def _companion(self, descriptor: Descriptor) -> Node:
        tree = await fetch_tree(self._route.source, self._route.source_host, self._route.origin, descriptor.digest)
        if not await self._holds(tree.root.raw.digest):
            await self.content(tree)
            await self._manifest(tree.root)
        return tree.root

    async def _holds(self, digest: Digest) -> bool:
        return await resolve_or_none(self._route.target, self._route.place, digest) is not None

    async def _manifest(self, node: Node) -> None:
        await self._route.target.push_manifest(self._route.place, node.raw.digest, node.raw)

    async def _blobs(self, tree: Tree) -> None:
        blobs = [blob for blob in tree.blobs if blob.digest not in self._settled]
        self._settled.update(blob.digest for blob in blobs)
        for blob in blobs:  # all at once, so that the whole is known before the first byte moves
            self._emit(BlobAdvanced(str(blob.digest), Direction.PUSH, 0, blob.size))
        await gather_all(*(self._settle(blob) for blob in blobs))

    async def _settle(self, blob: Descriptor) -> None:
        """Sees to it that the target has `blob`, by the cheapest way there is."""
        async with self._small if blob.size <= SMALL else self._large:
            how = await self._without_bytes(blob)
            if how is None:
                await self._transfer(blob)
                how = How.TRANSFERRED
            self._emit(BlobAdvanced(str(blob.digest), Direction.PUSH, blob.size, blob.size, how))

    async def _without_bytes(self, blob: Descriptor) -> How | None:
        route = self._route
        if blob.digest not in self._lacking and await route.target.has_blob(route.place, blob):
            return How.SKIPPED
        if route.can_mount and await route.target.mount_blob(route.place, blob, route.origin):
            return How.MOUNTED
        return None

    async def _transfer(self, blob: Descriptor) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with self._route.source.open_blob(self._route.origin, blob) as chunks:
                    counted = _Meter(blob, self._emit).count(chunks)
                    await self._route.target.push_blob(self._route.place, blob, counted)
                return
            except Unreachable as error:
                if attempt == ATTEMPTS:
                    raise
                self._emit(LineLogged(f"{blob.digest} begins anew: {error}"))


@dataclass(slots=True)
class _Meter:
    """Counts a blob's bytes as they pass, and tells ten times a second."""

    blob: Descriptor
    emit: Emit
    done: int = 0
    told_at: float = field(default=0.0)

    async def count(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """`chunks`, unchanged."""
        async for chunk in chunks:
            yield chunk
            self.done += len(chunk)
            now = time.monotonic()
            if now - self.told_at >= _TELL_EVERY and self.done < self.blob.size:
                self.told_at = now
                self.emit(BlobAdvanced(str(self.blob.digest), Direction.PUSH, self.done, self.blob.size))
