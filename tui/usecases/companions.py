"""Companions of an image: the signatures, SBOMs and attestations that travel along with it.

They are found in two ways: as referrers (manifests whose subject is the image or one of its platforms), and under the
tags that cosign derives from a digest (`sha256-<hex>.sig`, `.att`, `.sbom`).
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from tui.domain.content import Descriptor
from tui.domain.plan import Companions, Tree
from tui.domain.reference import Digest, Repository, Tag
from tui.ports.errors import NotFound
from tui.ports.registry import ReferrerLister, Resolver, Source, TagKnower
from tui.usecases.concurrency import gather_all, gather_pair

COSIGN_SUFFIXES: Final = ("sig", "att", "sbom")
"""Of a signature, an attestation and an SBOM."""
_CHAIN_LIMIT: Final = 4
"""A signature of an SBOM of an image is as long a chain as is followed."""


async def find_companions(registry: Source, repository: Repository, tree: Tree) -> Companions:
    """What accompanies any manifest of `tree`. Raises RegistryError."""
    digests = [node.raw.digest for node in tree.nodes]
    chains, held = await gather_pair(
        _chains(registry, repository, digests), _cosign_tags(registry, repository, digests)
    )
    own_tags = {cosign_tag(digests[-1], suffix) for suffix in COSIGN_SUFFIXES}
    return replace(chains, tags=held, tags_of_root=tuple(tag for tag, _ in held if tag in own_tags))


async def _chains(registry: Source, repository: Repository, digests: Sequence[Digest]) -> Companions:
    """The referrers of all digests, with their own, each after its subject. The last digest is the root."""
    lists = await list_referrers(registry, repository, digests)
    of_root, known = lists[digests[-1]], set(digests)
    found: dict[Digest, Descriptor] = {}
    links: list[tuple[Digest, Digest]] = []
    for _ in range(_CHAIN_LIMIT):
        links += [(subject, item.digest) for subject, items in lists.items() for item in items]
        new = {item.digest: item for items in lists.values() for item in items if item.digest not in known}
        if not new:
            break
        found.update(new)
        known.update(new)
        lists = await list_referrers(registry, repository, list(new))
    return Companions(tuple(found.values()), of_root=of_root, links=tuple(links))


async def _cosign_tags(
    registry: Source, repository: Repository, digests: Sequence[Digest]
) -> tuple[tuple[Tag, Descriptor], ...]:
    """Cosign's tags for `digests` that are there, with what they point to."""
    tags = [cosign_tag(digest, suffix) for digest in digests for suffix in COSIGN_SUFFIXES]
    known = await registry.known_tags(repository) if isinstance(registry, TagKnower) else None
    if known is not None:
        tags = [tag for tag in tags if tag in known]
    resolved = await gather_all(*(resolve_or_none(registry, repository, tag) for tag in tags))
    return tuple((tag, item) for tag, item in zip(tags, resolved, strict=True) if item is not None)


async def list_referrers(
    registry: ReferrerLister, repository: Repository, subjects: Collection[Digest]
) -> dict[Digest, tuple[Descriptor, ...]]:
    """The referrers of each of `subjects`. Raises RegistryError."""
    lists = await gather_all(*(registry.referrers(repository, digest) for digest in subjects))
    return dict(zip(subjects, lists, strict=True))


def cosign_tag(digest: Digest, suffix: str) -> Tag:
    """The tag under which cosign keeps a companion of `digest`."""
    return Tag(f"{digest.algorithm}-{digest.hex}.{suffix}")


async def resolve_or_none(registry: Resolver, repository: Repository, reference: Tag | Digest) -> Descriptor | None:
    """What `reference` points to; None where it is not there."""
    try:
        return await registry.resolve(repository, reference)
    except NotFound:
        return None
