"""Rows: a tag, a manifest and a repository as Azure Container Registry describes them."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, cast

from tui.domain.reference import Digest, Repository, Tag
from tui.sandbox.acr.locks import row as attributes_row
from tui.sandbox.manifest import Manifest
from tui.sandbox.records import Record
from tui.sandbox.store import Part, Store

Row = dict[str, object]

_TIME: Final = "%Y-%m-%dT%H:%M:%S.%f0Z"
"""Azure counts in ticks of 100 ns, and so writes seven digits."""


def tag_row(store: Store, repository: Repository, tag: Tag, digest: Digest) -> Row:
    """The tag with the digest it points at, its times and its attributes."""
    record = _recorded(store, repository, tag)
    return {"name": tag, "digest": str(digest), **_times(record), "signed": False, **_attributes(record)}


def tags_by_digest(store: Store, repository: Repository) -> Mapping[Digest, Sequence[Tag]]:
    """The tags that point at each digest, in ASCII order."""
    found: dict[Digest, list[Tag]] = {}
    for tag, digest in store.tags(repository).items():
        found.setdefault(digest, []).append(tag)
    return found


def manifest_row(
    store: Store, repository: Repository, digest: Digest, manifest: Manifest, tags: Sequence[Tag] = ()
) -> Row:
    """The manifest with its size (its own bytes and those of all it refers to), platform, tags and attributes."""
    record = _recorded(store, repository, digest)
    return {
        "digest": str(digest),
        "imageSize": _size(store, repository, manifest),
        **_times(record),
        **_platform(store, repository, manifest),
        "mediaType": manifest.media_type,
        **({"tags": tags} if tags else {}),
        **_attributes(record),
    }


def references(manifest: Manifest) -> Sequence[Row]:
    """The children of an index with their platforms; none of an image."""
    rows = _rows(_body(manifest), "manifests")
    return [{"digest": row.get("digest"), **_named_platform(row.get("platform"))} for row in rows]


def repository_row(store: Store, repository: Repository) -> Row:
    """The repository's times, counts and attributes."""
    record = _recorded(store, repository, None)
    counts = {"manifestCount": len(store.manifests(repository)), "tagCount": len(store.tags(repository))}
    return {**_times(record), **counts, **_attributes(record)}


def _recorded(store: Store, repository: Repository, part: Part) -> Record:
    record = store.record(repository, part)
    if record is None:
        raise KeyError(part)
    return record


def _times(record: Record) -> Row:
    return {"createdTime": _written(record.created), "lastUpdateTime": _written(record.updated)}


def _written(moment: datetime) -> str:
    return moment.strftime(_TIME)


def _attributes(record: Record) -> Row:
    return {"changeableAttributes": attributes_row(record.attributes)}


def _size(store: Store, repository: Repository, manifest: Manifest) -> int:
    body = _body(manifest)
    blobs = [_object(body.get("config")), *_rows(body, "layers")] if manifest.blobs else []
    sizes = [size for blob in blobs if isinstance(size := blob.get("size"), int)]
    children = [found for digest in manifest.children if (found := store.manifest(repository, digest))]
    return len(manifest.data) + sum(sizes) + sum(_size(store, repository, child) for child in children)


def _platform(store: Store, repository: Repository, manifest: Manifest) -> Row:
    """What the config of an image says; nothing of an index, and nothing where the config is no image's."""
    content = store.blob(repository, manifest.blobs[0]) if manifest.blobs else None
    if content is None:
        return {}
    try:
        config = cast("object", json.loads(b"".join(content.read(0, content.size))))
    except ValueError:
        return {}
    return _named_platform(config)


def _named_platform(found: object) -> Row:
    return {key: value for key, value in _object(found).items() if key in {"architecture", "os"}}


def _body(manifest: Manifest) -> Mapping[str, object]:
    return _object(cast("object", json.loads(manifest.data)))


def _rows(body: Mapping[str, object], key: str) -> Sequence[Mapping[str, object]]:
    found = body.get(key)
    return [_object(row) for row in cast("list[object]", found)] if isinstance(found, list) else []


def _object(found: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", found) if isinstance(found, dict) else {}
