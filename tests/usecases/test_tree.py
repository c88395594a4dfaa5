"""A manifest with everything below it, whatever shape a hostile index has."""

import json
from dataclasses import dataclass, field

import pytest

from tui.domain import media
from tui.domain.content import Descriptor, RawManifest, digest_of
from tui.domain.reference import Digest, Repository, Tag
from tui.ports.errors import InvalidAnswer
from tui.usecases.tree import DEPTH_LIMIT, fetch_tree

NAME = Repository("shop/api")


@dataclass(slots=True)
class Shelf:
    """Manifests by digest, and how often each was fetched."""

    manifests: dict[Digest, RawManifest] = field(default_factory=dict)
    fetched: list[Digest] = field(default_factory=list)

    def put(self, document: dict[str, object], media_type: str) -> dict[str, object]:
        body = json.dumps(document).encode()
        raw = RawManifest(media_type, body, digest_of(body))
        self.manifests[raw.digest] = raw
        return {"mediaType": media_type, "digest": str(raw.digest), "size": len(body)}

    def image(self, name: str = "x") -> dict[str, object]:
        config = {"mediaType": media.OCI_CONFIG, "digest": "sha256:" + "c" * 64, "size": 1}
        return self.put({"config": config, "layers": [], "annotations": {"name": name}}, media.OCI_MANIFEST)

    def index(self, *children: dict[str, object]) -> dict[str, object]:
        return self.put({"manifests": list(children)}, media.OCI_INDEX)

    async def resolve(self, repository: Repository, reference: Tag | Digest) -> Descriptor:
        raise AssertionError

    async def fetch_manifest(self, repository: Repository, reference: Tag | Digest) -> RawManifest:
        assert isinstance(reference, Digest)
        self.fetched.append(reference)
        return self.manifests[reference]


def digest(descriptor: dict[str, object]) -> Digest:
    return Digest.parse(str(descriptor["digest"]))


async def test_children_stand_before_parents_and_the_root_last() -> None:
    shelf = Shelf()
    a, b = shelf.image("a"), shelf.image("b")
    inner = shelf.index(a, b)
    root = shelf.index(b, inner)
    tree = await fetch_tree(shelf, "r.example", NAME, digest(root))
    order = [node.raw.digest for node in tree.nodes]
    assert order[-1] == digest(root)
    assert order.index(digest(inner)) > max(order.index(digest(a)), order.index(digest(b)))


async def test_what_is_referred_to_twice_is_fetched_once() -> None:
    shelf = Shelf()
    image = shelf.image()
    root = shelf.index(image, shelf.index(image), image)
    await fetch_tree(shelf, "r.example", NAME, digest(root))
    assert shelf.fetched.count(digest(image)) == 1


async def test_too_deep_an_index_is_refused() -> None:
    shelf = Shelf()
    root = shelf.image()
    for _ in range(DEPTH_LIMIT + 1):
        root = shelf.index(root)
    with pytest.raises(InvalidAnswer, match="levels"):
        await fetch_tree(shelf, "r.example", NAME, digest(root))


async def test_too_wide_an_index_is_refused() -> None:
    shelf = Shelf()
    root = shelf.index(*(shelf.image(str(at)) for at in range(1001)))
    with pytest.raises(InvalidAnswer, match="1000 manifests"):
        await fetch_tree(shelf, "r.example", NAME, digest(root))


async def test_a_manifest_that_fools_readers_is_named_with_its_place() -> None:
    shelf = Shelf()
    root = shelf.put({"manifests": [], "layers": []}, media.OCI_INDEX)
    with pytest.raises(InvalidAnswer, match=r"r\.example: cannot read the manifest sha256:\w+ of shop/api: holds both"):
        await fetch_tree(shelf, "r.example", NAME, digest(root))
