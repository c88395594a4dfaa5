"""Reading a public key from PEM: a key, or the certificate of one. That a certificate is still valid is not asked:
who names it in the settings trusts its key."""

from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    SECP521R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

from tui.ports.errors import TrustError

PublicKey = EllipticCurvePublicKey | RSAPublicKey | Ed25519PublicKey

_LIMIT: Final = 64 * 1024
"""Bytes; a key has a few hundred, a certificate a few thousand."""
_CURVES: Final = (SECP256R1, SECP384R1, SECP521R1)
_WEAK: Final = 2048
"""Bits below which an RSA key is not trusted (NIST SP 800-131A)."""


def read_key(file: str) -> PublicKey:
    """The public key in `file`. Raises TrustError."""
    body = _read(file)
    try:
        is_certificate = b"-----BEGIN CERTIFICATE-----" in body
        key = load_pem_x509_certificate(body).public_key() if is_certificate else load_pem_public_key(body)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise TrustError(
            f"{file} holds {_found(body)}: name a PEM file with a public key in gates.signed_by"
        ) from error
    match key:
        case EllipticCurvePublicKey() if isinstance(key.curve, _CURVES):
            return key
        case RSAPublicKey() if key.key_size >= _WEAK:
            return key
        case Ed25519PublicKey():
            return key
        case _:
            wanted = "ECDSA P-256, P-384 or P-521, RSA of 2048 bits or more, Ed25519"
            raise TrustError(f"{file} holds a key of a kind that proves nothing here: use {wanted}")


def _read(file: str) -> bytes:
    try:
        with Path(file).open("rb") as opened:
            return opened.read(_LIMIT)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise TrustError(
            f"the public key {file} cannot be read: {reason}; put it there or mend gates.signed_by"
        ) from error


def _found(body: bytes) -> str:
    if b"PRIVATE KEY-----" in body:
        return "a private key, which should not lie here (`cosign public-key --key FILE` writes the public one)"
    return "no public key"
