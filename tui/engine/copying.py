"""Copying of content from repository to repository: many blobs at once, in constant memory, and each of them once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from tui.domain import amounts
from tui.domain.content import Descriptor
from tui.domain.events import BlobAdvanced, Direction, EngineEvent, How, LineLogged
from tui.domain.plan import Companions, Node, Tree
from tui.domain.reference import Digest, Repository, Tag
from tui.engine.pool import Pool, Spot, Way
from tui.ports.errors import Unreachable
from tui.ports.registry import Registry
from tui.usecases.companions import list_referrers, resolve_or_none
from tui.usecases.concurrency import gather_all
from tui.usecases.tree import fetch_tree

Emit = Callable[[EngineEvent], None]

ATTEMPTS: Final = 3
"""How often a blob is begun anew when a connection breaks beyond what the clients can resume."""

RESUMED_FROM: Final = 1024 * 1024
"""Bytes from which on a blob is worth the question whether the registry still has the beginning of it."""


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

    @property
    def way(self) -> Way:
        """Where content comes from."""
        return self.source_host, self.origin

    def spot(self, digest: Digest) -> Spot:
        """Where content with `digest` goes."""
        return self.target_host, self.place, digest


@dataclass(frozen=True, slots=True)
class Known:
    """What planning found out: blobs that the target lacks, so that nobody asks again, and bytes that were read."""

    lacking: frozenset[Digest] = frozenset()
    read: Mapping[Digest, bytes] = field(default_factory=dict[Digest, bytes])


class Copy:
    """One promotion's copying along a route; each blob is dealt with once.

    What others that run at the same time brought to the target is known to `pool`.
    """

    def __init__(self, route: Route, known: Known, emit: Emit, pool: Pool) -> None:
        self._route = route
        self._known = known
        self._emit = emit
        self._pool = pool
        self._settled: set[Digest] = set()
        self._pushed: set[Digest] = set()

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
            if referrer.digest in self._pushed:
                self._emit(LineLogged(f"{referrer.artifact_type or 'referrer'} {referrer.digest} travels along"))
        await self._list(companions)
        for tag, descriptor in companions.tags:
            await self._companion_tag(tag, descriptor)

    async def _list(self, companions: Companions) -> None:
        """Pushes once more what was there, but is not listed for its subject: a push was cut short before that."""
        route, doubted = self._route, [link for link in companions.links if link[1] not in self._pushed]
        lists = await list_referrers(route.target, route.place, dict.fromkeys(subject for subject, _ in doubted))
        for subject, referrer in doubted:
            if referrer not in {item.digest for item in lists[subject]}:
                await route.target.push_manifest(
                    route.place, referrer, await route.source.fetch_manifest(route.origin, referrer)
                )

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
        spot = self._route.spot(digest)
        if self._pool.has(spot):
            return True
        if await resolve_or_none(self._route.target, self._route.place, digest) is None:
            return False
        self._pool.keep_manifest(spot)
        return True

    async def _manifest(self, node: Node) -> None:
        spot = self._route.spot(node.raw.digest)
        async with self._pool.turn(spot, self._route.way) as is_there:
            if not is_there:
                await self._route.target.push_manifest(self._route.place, node.raw.digest, node.raw)
                self._pool.keep_manifest(spot)
                self._pushed.add(node.raw.digest)

    async def _blobs(self, tree: Tree) -> None:
        blobs = [blob for blob in tree.blobs if blob.digest not in self._settled]
        self._settled.update(blob.digest for blob in blobs)
        there = [blob for blob in blobs if self._pool.has(self._route.spot(blob.digest))]
        for blob in there:
            self._emit(BlobAdvanced(str(blob.digest), Direction.PUSH, blob.size, blob.size, How.SKIPPED))
        rest = [blob for blob in blobs if blob not in there]
        for blob in rest:  # all at once, so that the whole is known before the first byte moves
            self._emit(BlobAdvanced(str(blob.digest), Direction.PUSH, 0, blob.size))
        await gather_all(*(self._settle(blob) for blob in rest))

    async def _settle(self, blob: Descriptor) -> None:
        """Sees to it that the target has `blob`, by the cheapest way there is."""
        spot = self._route.spot(blob.digest)
        async with self._pool.turn(spot, self._route.way) as is_there:
            how = How.SKIPPED if is_there else await self._without_bytes(blob) or await self._bring(blob)
            self._pool.keep_blob(spot)
        self._emit(BlobAdvanced(str(blob.digest), Direction.PUSH, blob.size, blob.size, how))

    async def _without_bytes(self, blob: Descriptor) -> How | None:
        route = self._route
        if blob.digest not in self._known.lacking and await route.target.has_blob(route.place, blob):
            return How.SKIPPED
        if route.can_mount and await route.target.mount_blob(route.place, blob, route.origin):
            return How.MOUNTED
        return None

    async def _bring(self, blob: Descriptor) -> How:
        """Transfers `blob`, or mounts it from a repository to which another promotion brought it."""
        host, place, digest = self._route.spot(blob.digest)
        async with self._pool.first(host, digest):
            home = self._pool.home(host, digest)
            if home is None:
                await self._transfer(blob)
                self._pool.keep_blob((host, place, digest))
                return How.TRANSFERRED
        if await self._route.target.mount_blob(place, blob, home):
            return How.MOUNTED
        await self._transfer(blob)
        return How.TRANSFERRED

    async def _transfer(self, blob: Descriptor) -> None:
        async with self._pool.slot(blob):
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    await self._stream(blob)
                    return
                except Unreachable as error:
                    if attempt == ATTEMPTS:
                        raise
                    self._emit(LineLogged(f"{blob.digest} begins anew: {error}"))

    async def _stream(self, blob: Descriptor) -> None:
        """The bytes go through here, from where an interrupted upload of them stands."""
        route = self._route
        if blob.digest in self._known.read:
            await route.target.push_blob(route.place, blob, self._known.read[blob.digest])
            return
        start = await route.target.kept_of(route.place, blob) if blob.size > RESUMED_FROM else 0
        if start:
            self._emit(LineLogged(f"{blob.digest} goes on at {start} bytes ({amounts.size(start)}): those are there"))
        await route.target.haul_blob(route.place, blob, route.source, route.origin, partial(self._advanced, blob))

    def _advanced(self, blob: Descriptor, done: int) -> None:
        if done < blob.size:
            self._emit(BlobAdvanced(str(blob.digest), Direction.PUSH, done, blob.size))
