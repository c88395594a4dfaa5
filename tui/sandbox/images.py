"""Images: real manifests, configs and indexes in the OCI or Docker family of media types, byte for byte the same
for the same arguments, and what loads them into a registry without HTTP."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

from tui.domain.content import digest_of
from tui.domain.media import OCI_EMPTY, OCI_MANIFEST
from tui.domain.reference import Digest, Repository, Tag
from tui.sandbox.content import InMemory
from tui.sandbox.dialects import OCI, Dialect
from tui.sandbox.layers import Layer
from tui.sandbox.manifest import Manifest, parse_manifest
from tui.sandbox.registry import Registry
from tui.sandbox.runtime import PLAIN, Runtime

Json = Mapping[str, object]

AMD64: Final = "linux/amd64"
ARM64: Final = "linux/arm64"
_EMPTY: Final = b"{}"


@dataclass(frozen=True, slots=True)
class Image:
    """A manifest with all that it refers to. `platform` is `os/architecture`, or None for an index or artifact."""

    manifest: bytes = field(repr=False)
    media_type: str
    digest: Digest
    blobs: Mapping[Digest, InMemory] = field(default_factory=dict[Digest, InMemory], repr=False)
    children: tuple["Image", ...] = field(default=(), repr=False)
    platform: str | None = None
    annotations: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """What an index says of this child."""

    def descriptor(self) -> dict[str, object]:
        """The descriptor by which an index or a subject names this manifest."""
        row = _descriptor(self.media_type, self.digest, len(self.manifest))
        if self.platform:
            system, _, architecture = self.platform.partition("/")
            row["platform"] = {"architecture": architecture, "os": system}
        if self.annotations:
            row["annotations"] = dict(self.annotations)
        return row


def image(
    layers: Sequence[Layer],
    *,
    created: datetime,
    platform: str = AMD64,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    dialect: Dialect = OCI,
    runtime: Runtime = PLAIN,
) -> Image:
    """An image of `layers`, the lowest first. `labels` go into the config, `annotations` into the manifest."""
    started = {**runtime.fields(), "Labels": dict(labels or {})}
    config = _json(_config(layers, created, platform, started))
    body: dict[str, object] = {
        "schemaVersion": 2,
        "mediaType": dialect.manifest,
        "config": _descriptor(dialect.config, digest_of(config), len(config)),
        "layers": [_descriptor(dialect.compressed(x.compression), x.digest, len(x.data)) for x in layers],
    }
    if annotations:
        body["annotations"] = dict(annotations)
    blobs = {x.digest: InMemory(x.data) for x in layers} | {digest_of(config): InMemory(config)}
    manifest = _json(body)
    return Image(manifest, dialect.manifest, digest_of(manifest), blobs, platform=platform)


def index(children: Sequence[Image], *, annotations: Mapping[str, str] | None = None, dialect: Dialect = OCI) -> Image:
    """An index (or Docker manifest list) of `children`."""
    body: dict[str, object] = {
        "schemaVersion": 2,
        "mediaType": dialect.index,
        "manifests": [child.descriptor() for child in children],
    }
    if annotations:
        body["annotations"] = dict(annotations)
    manifest = _json(body)
    return Image(manifest, dialect.index, digest_of(manifest), children=tuple(children))


def artifact(
    artifact_type: str,
    payload: bytes,
    *,
    payload_type: str,
    subject: Image | None = None,
    annotations: Mapping[str, str] | None = None,
    payload_notes: Mapping[str, str] | None = None,
) -> Image:
    """An artifact with one layer, `payload`, attached to `subject`: a signature, an SBOM, an attestation.

    OCI image specification, "Guidelines for Artifact Usage": the config is the empty JSON object. `payload_notes` are
    the annotations of the layer, `annotations` those of the whole.
    """
    layer = _descriptor(payload_type, digest_of(payload), len(payload))
    if payload_notes:
        layer["annotations"] = dict(payload_notes)
    body: dict[str, object] = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "artifactType": artifact_type,
        "config": _descriptor(OCI_EMPTY, digest_of(_EMPTY), len(_EMPTY)),
        "layers": [layer],
    }
    if subject:
        body["subject"] = _descriptor(subject.media_type, subject.digest, len(subject.manifest))
    if annotations:
        body["annotations"] = dict(annotations)
    manifest = _json(body)
    blobs = {digest_of(_EMPTY): InMemory(_EMPTY), digest_of(payload): InMemory(payload)}
    return Image(manifest, OCI_MANIFEST, digest_of(manifest), blobs)


def push_into(
    registry: Registry,
    repository: str,
    image: Image,
    tag: str | None = None,
    at: datetime | None = None,
    aliases: Sequence[str] = (),
) -> None:
    """Loads `image`, its blobs and its children into `registry`, without HTTP; content first, the tags last.

    The names are taken as they are: they must be valid. `at` is when it is said to have come, by default now;
    `aliases` are more tags of it.
    """
    name, at = Repository(repository), at or registry.now()
    for child in image.children:
        push_into(registry, repository, child, at=at)
    for digest, content in image.blobs.items():
        registry.store.add_blob(name, digest, content)
    manifest = _parsed(image.manifest, image.media_type)
    tags = [Tag(each) for each in (tag, *aliases) if each]
    registry.store.put_manifest(name, image.digest, manifest, tags, at)


@lru_cache(maxsize=1024)
def _parsed(data: bytes, media_type: str) -> Manifest:
    """The manifest; most go to several registries, and are read once."""
    return parse_manifest(data, media_type)


def _config(layers: Sequence[Layer], created: datetime, platform: str, started: Json) -> Json:
    system, _, architecture = platform.partition("/")
    moment = created.isoformat().replace("+00:00", "Z")
    return {
        "architecture": architecture,
        "os": system,
        "created": moment,
        "config": started,
        "rootfs": {"type": "layers", "diff_ids": [str(layer.diff_id) for layer in layers]},
        "history": [{"created": moment, "created_by": f"COPY layer-{n} /"} for n in range(len(layers))],
    }


def _descriptor(media_type: str, digest: Digest, size: int) -> dict[str, object]:
    return {"mediaType": media_type, "digest": str(digest), "size": size}


def _json(body: Json) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()
