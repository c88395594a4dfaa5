"""The two families of media types that an image can be written in."""

from dataclasses import dataclass
from typing import Final

from tui.domain import media

_OCI_LAYER: Final = "application/vnd.oci.image.layer.v1.tar"
_DOCKER_LAYER: Final = "application/vnd.docker.image.rootfs.diff.tar"


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


OCI: Final = Dialect(media.OCI_MANIFEST, media.OCI_INDEX, media.OCI_CONFIG, _OCI_LAYER, "+")
DOCKER: Final = Dialect(media.DOCKER_MANIFEST, media.DOCKER_LIST, media.DOCKER_CONFIG, _DOCKER_LAYER, ".")


def travels(layer_media_type: str) -> bool:
    """Whether a layer of this type is kept in a registry at all; foreign ones are fetched from elsewhere.

    OCI image specification, section "Non-Distributable Layers".
    """
    return "nondistributable" not in layer_media_type and ".foreign." not in layer_media_type
