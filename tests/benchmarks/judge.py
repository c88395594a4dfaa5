"""Who fills registries, and judges copies: HTTP by the standard library alone, independent of what is measured."""

import hashlib
import http.client
import json
import ssl
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlsplit

from tests.real import RealRegistry

MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
CONFIG: Final = "application/vnd.oci.image.config.v1+json"
LAYER: Final = "application/vnd.oci.image.layer.v1.tar+gzip"

Chunks = Callable[[], Iterable[bytes]]
"""Gives the bytes of a blob, anew with each call."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A blob as a manifest names it."""

    media_type: str
    digest: str
    size: int

    @classmethod
    def of(cls, media_type: str, chunks: Chunks) -> Self:
        """The blob of these bytes."""
        hashed, size = hashlib.sha256(), 0
        for chunk in chunks():
            hashed.update(chunk)
            size += len(chunk)
        return cls(media_type, f"sha256:{hashed.hexdigest()}", size)

    def told(self) -> dict[str, str | int]:
        """The descriptor."""
        return {"mediaType": self.media_type, "digest": self.digest, "size": self.size}


Images = Mapping[str, bytes]
"""The manifests of a repository, by tag."""


def image(config: Blob, layers: Iterable[Blob]) -> bytes:
    """The manifest of an image."""
    told = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config.told(), "layers": [it.told() for it in layers]}
    return json.dumps(told).encode()


def open_context(registry: RealRegistry) -> ssl.SSLContext | None:
    """What to trust at `registry`; None where it speaks plain http."""
    return ssl.create_default_context(cafile=registry.ca_file) if registry.ca_file else None


class Clerk:
    """One connection to one repository of a registry."""

    def __init__(self, registry: RealRegistry, repository: str) -> None:
        context = open_context(registry)
        connect = http.client.HTTPConnection(registry.host, timeout=60)
        self._line = http.client.HTTPSConnection(registry.host, timeout=60, context=context) if context else connect
        self._base = f"/v2/{repository}"

    def push_blob(self, media_type: str, chunks: Chunks) -> Blob:
        """Pushes these bytes."""
        blob = Blob.of(media_type, chunks)
        opened, _ = self._ask("POST", f"{self._base}/blobs/uploads/")
        place = urlsplit(opened["Location"])
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(blob.size)}
        self._ask("PUT", f"{place.path}?{place.query}&digest={blob.digest}", chunks(), headers)
        return blob

    def push_manifest(self, tag: str, manifest: bytes) -> None:
        """Points `tag` at `manifest`."""
        headers = {"Content-Type": MANIFEST, "Content-Length": str(len(manifest))}
        self._ask("PUT", f"{self._base}/manifests/{tag}", [manifest], headers)

    def manifest(self, tag: str) -> bytes:
        """What `tag` points at."""
        return self._ask("GET", f"{self._base}/manifests/{tag}", headers={"Accept": MANIFEST})[1]

    def size(self, digest: str) -> int:
        """How many bytes that blob has here."""
        return int(self._ask("HEAD", f"{self._base}/blobs/{digest}")[0]["Content-Length"])

    def close(self) -> None:
        """Ends the connection."""
        self._line.close()

    def _ask(
        self, method: str, path: str, body: Iterable[bytes] = (), headers: Mapping[str, str] | None = None
    ) -> tuple[http.client.HTTPMessage, bytes]:
        self._line.request(method, path, body or None, dict(headers or {}))
        answer = self._line.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:500]!r}")
        return answer.headers, content


def clerk(registry: RealRegistry, repository: str) -> "closing[Clerk]":
    """A clerk for the time of a `with`."""
    return closing(Clerk(registry, repository))


def judge(registry: RealRegistry, repository: str, images: Images) -> None:
    """Raises RuntimeError where a tag is not the very manifest of `images`, or a blob is missing or short."""
    blobs: dict[str, int] = {}
    with clerk(registry, repository) as asking:
        for tag, manifest in images.items():
            if asking.manifest(tag) != manifest:
                raise RuntimeError(f"{registry.host}/{repository}:{tag} is another manifest than at the source")
            told = json.loads(manifest)
            blobs.update((blob["digest"], blob["size"]) for blob in (told["config"], *told["layers"]))
        for digest, size in blobs.items():
            if asking.size(digest) != size:
                raise RuntimeError(f"{registry.host}/{repository}@{digest} has not {size} bytes")
