"""Sides of a comparison, made of a few words."""

from datetime import datetime

from tui.domain import media
from tui.domain.comparison import Companion, CompanionKind, ImageSide, PlatformImage
from tui.domain.config import Config
from tui.domain.content import Descriptor, Manifest, digest_of
from tui.domain.identity import Identity
from tui.domain.platform import Platform
from tui.domain.reference import Digest, Reference, Repository, Tag

AMD64 = Platform("linux", "amd64")
ARM64 = Platform("linux", "arm64")


def named(name: str) -> Digest:
    """A digest that follows from `name`."""
    return digest_of(name.encode())


def manifest(layers: str = "ab", config: str = "config", annotations: tuple[tuple[str, str], ...] = ()) -> Manifest:
    """A manifest with a layer of 1000 bytes for each letter of `layers`."""
    described = tuple(Descriptor("application/layer", named(letter), 1000) for letter in layers)
    return Manifest(
        media.OCI_MANIFEST, Descriptor(media.OCI_CONFIG, named(config), 2), described, annotations=annotations
    )


def config(
    diff_ids: str = "",
    *,
    created: datetime | None = None,
    labels: tuple[tuple[str, str], ...] = (),
    env: tuple[tuple[str, str], ...] = (),
    platform: Platform = AMD64,
) -> Config:
    """A config whose layers have a diff id for each letter."""
    return Config(platform, created, labels, tuple(named(f"diff {letter}") for letter in diff_ids), env)


def image(
    layers: str = "ab", settings: Config | None = None, *, platform: Platform = AMD64, digest: str = ""
) -> PlatformImage:
    """A runnable image; what it is made of decides its digest, unless one is given."""
    settings = settings if settings is not None else config()
    held = manifest(layers, repr(settings))
    return PlatformImage(platform, named(digest or repr(held)), held, settings)


def side(
    *images: PlatformImage,
    name: str = "base",
    tag: str = "1.0",
    identity: Identity = Identity(),  # noqa: B008 - frozen
    annotations: tuple[tuple[str, str], ...] = (),
    companions: tuple[Companion, ...] = (),
    unread: tuple[str, ...] = (),
    unread_companions: tuple[Platform | None, ...] = (),
) -> ImageSide:
    """A side with an index of `images`."""
    root = named(repr((images, annotations)))
    return ImageSide(
        name,
        Reference(f"{name}.example", Repository("shop/api"), Tag(tag)),
        Descriptor(media.OCI_INDEX, root, 500),
        4_000,
        identity,
        annotations,
        images,
        companions,
        unread,
        unread_companions,
    )


def companion(
    kind: CompanionKind = CompanionKind.SIGNATURE, digest: str = "s", subject: Platform | None = None
) -> Companion:
    """A companion found as a referrer."""
    return Companion(kind, "application/x", named(digest), "referrer", subject)
