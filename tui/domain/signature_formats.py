"""The formats in which an image's signature lies in a registry: cosign's payloads, Sigstore's bundles, Notary's JWS.

A signature is a layer of a manifest: a referrer of the image, or what a tag of cosign's holds. Reading one tells what
was signed, and refuses what is about something else; whose signature it is only a key can tell.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tui.domain.content import Descriptor, RawManifest
from tui.domain.fields import InvalidContent, read_mapping, read_object
from tui.domain.reference import Digest
from tui.domain.signature_bundle import BUNDLE, read_bundle
from tui.domain.signature_fields import Signed, decoded, shown
from tui.domain.signature_notary import COSE, JWS, read_jws

SIMPLE_SIGNING: Final = "application/vnd.dev.cosign.simplesigning.v1+json"
"""The media type of cosign's payloads."""
_SIGNATURE: Final = "dev.cosignproject.cosign/signature"
_CERTIFICATE: Final = "dev.sigstore.cosign/certificate"
_COSIGN_TYPE: Final = "cosign container image signature"


@dataclass(frozen=True, slots=True)
class Subject:
    """The image that a signature is to be about, and the time by which it has not expired."""

    image: RawManifest
    at: datetime


def read_signatures(layer: Descriptor, body: bytes, subject: Subject) -> tuple[Signed, ...]:
    """What is signed in the layer of a signature's manifest, which holds `body`. Raises InvalidContent."""
    image = subject.image
    if layer.media_type == SIMPLE_SIGNING:
        return (read_simple_signing(layer, body, image.digest),)
    if layer.media_type.startswith(BUNDLE):
        return read_bundle(body, image)
    if layer.media_type == JWS:
        return (read_jws(body, image.digest, subject.at),)
    if layer.media_type == COSE:
        raise InvalidContent("a Notary signature in COSE: only those in JWS are read (notation sign's default)")
    raise InvalidContent(f"{shown(layer.media_type)} is no format of signatures that is known here")


def read_simple_signing(layer: Descriptor, body: bytes, digest: Digest) -> Signed:
    """Cosign's: the blob is the payload, and its signature an annotation of the layer. Raises InvalidContent.

    cosign's signature specification, "Simple Signing" and "OCI Image Manifest V1".
    """
    notes = dict(layer.annotations)
    kind = "a keyless cosign signature" if _CERTIFICATE in notes else "a cosign signature"
    if not (signature := notes.get(_SIGNATURE)):
        raise InvalidContent(f"{kind}: its layer carries no signature")
    critical = read_mapping(read_object(body, "payload").get("critical"), "critical in a cosign payload")
    if critical.get("type") != _COSIGN_TYPE:
        raise InvalidContent(f"{kind}: its payload is of the type {shown(critical.get('type'))}")
    named = read_mapping(critical.get("image"), "critical.image in a cosign payload").get("docker-manifest-digest")
    if named != str(digest):
        raise InvalidContent(f"{kind} of another image: {shown(named)}")
    return Signed(kind, body, decoded(signature, f"{kind}: its annotation"))
