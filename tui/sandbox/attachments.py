"""What is attached to an image: signatures, bills of materials, attestations. They vouch for nothing: sample data.

The signatures are real, by a key that everybody has; the attestations are not signed.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from tui.domain.content import digest_of
from tui.domain.reference import Digest
from tui.sandbox.images import Image, artifact
from tui.sandbox.sample_key import sign

_IN_TOTO: Final = "application/vnd.in-toto+json"
_SIGNATURE: Final = "application/vnd.dev.cosign.artifact.sig.v1+json"
_SIGNED: Final = "application/vnd.dev.cosign.simplesigning.v1+json"
_ENVELOPE: Final = "application/vnd.dsse.envelope.v1+json"
_SPDX: Final = "application/spdx+json"


def attestation(subject: Image) -> Image:
    """A provenance attestation as builders list it beside the platforms of an index."""
    payload = _statement("https://slsa.dev/provenance/v1", subject.digest)
    notes = {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": str(subject.digest),
    }
    made = artifact(_IN_TOTO, payload, payload_type=_IN_TOTO)
    return replace(made, platform="unknown/unknown", annotations=notes)


def signature(subject: Image) -> Image:
    """A signature attached to `subject`."""
    payload = _payload(subject.digest)
    return artifact(_SIGNATURE, payload, payload_type=_SIGNED, subject=subject, payload_notes=_signed(payload))


def bill_of_materials(subject: Image) -> Image:
    """An SBOM attached to `subject`."""
    return artifact(_SPDX, _bill(subject), payload_type=_SPDX, subject=subject)


def cosign_tags(subject: Image) -> Iterator[tuple[str, Image]]:
    """The tags under which older signing tools keep a signature, an attestation and an SBOM, each with the manifest
    there: it has no subject."""
    stem = f"sha256-{subject.digest.hex}"
    payload, attested = _payload(subject.digest), _statement("attestation", subject.digest)
    yield f"{stem}.sig", artifact(_SIGNED, payload, payload_type=_SIGNED, payload_notes=_signed(payload))
    yield f"{stem}.att", artifact(_ENVELOPE, attested, payload_type=_ENVELOPE)
    yield f"{stem}.sbom", artifact(_SPDX, _bill(subject), payload_type=_SPDX)


def _bill(subject: Image) -> bytes:
    return json.dumps({"spdxVersion": "SPDX-2.3", "name": str(subject.digest), "packages": []}).encode()


def _payload(digest: Digest) -> bytes:
    """What cosign signs of an image (its signature specification, "Simple Signing")."""
    critical = {
        "identity": {"docker-reference": ""},
        "image": {"docker-manifest-digest": str(digest)},
        "type": "cosign container image signature",
    }
    return json.dumps({"critical": critical, "optional": None}).encode()


def _signed(payload: bytes) -> Mapping[str, str]:
    """Where cosign keeps the signature of a payload: at the layer."""
    return {"dev.cosignproject.cosign/signature": base64.b64encode(sign(payload)).decode()}


def _statement(kind: str, digest: Digest) -> bytes:
    note = digest_of(f"{kind} {digest}".encode())
    return json.dumps({"predicateType": kind, "subject": str(digest), "note": str(note)}).encode()
