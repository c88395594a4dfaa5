"""Two images side by side: what they share, and what one has that the other has not. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from tui.domain.comparison_changes import Change, config_changes, identity_changes, pair_changes, value_change
from tui.domain.comparison_companions import Companion, CompanionChange, CompanionKind, compare_companions
from tui.domain.comparison_layers import LayerChange, compare_layers, layers_of
from tui.domain.comparison_matching import Presence, match_by
from tui.domain.config import Config
from tui.domain.content import Descriptor, Manifest
from tui.domain.identity import Identity
from tui.domain.media import describe
from tui.domain.platform import Platform
from tui.domain.reference import Digest, Reference

__all__ = [
    "Change",
    "Companion",
    "CompanionChange",
    "CompanionKind",
    "Comparison",
    "ImageSide",
    "LayerChange",
    "Moment",
    "PlatformComparison",
    "PlatformImage",
    "Presence",
    "compare_images",
]

_NEVER_BEFORE: Final = 1980
"""A year; what claims to be older was built so that its time tells nothing (the epoch, year 1)."""


@dataclass(frozen=True, slots=True)
class PlatformImage:
    """One runnable image: its manifest, and its config where that could be read."""

    platform: Platform
    digest: Digest
    manifest: Manifest
    config: Config | None


@dataclass(frozen=True, slots=True)
class ImageSide:
    """One side of a comparison, as it was read. `size` is in bytes of everything, compressed."""

    name: str
    """The environment."""
    reference: Reference
    root: Descriptor
    size: int
    identity: Identity
    annotations: tuple[tuple[str, str], ...]
    images: tuple[PlatformImage, ...]
    companions: tuple[Companion, ...]
    unread: tuple[str, ...] = ()
    """Sentences on what could not be read, so that nothing is said of it."""
    unread_companions: tuple[Platform | None, ...] = ()
    """The subjects whose companions could not all be read; None for the whole image."""

    @property
    def digest(self) -> Digest:
        """The digest of the whole."""
        return self.root.digest

    @property
    def created(self) -> datetime | None:
        """When it was made: the newest config tells, or else a label."""
        told = [image.config.created for image in self.images if image.config and image.config.created]
        return max((moment for moment in told if moment.year >= _NEVER_BEFORE), default=self.identity.created)


@dataclass(frozen=True, slots=True)
class PlatformComparison:
    """One platform: its two digests (None where a side has it not), its layers in order, and what differs in config.

    `same_config` is True where the configs are the same bytes; None where they could not both be read, or only one
    side has the platform.
    """

    platform: Platform
    left: Digest | None
    right: Digest | None
    layers: tuple[LayerChange, ...] = ()
    changes: tuple[Change, ...] = ()
    same_config: bool | None = None

    @property
    def presence(self) -> Presence:
        """On which side the platform is."""
        if self.left and self.right:
            return Presence.BOTH
        return Presence.LEFT if self.left else Presence.RIGHT


@dataclass(frozen=True, slots=True)
class Moment:
    """When a side's image was created."""

    left: datetime | None
    right: datetime | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that can be said of two images. `changes` are those of the whole: media type, annotations, origin."""

    left: ImageSide
    right: ImageSide
    created: Moment
    changes: tuple[Change, ...]
    platforms: tuple[PlatformComparison, ...]
    companions: tuple[CompanionChange, ...]

    @property
    def is_same(self) -> bool:
        """True where both sides are the same bytes with the same companions."""
        return self.left.digest == self.right.digest and all(item.presence is Presence.BOTH for item in self.companions)

    @property
    def is_complete(self) -> bool:
        """True where everything could be read."""
        return not (self.left.unread or self.right.unread)


def compare_images(left: ImageSide, right: ImageSide) -> Comparison:
    """The comparison of `left` with `right`: what changes from the one to the other."""
    return Comparison(
        left,
        right,
        Moment(left.created, right.created),
        tuple(_changes_of_the_whole(left, right)),
        tuple(_platforms(left, right)),
        compare_companions(left.companions, right.companions, left.unread_companions, right.unread_companions),
    )


def _changes_of_the_whole(left: ImageSide, right: ImageSide) -> Iterator[Change]:
    yield from identity_changes(left.identity, right.identity)
    yield from value_change("media type", describe(left.root.media_type), describe(right.root.media_type))
    yield from pair_changes("annotation", left.annotations, right.annotations)


def _platforms(left: ImageSide, right: ImageSide) -> Iterator[PlatformComparison]:
    """The common platforms first, then those of the left side, then those of the right, each in their order.

    An index may have several images of one platform (of several versions of Windows): the same ones are matched first.
    """
    matched = match_by(left.images, right.images, _same_bytes, _same_platform, lambda image: image.digest)
    order = {id(image): at for at, image in enumerate(left.images)}
    for one, other in sorted(matched.pairs, key=lambda pair: order[id(pair[0])]):
        are_roots = (one.digest, other.digest) == (left.digest, right.digest)
        told = () if are_roots else _manifest_changes(one.manifest, other.manifest)
        yield _compare_platform(one, other, tuple(told))
    for image in matched.left:
        layers = layers_of(Presence.LEFT, image.manifest)
        yield PlatformComparison(image.platform, image.digest, None, layers)
    for image in matched.right:
        layers = layers_of(Presence.RIGHT, image.manifest)
        yield PlatformComparison(image.platform, None, image.digest, layers)


def _same_bytes(image: PlatformImage) -> tuple[object, ...]:
    return image.digest, _same_platform(image)


def _same_platform(image: PlatformImage) -> Platform:
    """The platform without the variant that goes without saying (containerd's normal form of arm64/v8)."""
    platform = image.platform
    is_default = (platform.architecture, platform.variant) == ("arm64", "v8")
    return replace(platform, variant="") if is_default else platform


def _compare_platform(one: PlatformImage, other: PlatformImage, told: tuple[Change, ...]) -> PlatformComparison:
    """Two images of a platform; `told` is what differs in their manifests, where that is not told of the whole."""
    same = one.manifest.config.digest == other.manifest.config.digest
    both = (one.config, other.config) if one.config and other.config else None
    return PlatformComparison(
        one.platform,
        one.digest,
        other.digest,
        compare_layers(one.manifest, one.config, other.manifest, other.config),
        (*told, *config_changes(*both)) if both and not same else told,
        same if same or both else None,
    )


def _manifest_changes(one: Manifest, other: Manifest) -> Iterator[Change]:
    yield from value_change("media type", describe(one.media_type), describe(other.media_type))
    yield from pair_changes("annotation", one.annotations, other.annotations)
