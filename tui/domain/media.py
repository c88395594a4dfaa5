"""Media types of manifests, as the OCI image specification and Docker's image manifest v2 schema 2 name them."""

from typing import Final

OCI_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX: Final = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG: Final = "application/vnd.oci.image.config.v1+json"
OCI_EMPTY: Final = "application/vnd.oci.empty.v1+json"
DOCKER_MANIFEST: Final = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST: Final = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_CONFIG: Final = "application/vnd.docker.container.image.v1+json"

MANIFESTS: Final = frozenset({OCI_MANIFEST, DOCKER_MANIFEST})
INDEXES: Final = frozenset({OCI_INDEX, DOCKER_LIST})
ACCEPT: Final = ", ".join((OCI_MANIFEST, OCI_INDEX, DOCKER_MANIFEST, DOCKER_LIST))
"""The Accept header of a manifest request: all four, or a registry may convert what it holds."""

_KINDS: Final = {
    OCI_MANIFEST: "OCI manifest",
    OCI_INDEX: "OCI index",
    DOCKER_MANIFEST: "Docker manifest",
    DOCKER_LIST: "Docker manifest list",
}


def describe(media_type: str) -> str:
    """What a person calls `media_type`; the media type itself where it is not one of the four."""
    return _KINDS.get(media_type, media_type)
