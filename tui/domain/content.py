"""Content as the OCI image specification shapes it: descriptor, manifest, index.

Parsing is strict where a lenient reader would be fooled: the body's `mediaType` must be the one it was served as, and
a body that could be read as a manifest and as an index is refused (CVE-2021-41190).
"""

import hashlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakValueDictionary

from tui.domain import media
from tui.domain.fields import (
    InvalidContent,
    read_digest,
    read_mapping,
    read_object,
    read_platform,
    read_sequence,
    read_strings,
    read_text,
)
from tui.domain.platform import Platform
from tui.domain.reference import Digest
from tui.domain.text import clean

MANIFEST_LIMIT: Final = 4 * 1024 * 1024
"""Bytes; larger manifests are refused (distribution specification, "Pushing manifests"; also ACR's limit)."""

_URL_LIMIT: Final = 2048
_SIZE_LIMIT: Final = 2**63 - 1
"""The image specification's sizes are of 64 bits; a larger one no amount could be told of."""


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A pointer to content: its media type, digest and size in bytes."""

    media_type: str
    digest: Digest
    size: int
    platform: Platform | None = None
    artifact_type: str = ""
    annotations: tuple[tuple[str, str], ...] = ()
    urls: tuple[str, ...] = ()

    @property
    def is_foreign(self) -> bool:
        """True for a layer that lives at `urls` outside the registry; such layers are not copied."""
        return bool(self.urls)

    @property
    def is_manifest(self) -> bool:
        """True where the content is a manifest or an index, not a blob."""
        return self.media_type in media.MANIFESTS or self.media_type in media.INDEXES

    @property
    def may_run(self) -> bool:
        """False for what an index lists beside its platforms: builders give attestations `unknown/unknown`."""
        return self.platform is None or self.platform.is_known


@dataclass(frozen=True, slots=True)
class RawManifest:
    """A manifest's exact bytes, verified, with the media type they were served as. PUT back unchanged."""

    media_type: str
    body: bytes
    digest: Digest

    @property
    def descriptor(self) -> Descriptor:
        """The descriptor of these bytes."""
        return Descriptor(self.media_type, self.digest, len(self.body))


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Manifest:
    """An image manifest: one config and its layers, or an artifact of the same shape."""

    media_type: str
    config: Descriptor
    layers: tuple[Descriptor, ...]
    subject: Descriptor | None = None
    artifact_type: str = ""
    annotations: tuple[tuple[str, str], ...] = ()

    @property
    def blobs(self) -> tuple[Descriptor, ...]:
        """Config and layers that live in the registry, each digest once."""
        unique = {item.digest: item for item in (self.config, *self.layers) if not item.is_foreign}
        return tuple(unique.values())

    @property
    def children(self) -> tuple[Descriptor, ...]:
        """No manifests: those are an index's."""
        return ()

    @property
    def is_image(self) -> bool:
        """True where the config is an image config, so that a container can run from it."""
        return self.config.media_type in {media.OCI_CONFIG, media.DOCKER_CONFIG}


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Index:
    """An image index (or Docker manifest list): manifests, usually one for each platform."""

    media_type: str
    manifests: tuple[Descriptor, ...]
    subject: Descriptor | None = None
    artifact_type: str = ""
    annotations: tuple[tuple[str, str], ...] = ()

    @property
    def layers(self) -> tuple[Descriptor, ...]:
        """No layers: those are the manifests'."""
        return ()

    @property
    def children(self) -> tuple[Descriptor, ...]:
        """The manifests and indexes it refers to."""
        return tuple(item for item in self.manifests if item.is_manifest)

    @property
    def images(self) -> tuple[Descriptor, ...]:
        """The manifests and indexes it refers to that may run; attestations are left out."""
        return tuple(item for item in self.children if item.may_run)

    @property
    def blobs(self) -> tuple[Descriptor, ...]:
        """Other content it refers to, which a registry holds as blobs."""
        return tuple(item for item in self.manifests if not item.is_manifest and not item.is_foreign)

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """The platforms an image can run on; attestations (`unknown/unknown`) are left out."""
        known = (item.platform for item in self.manifests)
        return tuple(platform for platform in known if platform is not None and platform.is_known)


def digest_of(body: bytes, algorithm: str = "sha256") -> Digest:
    """The digest of `body` under `algorithm` (sha256 or sha512)."""
    return Digest(algorithm, hashlib.new(algorithm, body).hexdigest())


_parsed: Final[WeakValueDictionary[tuple[str, bytes], Manifest | Index]] = WeakValueDictionary()
"""What bytes say, as long as somebody holds it: a plan does, and the same bytes come again with each read-back."""

_RECENT: Final = 64
_RECENT_SIZE: Final = 64 * 1024
_recent: Final[deque[Manifest | Index]] = deque(maxlen=_RECENT)
"""What was parsed last and is small: it is checked where it arrives, and taken up a moment later."""


def parse_manifest(raw: RawManifest) -> Manifest | Index:
    """The manifest or index in `raw`. Raises InvalidContent.

    The same bytes are parsed once; they are compared whole, whatever digest `raw` claims.
    """
    key = raw.media_type, raw.body
    found = _parsed.get(key)
    if found is None:
        found = _parsed[key] = _parse(raw)
        if len(raw.body) <= _RECENT_SIZE:
            _recent.append(found)
    return found


def _parse(raw: RawManifest) -> Manifest | Index:
    if raw.media_type not in media.MANIFESTS | media.INDEXES:
        raise InvalidContent(f"{clean(raw.media_type, 100)!r} is neither a manifest nor an index")
    document = read_object(raw.body, "manifest")
    _refuse_ambiguous(document, raw.media_type)
    if raw.media_type in media.INDEXES:
        return Index(
            raw.media_type,
            _descriptors(document, "manifests"),
            _optional_descriptor(document, "subject"),
            read_text(document.get("artifactType", ""), "artifactType"),
            read_strings(document.get("annotations")),
        )
    return Manifest(
        raw.media_type,
        _descriptor(document.get("config"), "config"),
        _descriptors(document, "layers"),
        _optional_descriptor(document, "subject"),
        read_text(document.get("artifactType", ""), "artifactType"),
        read_strings(document.get("annotations")),
    )


def _refuse_ambiguous(document: Mapping[str, Any], media_type: str) -> None:
    said = document.get("mediaType", media_type)
    if said != media_type:
        raise InvalidContent(f"served as {clean(media_type, 100)!r}, but its body says {clean(str(said), 100)!r}")
    if "manifests" in document and ("layers" in document or "config" in document):
        raise InvalidContent("holds both manifests and layers: it could be read as an index and as an image")


def _descriptors(document: Mapping[str, Any], key: str) -> tuple[Descriptor, ...]:
    return tuple(_descriptor(item, key) for item in read_sequence(document.get(key, []), key))


def _optional_descriptor(document: Mapping[str, Any], key: str) -> Descriptor | None:
    value = document.get(key)
    return None if value is None else _descriptor(value, key)


def _descriptor(value: object, what: str) -> Descriptor:
    document = read_mapping(value, what)
    size = document.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= _SIZE_LIMIT:
        raise InvalidContent(f"{what}: size is not a number of bytes")
    media_type = read_text(document.get("mediaType"), f"{what}: mediaType")
    digest = read_digest(document.get("digest"), f"{what}: digest")
    if len(document) == 3:  # nothing else: so it is with nearly all layers
        return Descriptor(media_type, digest, size)
    platform = document.get("platform")
    return Descriptor(
        media_type,
        digest,
        size,
        None if platform is None else read_platform(read_mapping(platform, f"{what}: platform")),
        read_text(document.get("artifactType", ""), f"{what}: artifactType"),
        read_strings(document.get("annotations")),
        _urls(document.get("urls"), f"{what}: urls"),
    )


def _urls(value: object, what: str) -> tuple[str, ...]:
    return tuple(read_text(url, what, _URL_LIMIT) for url in read_sequence(value or [], what))
