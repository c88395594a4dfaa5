"""What a registry reads in a manifest: its type, what it refers to, and what it is attached to.

The checks are those of the OCI image specification ("Image Manifest", "Image Index") and of CVE-2021-41190: a
manifest that could be read as two kinds is refused.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

from tui.domain.media import INDEXES, MANIFESTS
from tui.domain.reference import Digest, InvalidName
from tui.sandbox.dialects import travels
from tui.sandbox.errors import Code, Refused

_SCHEMA: Final = 2


@dataclass(frozen=True, slots=True)
class Manifest:
    """A manifest as it was pushed, byte for byte, and what was read in it."""

    data: bytes = field(repr=False)
    media_type: str
    blobs: tuple[Digest, ...]
    children: tuple[Digest, ...]
    subject: Digest | None
    artifact_type: str | None
    annotations: Mapping[str, str]


def parse_manifest(data: bytes, content_type: str) -> Manifest:
    """The manifest in `data`. Without a `content_type` its own mediaType counts. Raises Refused: MANIFEST_INVALID."""
    body = _object(data)
    media_type = _media_type(body, content_type)
    single = media_type in MANIFESTS
    _refuse_ambiguity(body, other="manifests" if single else "layers")
    subject = body.get("subject")
    return Manifest(
        data,
        media_type,
        blobs=tuple(_blobs(body)) if single else (),
        children=() if single else tuple(_digest(row) for row in _rows(body, "manifests")),
        subject=None if subject is None else _digest(subject),
        artifact_type=_artifact_type(body, single=single),
        annotations=_annotations(body),
    )


def _object(data: bytes) -> Mapping[str, object]:
    try:
        body = cast("object", json.loads(data))
    except ValueError as cause:
        raise _invalid("the manifest is not JSON") from cause
    if not isinstance(body, dict):
        raise _invalid("the manifest is not a JSON object")
    body = cast("Mapping[str, object]", body)
    if body.get("schemaVersion") != _SCHEMA:
        raise _invalid("schemaVersion must be 2")
    return body


def _media_type(body: Mapping[str, object], content_type: str) -> str:
    inside = body.get("mediaType")
    media_type = content_type or inside
    if not isinstance(media_type, str) or media_type not in MANIFESTS | INDEXES:
        raise _invalid("the media type is none of an image manifest or index")
    if inside is not None and inside != media_type:
        raise _invalid("mediaType and Content-Type differ")
    return media_type


def _refuse_ambiguity(body: Mapping[str, object], other: str) -> None:
    if other in body or (other == "layers" and "config" in body):
        raise _invalid("the manifest has the fields of an image and of an index")


def _blobs(body: Mapping[str, object]) -> Iterator[Digest]:
    yield _digest(body.get("config"))
    for row in _rows(body, "layers"):
        digest = _digest(row)
        if travels(str(row.get("mediaType", ""))) and not row.get("urls"):
            yield digest


def _rows(body: Mapping[str, object], key: str) -> Sequence[Mapping[str, object]]:
    rows = body.get(key)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in cast("list[object]", rows)):
        raise _invalid(f"{key} must be a list of descriptors")
    return cast("list[Mapping[str, object]]", rows)


def _digest(descriptor: object) -> Digest:
    if not isinstance(descriptor, dict):
        raise _invalid("a descriptor is missing")
    row = cast("Mapping[str, object]", descriptor)
    size = row.get("size")
    if not isinstance(row.get("mediaType"), str) or not isinstance(size, int) or size < 0:
        raise _invalid("a descriptor needs a mediaType and a size")
    try:
        return Digest.parse(str(row.get("digest", "")))
    except InvalidName as cause:
        raise _invalid("a descriptor's digest is not one") from cause


def _artifact_type(body: Mapping[str, object], *, single: bool) -> str | None:
    """Distribution specification, "Listing Referrers": an image's falls back to its config's media type."""
    own = body.get("artifactType")
    if isinstance(own, str) and own:
        return own
    return str(cast("Mapping[str, object]", body["config"])["mediaType"]) if single else None


def _annotations(body: Mapping[str, object]) -> Mapping[str, str]:
    found = body.get("annotations")
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise _invalid("annotations must be an object")
    return {str(key): str(value) for key, value in cast("Mapping[object, object]", found).items()}


def _invalid(message: str) -> Refused:
    return Refused(Code.MANIFEST_INVALID, message)
