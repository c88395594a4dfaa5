"""The key that the sample images are signed with. Everybody has it, so it vouches for nothing.

Ed25519 (RFC 8032) makes the same signature of the same message every time: the samples stay the same byte for byte.
"""

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_SEED: Final = hashlib.sha256(b"the sample images of windlass").digest()


def sign(message: bytes) -> bytes:
    """The signature of `message`."""
    return _key().sign(message)


def public_key() -> str:
    """The public key, in PEM, as `gates.signed_by` and `cosign verify --key` read it."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return _key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@lru_cache(maxsize=1)
def _key() -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(_SEED)
