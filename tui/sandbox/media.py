"""Media types of images: the OCI image specification's, and those of Docker's schema 2."""

from dataclasses import dataclass
from typing import Final

OCI_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX: Final = "application/vnd.oci.image.index.v1+json"
OCI_CONFIG: Final = "application/vnd.oci.image.config.v1+json"
OCI_LAYER: Final = "application/vnd.oci.image.layer.v1.tar"
OCI_EMPTY: Final = "application/vnd.oci.empty.v1+json"
DOCKER_MANIFEST: Final = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST: Final = "application/vnd.docker.distribution.manifest.list.v2+json"
DOCKER_CONFIG: Final = "application/vnd.docker.container.image.v1+json"
DOCKER_LAYER: Final = "application/vnd.docker.image.rootfs.diff.tar"

SINGLE: Final = frozenset({OCI_MANIFEST, DOCKER_MANIFEST})
"""Manifests of one image or artifact."""

MULTIPLE: Final = frozenset({OCI_INDEX, DOCKER_LIST})
"""Manifests that list other manifests."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One family of media types, for the parts of an image."""

    manifest: str
    index: str
    config: str
    layer: str
    separator: str

    def compressed(self, compression: str) -> str:
        """The media type of a layer: `compression` is none, gzip or zstd."""
        return self.layer if compression == "none" else f"{self.layer}{self.separator}{compression}"


OCI: Final = Dialect(OCI_MANIFEST, OCI_INDEX, OCI_CONFIG, OCI_LAYER, "+")
DOCKER: Final = Dialect(DOCKER_MANIFEST, DOCKER_LIST, DOCKER_CONFIG, DOCKER_LAYER, ".")


def travels(layer_media_type: str) -> bool:
    """Whether a layer of this type is kept in a registry at all; foreign ones are fetched from elsewhere.

    OCI image specification, section "Non-Distributable Layers".
    """
    return "nondistributable" not in layer_media_type and ".foreign." not in layer_media_type
