"""Artifacts that say something about an image in their annotations (image specification, "Guidelines for Artifact
Usage").

They have the image as their subject and the empty descriptor as config and only layer, so that a list of referrers
tells all there is, and nothing need be fetched.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from tui.domain import media
from tui.domain.content import Descriptor, RawManifest, digest_of

EMPTY_BODY: Final = b"{}"
"""The content of the empty descriptor."""

EMPTY: Final = Descriptor("application/vnd.oci.empty.v1+json", digest_of(EMPTY_BODY), len(EMPTY_BODY))
"""The blob that has to be there before an artifact is pushed."""

_OF_WINDLASS: Final = "application/vnd.windlass."


def is_of_windlass(descriptor: Descriptor) -> bool:
    """True for an approval or a note: what is said about an image and its promotions, and is no part of it."""
    return descriptor.artifact_type.startswith(_OF_WINDLASS)


def artifact(subject: Descriptor, artifact_type: str, annotations: Mapping[str, str]) -> RawManifest:
    """The manifest that says `annotations` about `subject`."""
    document: dict[str, Any] = {
        "schemaVersion": 2,
        "mediaType": media.OCI_MANIFEST,
        "artifactType": artifact_type,
        "config": _plain(EMPTY),
        "layers": [_plain(EMPTY)],
        "subject": _plain(subject),
        "annotations": dict(annotations),
    }
    body = json.dumps(document, separators=(",", ":")).encode()
    return RawManifest(media.OCI_MANIFEST, body, digest_of(body))


def _plain(descriptor: Descriptor) -> dict[str, Any]:
    return {"mediaType": descriptor.media_type, "digest": str(descriptor.digest), "size": descriptor.size}
