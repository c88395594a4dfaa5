"""Loads sample images into any registry over HTTP with nothing but the standard library: independent of our client."""

import json
from collections.abc import Mapping
from urllib.parse import urljoin
from urllib.request import Request, urlopen

from tui.sandbox.images import Image


def upload(host: str, repository: str, tag: str | None, image: Image) -> None:
    """Pushes `image` with its blobs and children, content first, the tag last, to a plain http registry."""
    base = f"http://{host}/v2/{repository}"
    for child in image.children:
        upload(host, repository, None, child)
    for digest, content in image.blobs.items():
        location = _send("POST", f"{base}/blobs/uploads/", b"", {})["Location"]
        separator = "&" if "?" in location else "?"
        headers = {"Content-Type": "application/octet-stream"}
        _send("PUT", f"{urljoin(base, location)}{separator}digest={digest}", content.data, headers)
    place = tag or str(image.digest)
    _send("PUT", f"{base}/manifests/{place}", image.manifest, {"Content-Type": image.media_type})


def tags(host: str, repository: str) -> list[str]:
    """The tags of a repository of a plain http registry."""
    with urlopen(f"http://{host}/v2/{repository}/tags/list", timeout=10) as answer:
        return json.load(answer)["tags"]


def _send(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Mapping[str, str]:
    with urlopen(Request(url, body, dict(headers), method=method), timeout=30) as answer:
        return answer.headers
