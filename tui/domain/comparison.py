"""Two images side by side: what they share, and what one has that the other has not. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tui.domain.config import Config
from tui.domain.content import Descriptor, Manifest
from tui.domain.identity import Identity
from tui.domain.platform import Platform
from tui.domain.reference import Digest, Reference


class CompanionKind(StrEnum):
    """What accompanies an image."""

    SIGNATURE = "signature"
    SBOM = "SBOM"
    ATTESTATION = "attestation"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Companion:
    """A signature, SBOM or attestation. `subject` is the platform it is about, None where it is the whole image.

    `found` says how: `referrer`, `tag sha256-….sig`, or `in the index`.
    """

    kind: CompanionKind
    media_type: str
    digest: Digest
    found: str
    subject: Platform | None = None


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

    @property
    def digest(self) -> Digest:
        """The digest of the whole."""
        return self.root.digest


class Presence(StrEnum):
    """On which side something is."""

    BOTH = "both"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class LayerChange:
    """A layer by its digest: on which side, how large, and its place (from 0) in the side's manifest."""

    presence: Presence
    digest: Digest
    size: int
    place: int
    same_content: bool = False
    """True where the other side has the same content (diff id) in other bytes."""


@dataclass(frozen=True, slots=True)
class Change:
    """A value that differs: `field` such as `env` or `label`, `key` its name; None where a side has none. Masked."""

    field: str
    key: str
    left: str | None
    right: str | None


@dataclass(frozen=True, slots=True)
class PlatformComparison:
    """One platform: its two digests (None where a side has it not), its layers in order, and what differs in config."""

    platform: Platform
    left: Digest | None
    right: Digest | None
    layers: tuple[LayerChange, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def presence(self) -> Presence:
        """On which side the platform is."""
        if self.left and self.right:
            return Presence.BOTH
        return Presence.LEFT if self.left else Presence.RIGHT


@dataclass(frozen=True, slots=True)
class CompanionChange:
    """A companion, and on which side it is; matched by digest, else by kind, subject and what it says it is."""

    presence: Presence
    companion: Companion


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


def compare_images(left: ImageSide, right: ImageSide) -> Comparison:
    """The comparison of `left` with `right`: what changes from the one to the other."""
    raise NotImplementedError
