"""Everything a manifest refers to, fetched and verified: an index of indexes down to the last platform."""

from typing import Final

from tui.domain.content import RawManifest, parse_manifest
from tui.domain.fields import InvalidContent
from tui.domain.plan import Node, Tree
from tui.domain.reference import Digest, Repository
from tui.ports.errors import InvalidAnswer
from tui.ports.registry import ManifestFetcher
from tui.usecases.concurrency import gather_all

DEPTH_LIMIT: Final = 8
MANIFEST_COUNT_LIMIT: Final = 1000
"""No image is that large: such an index is an attack on whoever walks it."""


async def fetch_tree(registry: ManifestFetcher, host: str, repository: Repository, root: Digest) -> Tree:
    """The manifest `root` with all manifests below it, children first. Raises RegistryError."""
    return await tree_below(registry, host, repository, await registry.fetch_manifest(repository, root))


async def tree_below(registry: ManifestFetcher, host: str, repository: Repository, root: RawManifest) -> Tree:
    """The manifest `root`, which was fetched before, with all manifests below it. Raises RegistryError."""
    walk = _Walk(registry, host, repository, root)
    await walk.visit(root.digest, 0)
    return Tree(tuple(walk.ordered()))


class _Walk:
    """A walk under way: each manifest is fetched once, however often it is referred to."""

    def __init__(self, registry: ManifestFetcher, host: str, repository: Repository, root: RawManifest) -> None:
        self._registry = registry
        self._host = host
        self._repository = repository
        self._nodes: dict[Digest, Node | None] = {}
        self._root = root

    async def visit(self, digest: Digest, depth: int) -> None:
        """Fetches `digest` and what it refers to."""
        if digest in self._nodes:
            return
        if depth > DEPTH_LIMIT or len(self._nodes) >= MANIFEST_COUNT_LIMIT:
            limits = f"more than {DEPTH_LIMIT} levels or {MANIFEST_COUNT_LIMIT} manifests"
            raise self._invalid(digest, f"the index has {limits}")
        self._nodes[digest] = None
        node = self._parse(await self._fetch(digest))
        self._nodes[digest] = node
        await gather_all(*(self.visit(child.digest, depth + 1) for child in node.parsed.children))

    def ordered(self) -> list[Node]:
        """The nodes, children before parents, the root last. A manifest that contains itself counts once."""
        order: dict[Digest, Node] = {}
        begun: set[Digest] = set()

        def place(digest: Digest) -> None:
            node = self._nodes[digest]
            if node is None or digest in begun:
                return
            begun.add(digest)
            for child in node.parsed.children:
                place(child.digest)
            order[digest] = node

        place(self._root.digest)
        return list(order.values())

    async def _fetch(self, digest: Digest) -> RawManifest:
        return (
            self._root if digest == self._root.digest else await self._registry.fetch_manifest(self._repository, digest)
        )

    def _parse(self, raw: RawManifest) -> Node:
        try:
            return Node(raw, parse_manifest(raw))
        except InvalidContent as error:
            raise self._invalid(raw.digest, str(error)) from error

    def _invalid(self, digest: Digest, detail: str) -> InvalidAnswer:
        return InvalidAnswer(f"read the manifest {digest} of {self._repository}", self._host, detail)
