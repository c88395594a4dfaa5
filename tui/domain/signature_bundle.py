"""Sigstore bundles: a signature of an image's manifest itself, or of a statement that names its digest.

The bundle's protocol buffer as JSON, cosign's bundle specification, the DSSE protocol ("Signature Definition") and
in-toto's Statement. Only the signature is proved: certificates and transparency logs are not looked at.
"""

from collections.abc import Mapping
from typing import Any, Final

from tui.domain.content import RawManifest
from tui.domain.fields import InvalidContent, read_mapping, read_object, read_sequence
from tui.domain.reference import Digest
from tui.domain.signature_fields import Signed, decoded, shown, text_of

BUNDLE: Final = "application/vnd.dev.sigstore.bundle"
"""How the media types of all versions begin."""
_IN_TOTO: Final = "application/vnd.in-toto+json"
_STATEMENT: Final = "https://in-toto.io/Statement/"
_SIGNS: Final = "https://sigstore.dev/cosign/sign/v1"
"""The predicate of a statement that is a signature of its subject; any other says something else about it."""
_SHA256: Final = "SHA2_256"
_CERTIFICATES: Final = frozenset({"certificate", "x509CertificateChain"})
_MOST: Final = 20


def read_bundle(body: bytes, image: RawManifest) -> tuple[Signed, ...]:
    """What is signed in a bundle; a statement may have several signatures. Raises InvalidContent."""
    bundle = read_object(body, "Sigstore bundle")
    kind = _kind(bundle)
    if "dsseEnvelope" in bundle:
        envelope = read_mapping(bundle["dsseEnvelope"], "dsseEnvelope in a Sigstore bundle")
        _refuse_other(decoded(text_of(envelope, "payload", kind), f"{kind}: its payload"), image.digest, kind)
        return read_envelope(envelope, kind)
    if "messageSignature" in bundle:
        message = read_mapping(bundle["messageSignature"], "messageSignature in a Sigstore bundle")
        return (_read_message(message, image, kind),)
    raise InvalidContent(f"{kind} without a signature")


def read_envelope(envelope: Mapping[str, Any], kind: str) -> tuple[Signed, ...]:
    """The signatures of a DSSE envelope, each over its pre-authentication encoding. Raises InvalidContent."""
    payload_type = text_of(envelope, "payloadType", kind)
    if payload_type != _IN_TOTO:
        raise InvalidContent(f"{kind} with a payload of the type {shown(payload_type)}")
    payload = decoded(text_of(envelope, "payload", kind), f"{kind}: its payload")
    message = b"DSSEv1 %d %b %d %b" % (len(payload_type), payload_type.encode(), len(payload), payload)
    found = read_sequence(envelope.get("signatures"), f"{kind}: signatures")[:_MOST]
    texts = [text_of(read_mapping(item, f"{kind}: a signature"), "sig", kind) for item in found]
    if not texts:
        raise InvalidContent(f"{kind} without a signature")
    return tuple(Signed(kind, message, decoded(text, f"{kind}: a signature")) for text in texts)


def _read_message(message: Mapping[str, Any], image: RawManifest, kind: str) -> Signed:
    """The signature of the manifest's own bytes. What it says their digest is only helps to find the right one."""
    said = read_mapping(message.get("messageDigest", {}), f"{kind}: messageDigest")
    if said.get("algorithm") == _SHA256 and image.digest.algorithm == "sha256":
        digest = decoded(text_of(said, "digest", kind), f"{kind}: its digest")
        if digest.hex() != image.digest.hex:
            raise InvalidContent(f"{kind} of another image")
    return Signed(kind, image.body, decoded(text_of(message, "signature", kind), f"{kind}: its signature"))


def _refuse_other(payload: bytes, digest: Digest, kind: str) -> None:
    """Refuses a statement about something else, or one that says something else than that it is signed."""
    statement = read_object(payload, "statement in a Sigstore bundle")
    if not text_of(statement, "_type", kind).startswith(_STATEMENT):
        raise InvalidContent(f"{kind} without an in-toto statement")
    subjects = read_sequence(statement.get("subject"), f"{kind}: subject")
    if not any(_names(subject, digest) for subject in subjects):
        raise InvalidContent(f"{kind} of another image")
    predicate = statement.get("predicateType")
    if predicate != _SIGNS:
        raise InvalidContent(f"{kind} that attests {shown(predicate)}, which is no signature of the image")


def _names(subject: object, digest: Digest) -> bool:
    digests = read_mapping(read_mapping(subject, "a subject").get("digest"), "a subject's digest")
    return digests.get(digest.algorithm) == digest.hex


def _kind(bundle: Mapping[str, Any]) -> str:
    material = read_mapping(bundle.get("verificationMaterial", {}), "verificationMaterial in a Sigstore bundle")
    is_keyless = not _CERTIFICATES.isdisjoint(material)
    return "a keyless Sigstore bundle" if is_keyless else "a Sigstore bundle"
