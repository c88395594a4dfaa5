"""Which images speak for two sides that are compared, and how many layers they share. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tui.domain import media
from tui.domain.content import Descriptor, Index, Manifest
from tui.domain.explanation import Likeness, Question
from tui.domain.platform import Platform
from tui.domain.reference import Digest
from tui.domain.wants import Desk, Unread, Wanted

_DEPTH_LIMIT: Final = 4
"""Levels of indexes below an index that are followed."""

_INNER_LIMIT: Final = 4
"""Indexes in an index that are read to find what lists a manifest; real images have none."""


_Shelf = Mapping[tuple[str, str], Mapping[str, Descriptor]]
"""Manifests by operating system and architecture, then by variant."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One runnable image of each side, for the same platform; None where neither side had several to choose from."""

    base: Manifest
    held: Manifest
    platform: Platform | None = None


def speaking_pair(desk: Desk, question: Question) -> Pair | None:
    """The images to compare: the manifests themselves, or of an index the platform that both have.

    None where there is no such platform. Raises Wanted, Unread.
    """
    base = _unwrapped(desk, question.base_environment, question.key.base)
    held = _unwrapped(desk, question.environment, question.key.held)
    if isinstance(base, Index):
        if isinstance(held, Index):
            return _of_indexes(desk, question, base, held)
        child = _counterpart(desk, question.base_environment, base, question.environment, held)
        return Pair(child[0], held, child[1]) if child else None
    if isinstance(held, Manifest):
        return Pair(base, held)
    child = _counterpart(desk, question.environment, held, question.base_environment, base)
    return Pair(base, child[0], child[1]) if child else None


def image_at(desk: Desk, environment: str, digest: Digest) -> Manifest | None:
    """The image `digest`, or the first one below the index of that digest. Raises Wanted, Unread."""
    for _ in range(_DEPTH_LIMIT):
        found = desk.manifest(environment, digest)
        if isinstance(found, Manifest):
            return found
        below = found.images
        if not below:
            return None
        digest = below[0].digest
    return None


def index_listing(desk: Desk, environment: str, root: Index, digest: Digest) -> Index | None:
    """`root`, or the first of the indexes in it that lists `digest`; only a few are read. Raises Wanted, Unread."""
    waiting, seen = [root], set[Digest]()
    for index in waiting:
        if any(item.digest == digest for item in index.children):
            return index
        inner = (item.digest for item in index.children if item.media_type in media.INDEXES)
        for each in inner:
            if each not in seen and len(seen) < _INNER_LIMIT:
                seen.add(each)
                found = desk.manifest(environment, each)
                waiting += [found] if isinstance(found, Index) else []
    return None


def pairs_apart(base: Index, held: Index) -> Iterator[tuple[Descriptor, Descriptor]]:
    """What both list for one platform, where it is not the same manifest; in the base's order."""
    shelf = _shelved(held)
    for item in base.images:
        other = _find(shelf, item.platform) if item.platform else None
        if other and other.digest != item.digest:
            yield item, other


def _of_indexes(desk: Desk, question: Question, base: Index, held: Index) -> Pair | None:
    for item, other in pairs_apart(base, held):
        one = image_at(desk, question.base_environment, item.digest)
        two = image_at(desk, question.environment, other.digest)
        return Pair(one, two, item.platform) if one and two else None
    return None


def _counterpart(
    desk: Desk, index_in: str, index: Index, image_in: str, image: Manifest
) -> tuple[Manifest, Platform] | None:
    """The child of `index` for the platform that `image` says it runs on."""
    shelf = _shelved(index)
    if not (shelf and image.is_image):
        return None
    platform = desk.facts(image_in, image).platform
    found = _find(shelf, platform)
    child = image_at(desk, index_in, found.digest) if found else None
    return (child, platform) if child else None


def _shelved(index: Index) -> _Shelf:
    """The images of `index` by platform, the first of each; those that tell none are left out."""
    shelf: dict[tuple[str, str], dict[str, Descriptor]] = {}
    for item in index.images:
        if item.platform:
            variants = shelf.setdefault((item.platform.os, item.platform.architecture), {})
            variants.setdefault(item.platform.variant, item)
    return shelf


def _find(shelf: _Shelf, platform: Platform) -> Descriptor | None:
    """What is for `platform`; where one of the two leaves the variant out, as configs often do, for its kin."""
    variants = shelf.get((platform.os, platform.architecture), {})
    kin = variants.get("") if platform.variant else next(iter(variants.values()), None)
    return variants.get(platform.variant, kin)


def _unwrapped(desk: Desk, environment: str, digest: Digest) -> Manifest | Index:
    """What `digest` names; for an index around one image of no told platform, that image."""
    found = desk.manifest(environment, digest)
    for _ in range(_DEPTH_LIMIT):
        below = found.images if isinstance(found, Index) else ()
        if len(below) != 1 or below[0].platform:
            break
        found = desk.manifest(environment, below[0].digest)
    return found


def likeness(desk: Desk, question: Question) -> Likeness | None:
    """How many layers of the base's image the environment's has; None where that takes more than is known."""
    try:
        pair = speaking_pair(desk, question)
    except (Wanted, Unread):
        return None
    return compare_layers(pair.base.layers, pair.held.layers) if pair else None


def compare_layers(base: Sequence[Descriptor], held: Sequence[Descriptor]) -> Likeness:
    """How many of the layers `base` are among `held`, and the bytes of the others, each digest once."""
    there = {item.digest for item in held}
    missing = {item.digest: item.size for item in base if item.digest not in there}
    shared = sum(item.digest in there for item in base)
    return Likeness(shared, len(base), sum(missing.values()))
