"""What a registry holds and what it gave and took, told by HTTP and its access log alone: none of Windlass is in it."""

import hashlib
import http.client
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_MANIFESTS: Final = (
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json"
)
_LINE: Final = re.compile(r'"(GET|POST|PATCH|PUT) /v2/(\S+?)(?:\?\S*)? HTTP/1\.1" (\d{3}) (\d+)')
_BLOB: Final = re.compile(r"\S+/blobs/(sha256:[0-9a-f]{64})")
_WRITES: Final = frozenset({"POST", "PATCH", "PUT"})


class Incomplete(AssertionError):
    """A tag leads to something that is not there, or not what its digest says."""


def digest_of_tag(host: str, repository: str, tag: str) -> str:
    """The digest of the manifest under `tag`, after all below it was read and hashed. Raises Incomplete."""
    with closing(http.client.HTTPConnection(host, timeout=30)) as connection:
        body = _get(connection, f"/v2/{repository}/manifests/{tag}")
        _prove_content(connection, repository, body)
    return _digest(body)


def _prove_content(connection: http.client.HTTPConnection, repository: str, manifest: bytes) -> None:
    document: Mapping[str, Any] = json.loads(manifest)
    for child in document.get("manifests", ()):
        body = _prove(connection, f"/v2/{repository}/manifests/{child['digest']}", child["digest"])
        _prove_content(connection, repository, body)
    for blob in (*document.get("layers", ()), *([document["config"]] if "config" in document else ())):
        _prove(connection, f"/v2/{repository}/blobs/{blob['digest']}", blob["digest"])


def _prove(connection: http.client.HTTPConnection, path: str, digest: str) -> bytes:
    body = _get(connection, path)
    if _digest(body) != digest:
        raise Incomplete(f"{path} gives other bytes")
    return body


def _get(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path, headers={"Accept": _MANIFESTS})
    with connection.getresponse() as answer:
        body = answer.read()
        if answer.status != 200:
            raise Incomplete(f"{path} answers {answer.status}")
        return body


def _digest(body: bytes) -> str:
    return f"sha256:{hashlib.sha256(body).hexdigest()}"


@dataclass(slots=True)
class AccessLog:
    """The access log of a registry, read on from where it was read last."""

    file: Path
    position: int = 0

    def skip(self) -> None:
        """Goes to its end."""
        self.position = self.file.stat().st_size

    def served(self) -> Counter[str]:
        """Bytes of each blob that were served since the log was read last."""
        served: Counter[str] = Counter()
        for method, path, _, length in self._lines():
            blob = _BLOB.fullmatch(path)
            if method == "GET" and blob:
                served[blob[1]] += int(length)
        return served

    def writes(self) -> int:
        """How many requests that write came since the log was read last."""
        return sum(method in _WRITES for method, *_ in self._lines())

    def _lines(self) -> Iterator[tuple[str, str, str, str]]:
        with self.file.open() as log:
            log.seek(self.position)
            text = log.read()
            self.position = log.tell()
        for match in _LINE.finditer(text):
            method, path, status, length = match.groups()
            yield method, path, status, length
