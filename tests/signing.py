"""Signatures of images as the tools in the field write them, made with real keys."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tui.domain.reference import Digest
from tui.sandbox import images
from tui.sandbox.images import Image

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | Ed25519PrivateKey
SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json"
COSIGN = "application/vnd.dev.cosign.artifact.sig.v1+json"
BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
NOTARY = "application/vnd.cncf.notary.signature"
SIGNS = "https://sigstore.dev/cosign/sign/v1"
SCHEME = "io.cncf.notary.signingScheme"


def p256() -> PrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody with a private key."""

    key: PrivateKey = field(default_factory=p256)

    def public(self, file: Path) -> str:
        """Writes the public key to `file`; its path."""
        pem = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        file.write_bytes(pem)
        return str(file)

    def sign(self, message: bytes, hashing: HashAlgorithm | None = None) -> bytes:
        """As cosign signs: ASN.1, PKCS #1 v1.5 or Ed25519."""
        if isinstance(self.key, Ed25519PrivateKey):
            return self.key.sign(message)
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(message, padding.PKCS1v15(), hashing or SHA256())
        return self.key.sign(message, ec.ECDSA(hashing or SHA256()))

    def sign_pss(self, message: bytes, hashing: HashAlgorithm) -> bytes:
        """As a JSON web signature by an RSA key."""
        assert isinstance(self.key, rsa.RSAPrivateKey)
        return self.key.sign(message, padding.PSS(padding.MGF1(hashing), hashing.digest_size), hashing)

    def sign_joined(self, message: bytes, hashing: HashAlgorithm) -> bytes:
        """As a JSON web signature by a key on a curve."""
        assert isinstance(self.key, ec.EllipticCurvePrivateKey)
        size = (self.key.curve.key_size + 7) // 8
        return b"".join(part.to_bytes(size, "big") for part in decode_dss_signature(self.sign(message, hashing)))

    def cosign(self, subject: Image, *, attached: bool = True, of: Digest | None = None) -> Image:
        """What `cosign sign --key` writes before version 3: `attached` as a referrer, else for a tag."""
        payload = simple_signing(of or subject.digest)
        notes = {"dev.cosignproject.cosign/signature": base64.b64encode(self.sign(payload)).decode()}
        return images.artifact(
            COSIGN if attached else SIMPLE_SIGNING,
            payload,
            payload_type=SIMPLE_SIGNING,
            subject=subject if attached else None,
            payload_notes=notes,
        )

    def bundle(self, subject: Image, *, of: Digest | None = None, predicate: str = SIGNS) -> Image:
        """What `cosign sign --key` writes from version 3 on."""
        return bundled(self.statement(of or subject.digest, predicate), subject)

    def statement(self, digest: Digest, predicate: str = SIGNS) -> dict[str, Any]:
        """A Sigstore bundle with a signed statement about `digest`."""
        said = {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": "", "digest": {digest.algorithm: digest.hex}}],
            "predicateType": predicate,
            "predicate": {},
        }
        payload, kind = json.dumps(said).encode(), "application/vnd.in-toto+json"
        signature = self.sign(f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload)
        signatures = [{"sig": base64.b64encode(signature).decode(), "keyid": ""}]
        envelope = {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": kind,
            "signatures": signatures,
        }
        return {
            "mediaType": BUNDLE,
            "verificationMaterial": {"publicKey": {"hint": "x"}},
            "dsseEnvelope": envelope,
        }

    def message(self, body: bytes) -> dict[str, Any]:
        """A Sigstore bundle with a signature of `body` itself, as of any file."""
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        signature = {
            "messageDigest": {"algorithm": "SHA2_256", "digest": digest},
            "signature": base64.b64encode(self.sign(body)).decode(),
        }
        return {
            "mediaType": BUNDLE,
            "verificationMaterial": {"publicKey": {"hint": "x"}},
            "messageSignature": signature,
        }

    def notary(self, subject: Image, **header: Any) -> Image:
        """What `notation sign` writes, with a P-256 key."""
        envelope = json.dumps(self.envelope(subject.digest, **header)).encode()
        return images.artifact(NOTARY, envelope, payload_type="application/jose+json", subject=subject)

    def envelope(self, digest: Digest, **header: Any) -> dict[str, Any]:
        """The JSON web signature of a payload that names `digest`."""
        said = {
            "alg": "ES256",
            "cty": "application/vnd.cncf.notary.payload.v1+json",
            "crit": [SCHEME],
            SCHEME: "notary.x509",
            **header,
        }
        protected = web64(json.dumps(said).encode())
        payload = web64(json.dumps({"targetArtifact": {"digest": str(digest)}}).encode())
        signature = self.sign_joined(f"{protected}.{payload}".encode(), SHA256())
        return {
            "payload": payload,
            "protected": protected,
            "header": {"x5c": []},
            "signature": web64(signature),
        }


def bundled(bundle: Mapping[str, Any], subject: Image) -> Image:
    """A Sigstore bundle attached to an image."""
    return images.artifact(BUNDLE, json.dumps(bundle).encode(), payload_type=BUNDLE, subject=subject)


def simple_signing(digest: Digest, kind: str = "cosign container image signature") -> bytes:
    """The payload that cosign signs."""
    critical = {
        "identity": {"docker-reference": "registry.example/shop/api"},
        "image": {"docker-manifest-digest": str(digest)},
        "type": kind,
    }
    return json.dumps({"critical": critical, "optional": None}).encode()


def web64(data: bytes) -> str:
    """Base64 for the web, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
