"""Inspect: what an image is, read from its manifest and config. Reads only."""

from dataclasses import dataclass
from datetime import datetime

from tui.domain.approval import Approval, all_approvals_among
from tui.domain.config import Config, parse_config
from tui.domain.content import Descriptor, Index, Manifest
from tui.domain.environment import Environment
from tui.domain.fields import InvalidContent
from tui.domain.plan import Node, Tree
from tui.domain.platform import Platform
from tui.domain.provenance import Note, notes_among
from tui.domain.reference import Digest, Reference, Repository, Tag
from tui.ports.errors import RegistryError
from tui.ports.registry import BlobFetcher, Source
from tui.usecases.configs import fetch_config
from tui.usecases.tree import fetch_tree


@dataclass(frozen=True, slots=True)
class Details:
    """What the inspector shows. `size` is in bytes, compressed; labels and annotations are sorted and cleaned."""

    reference: Reference
    descriptor: Descriptor
    platforms: tuple[Platform, ...]
    size: int
    layers: int
    created: datetime | None
    labels: tuple[tuple[str, str], ...]
    annotations: tuple[tuple[str, str], ...]
    referrers: tuple[Descriptor, ...]
    notes: tuple[Note, ...] = ()
    """The promotions that are noted here, the oldest first."""
    approvals: tuple[Approval, ...] = ()
    """The approvals of promoting this on from here, to anywhere, the oldest first."""


async def inspect(registry: Source, environment: Environment, repository: Repository, tag: Tag) -> Details:
    """The details of `tag` as it stands now. Raises RegistryError."""
    located = environment.locate(repository)
    descriptor = await registry.resolve(located, tag)
    tree = await fetch_tree(registry, environment.registry, located, descriptor.digest)
    image = first_image(tree)
    config = await read_config(registry, environment, located, image) if image else None
    parsed = tree.root.parsed
    referrers = await _referrers(registry, located, descriptor.digest)
    return Details(
        environment.reference(repository, tag, descriptor.digest),
        descriptor,
        platforms_of(tree, config),
        tree.size,
        len(image.layers) if image else 0,
        config.created if config else None,
        config.labels if config else (),
        parsed.annotations,
        referrers,
        notes_among(referrers, f"{environment.registry}/{located}"),
        all_approvals_among(referrers),
    )


def first_image(tree: Tree) -> Manifest | None:
    """The image whose config speaks for the whole: the root, or the first runnable platform of an index."""
    return _first_image(tree.root, {node.raw.digest: node for node in tree.nodes})


def _first_image(node: Node, unseen: dict[Digest, Node]) -> Manifest | None:
    """The first image at or below `node`. Each manifest is looked at once, however often indexes refer to it."""
    if isinstance(node.parsed, Manifest):
        return node.parsed if node.parsed.is_image else None
    below = (item.digest for item in node.parsed.images)
    found = (_first_image(unseen.pop(digest), unseen) for digest in below if digest in unseen)
    return next((image for image in found if image is not None), None)


def platforms_of(tree: Tree, config: Config | None) -> tuple[Platform, ...]:
    """The platforms an image runs on: those an index says, else the one in the config."""
    if isinstance(tree.root.parsed, Index) and tree.root.parsed.platforms:
        return tree.root.parsed.platforms
    return (config.platform,) if config and config.platform.is_known else ()


async def read_config(
    registry: BlobFetcher, environment: Environment, located: Repository, image: Manifest
) -> Config | None:
    """The config of `image`; None where it is no valid image config. Raises RegistryError."""
    body = await fetch_config(registry, environment.registry, located, image.config)
    try:
        return parse_config(body)
    except InvalidContent:
        return None


async def _referrers(registry: Source, located: Repository, digest: Digest) -> tuple[Descriptor, ...]:
    """Signatures and the like; a registry that cannot list them does not hide the rest."""
    try:
        return await registry.referrers(located, digest)
    except RegistryError:
        return ()
