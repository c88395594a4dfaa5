"""Compare: reads two images whole, with what accompanies them and each of their platforms. Reads only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from tui.domain.comparison import Comparison, ImageSide, PlatformImage, compare_images
from tui.domain.config import Config
from tui.domain.content import Descriptor, Manifest
from tui.domain.environment import Environment
from tui.domain.identity import Identity, identity_of
from tui.domain.plan import Node, Tree
from tui.domain.platform import Platform
from tui.domain.reference import Digest, Repository, Tag
from tui.ports.errors import NotFound, RegistryError
from tui.usecases.attached import Subject, find_attached, is_attached
from tui.usecases.concurrency import gather_all, gather_pair
from tui.usecases.inspect import read_config
from tui.usecases.lenient import PLATFORM_LIMIT, LenientReader
from tui.usecases.tools import Tools

_CONFIG_BYTES: Final = 16 * 1024 * 1024
"""Bytes of all configs of an image; real ones come to a few hundred kilobytes."""
_NO_PLATFORM: Final = Platform("unknown", "unknown")


@dataclass(frozen=True, slots=True)
class Spot:
    """A tag in an environment."""

    environment: Environment
    repository: Repository
    tag: Tag


@dataclass(frozen=True, slots=True)
class _Runnable:
    """A manifest that a container can run from, with the platform that its index gives it."""

    platform: Platform | None
    digest: Digest
    manifest: Manifest


async def compare(tools: Tools, left: Spot, right: Spot) -> Comparison:
    """What changes from `left` to `right`, read now. Raises RegistryError; NotFound where a tag is not there."""
    return compare_images(*await gather_pair(_read(tools, left), _read(tools, right)))


async def _read(tools: Tools, spot: Spot) -> ImageSide:
    registry = tools.registries[spot.environment]
    reader = LenientReader(registry, spot.environment, spot.environment.locate(spot.repository))
    root = await _resolve(reader, spot)
    tree = await reader.tree(root.digest)
    images = await _read_images(reader, tree)
    attached = await find_attached(reader, tree, _subjects(tree, images))
    annotations = tree.root.parsed.annotations
    return ImageSide(
        spot.environment.name,
        spot.environment.reference(spot.repository, spot.tag),
        tree.root.raw.descriptor,
        tree.size,
        _identity(annotations, images),
        annotations,
        images,
        attached.companions,
        tuple(reader.unread),
        attached.unread,
    )


async def _resolve(reader: LenientReader, spot: Spot) -> Descriptor:
    try:
        return await reader.registry.resolve(reader.repository, spot.tag)
    except NotFound as error:
        what = f"compare {spot.repository}:{spot.tag} of {spot.environment.name}"
        advice = "there is no such tag; `windlass status` lists those that are there"
        raise NotFound(what, error.registry, advice) from error


async def _read_images(reader: LenientReader, tree: Tree) -> tuple[PlatformImage, ...]:
    """The runnable images with their configs; of too many, the last ones without, which is said."""
    runnable = tuple(_runnable(tree))
    bytes_until = accumulate(item.manifest.config.size for item in runnable)
    count = sum(total <= _CONFIG_BYTES for total in bytes_until)
    count = max(1, min(count, PLATFORM_LIMIT))
    configs = await gather_all(*(_config(reader, item) for item in runnable[:count]))
    if left := runnable[count:]:
        named = ", ".join(str(item.platform or item.digest.short) for item in left[:PLATFORM_LIMIT])
        reader.unread.append(f"the configs of {len(left)} more platforms, of which there are too many: {named}")
    padded: Sequence[Config | None] = [*configs, *([None] * len(left))]
    return tuple(_image(item, config) for item, config in zip(runnable, padded, strict=True))


def _image(item: _Runnable, config: Config | None) -> PlatformImage:
    platform = item.platform or (config.platform if config else _NO_PLATFORM)
    return PlatformImage(platform, item.digest, item.manifest, config)


async def _config(reader: LenientReader, item: _Runnable) -> Config | None:
    if not item.manifest.is_image:
        return None
    config = await reader.attempt(
        lambda: read_config(reader.registry, reader.environment, reader.repository, item.manifest)
    )
    if isinstance(config, RegistryError):
        reader.unread.append(str(config))
        return None
    if config is None:
        reader.unread.append(f"the config of {item.platform or item.digest.short} is no image config")
    return config


def _runnable(tree: Tree) -> Iterator[_Runnable]:
    """The images of `tree` in the order of its indexes, each once; an artifact is told of if it is the whole."""
    root = tree.root
    if isinstance(root.parsed, Manifest):
        yield _Runnable(None, root.raw.digest, root.parsed)
        return
    yield from _below(root, {node.raw.digest: node for node in tree.nodes}, set())


def _below(node: Node, nodes: dict[Digest, Node], seen: set[Digest]) -> Iterator[_Runnable]:
    for item in node.parsed.children:
        child = nodes.get(item.digest)
        if child is None or item.digest in seen or is_attached(item):
            continue
        seen.add(item.digest)
        if not isinstance(child.parsed, Manifest):
            yield from _below(child, nodes, seen)
        elif child.parsed.is_image and item.may_run:
            yield _Runnable(item.platform, item.digest, child.parsed)


def _subjects(tree: Tree, images: Sequence[PlatformImage]) -> tuple[Subject, ...]:
    root = tree.root.raw.digest
    platforms = (Subject(image.platform, image.digest) for image in images[:PLATFORM_LIMIT] if image.digest != root)
    return Subject(None, root), *platforms


def _identity(annotations: Sequence[tuple[str, str]], images: Sequence[PlatformImage]) -> Identity:
    """What the image says of its origin: its annotations first, then those and the labels of its first platform."""
    identity = identity_of(annotations)
    for image in images[:1]:
        identity = identity.or_else(identity_of(image.manifest.annotations))
        identity = identity.or_else(identity_of(image.config.labels)) if image.config else identity
    return identity
