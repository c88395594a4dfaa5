"""Proving signatures with public keys."""

from typing import Protocol


class Trust(Protocol):
    """Knows public keys by the files they lie in."""

    async def verifies(self, key_file: str, message: bytes, signature: bytes, algorithm: str = "") -> bool:
        """True where the key in `key_file` (PEM: a public key or a certificate) made `signature` of `message`.

        `algorithm` is a JSON web signature's (`ES256`, `PS384` …; RFC 7518); empty is what cosign does with a key of
        its kind: ECDSA, RSA (PKCS #1 v1.5, or PSS) or Ed25519, with SHA-256, on a larger curve also with the hash that
        fits it. Raises TrustError where the key cannot be used.
        """
        ...
