"""Trees, requests and plans for the tests of the engine."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tui.domain import media
from tui.domain.content import Descriptor, RawManifest, digest_of, parse_manifest
from tui.domain.environment import EngineName, Environment
from tui.domain.plan import Forecast, Keeping, Node, Plan, Request, Transfer, Tree
from tui.domain.reference import Digest, Repository, Tag

GZIP = "application/vnd.docker.image.rootfs.diff.tar.gzip"
OCI_ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd"
OCI_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"
SOME = Digest("sha256", "1" * 64)
OTHER = Digest("sha256", "2" * 64)


def request(source: str = "base.io", target: str = "prod.io:5000", *, confirms_change: bool = False) -> Request:
    return Request(
        Environment("base", source),
        Environment("prod", target),
        Repository("shop/api"),
        Tag("1.0"),
        Tag("1.0"),
        EngineName.DOCKER,
        confirms_change=confirms_change,
    )


def descriptor(media_type: str, character: str = "a", **more: Any) -> dict[str, Any]:
    return {"mediaType": media_type, "size": 5, "digest": "sha256:" + character * 64, **more}


def manifest_tree(
    media_type: str = media.OCI_MANIFEST,
    config: str = media.OCI_CONFIG,
    layers: Sequence[Mapping[str, Any]] = (),
    indent: int | None = None,
) -> Tree:
    document = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "config": descriptor(config, "c"),
        "layers": list(layers) or [descriptor(GZIP)],
    }
    return tree_of(media_type, json.dumps(document, indent=indent).encode())


def index_tree(*platforms: str, media_type: str = media.OCI_INDEX) -> Tree:
    children = [
        descriptor(
            media.OCI_MANIFEST, str(number), platform=dict(zip(("os", "architecture"), it.split("/"), strict=True))
        )
        for number, it in enumerate(platforms)
    ]
    document = {"schemaVersion": 2, "mediaType": media_type, "manifests": children}
    return tree_of(media_type, json.dumps(document).encode())


def tree_of(media_type: str, body: bytes) -> Tree:
    raw = RawManifest(media_type, body, digest_of(body))
    return Tree((Node(raw, parse_manifest(raw)),))


def plan(wanted: Request, digest: Digest, current: Digest | None = None, missing: tuple[Descriptor, ...] = ()) -> Plan:
    return Plan(
        request=wanted,
        root=Descriptor(media.DOCKER_MANIFEST, digest, 500),
        current=Descriptor(media.DOCKER_MANIFEST, current, 500) if current else None,
        platforms=(),
        size=500,
        transfer=Transfer(missing, 1, 0),
        forecast=Forecast(EngineName.DOCKER, Keeping.LOST, "It rewrites the manifest."),
    )
