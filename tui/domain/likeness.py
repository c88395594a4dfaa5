"""Which images speak for two sides that are compared, and how many layers they share. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tui.domain.content import Descriptor, Index, Manifest
from tui.domain.explanation import Likeness, Question
from tui.domain.platform import Platform
from tui.domain.wants import Desk, Unread, Wanted

_DEPTH_LIMIT: Final = 4
"""Levels of indexes below an index that are followed."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One runnable image of each side, for the same platform; None where both are single manifests."""

    base: Manifest
    held: Manifest
    platform: Platform | None = None


def runnable(index: Index) -> tuple[Descriptor, ...]:
    """The manifests of `index` that are images, and not attestations."""
    return tuple(item for item in index.children if item.platform is None or item.platform.is_known)


def speaking_pair(desk: Desk, question: Question) -> Pair | None:
    """The images to compare: the manifests themselves, or of an index the platform that both have.

    None where there is no such platform. Raises Wanted, Unread.
    """
    key = question.key
    base = desk.manifest(question.base_environment, key.base)
    held = desk.manifest(question.environment, key.held)
    match base, held:
        case Manifest(), Manifest():
            return Pair(base, held)
        case Index(), Index():
            return _of_indexes(desk, question, base, held)
        case Index(), Manifest():
            child = _counterpart(desk, question.base_environment, base, question.environment, held)
            return Pair(child[0], held, child[1]) if child else None
        case Manifest(), Index():
            child = _counterpart(desk, question.environment, held, question.base_environment, base)
            return Pair(base, child[0], child[1]) if child else None


def _of_indexes(desk: Desk, question: Question, base: Index, held: Index) -> Pair | None:
    theirs = {item.platform: item for item in reversed(runnable(held)) if item.platform}
    for item in runnable(base):
        if item.platform and item.platform in theirs:
            one = _descend(desk, question.base_environment, item)
            other = _descend(desk, question.environment, theirs[item.platform])
            return Pair(one, other, item.platform) if one and other else None
    return None


def _counterpart(
    desk: Desk, index_in: str, index: Index, image_in: str, image: Manifest
) -> tuple[Manifest, Platform] | None:
    """The child of `index` for the platform that `image` says it runs on."""
    if not image.is_image:
        return None
    platform = desk.facts(image_in, image).platform
    found = next((item for item in runnable(index) if item.platform and _is_same(item.platform, platform)), None)
    child = _descend(desk, index_in, found) if found else None
    return (child, platform) if child else None


def _is_same(one: Platform, other: Platform) -> bool:
    """Configs often leave the variant out that an index tells."""
    is_either = one.variant == other.variant or not one.variant or not other.variant
    return (one.os, one.architecture) == (other.os, other.architecture) and is_either


def _descend(desk: Desk, environment: str, descriptor: Descriptor) -> Manifest | None:
    """The image at `descriptor`, or the first one below it."""
    for _ in range(_DEPTH_LIMIT):
        found = desk.manifest(environment, descriptor.digest)
        if isinstance(found, Manifest):
            return found
        below = runnable(found)
        if not below:
            return None
        descriptor = below[0]
    return None


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
