"""Proving a signature with a public key."""

from collections.abc import Callable, Iterator
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm

from tui.trust.reading import PublicKey

Check = Callable[[bytes, bytes], None]
"""Takes signature and message; raises InvalidSignature where the key did not make the one of the other."""

_OF_CURVE: Final[dict[str, HashAlgorithm]] = {"secp256r1": SHA256(), "secp384r1": SHA384(), "secp521r1": SHA512()}
_CURVES: Final = {"ES256": "secp256r1", "ES384": "secp384r1", "ES512": "secp521r1"}
_PSS: Final[dict[str, HashAlgorithm]] = {"PS256": SHA256(), "PS384": SHA384(), "PS512": SHA512()}


def proves(key: PublicKey, message: bytes, signature: bytes, algorithm: str) -> bool:
    """True where `key` made `signature` of `message`, by `algorithm`, or where it is empty as cosign does."""
    checks = _web_checks(key, algorithm) if algorithm else _plain_checks(key)
    return any(_passes(check, signature, message) for check in checks)


def _passes(check: Check, signature: bytes, message: bytes) -> bool:
    try:
        check(signature, message)
    except InvalidSignature:
        return False
    return True


def _plain_checks(key: PublicKey) -> Iterator[Check]:
    """Cosign hashes with SHA-256 whatever the curve; newer versions with the hash that fits it."""
    if isinstance(key, EllipticCurvePublicKey):
        for algorithm in (SHA256(), _OF_CURVE[key.curve.name]):
            yield _ecdsa(key, algorithm)
    elif isinstance(key, RSAPublicKey):
        yield lambda signature, message: key.verify(signature, message, padding.PKCS1v15(), SHA256())
        yield _pss(key, SHA256())
    else:
        yield key.verify


def _web_checks(key: PublicKey, algorithm: str) -> Iterator[Check]:
    """None where `algorithm` does not fit the kind of `key` (RFC 7518, sections 3.4 and 3.5; RFC 8037)."""
    if isinstance(key, EllipticCurvePublicKey):
        if _CURVES.get(algorithm) == key.curve.name:
            yield _joined(key, _OF_CURVE[key.curve.name])
    elif isinstance(key, RSAPublicKey):
        if algorithm in _PSS:
            yield _pss(key, _PSS[algorithm])
    elif algorithm == "EdDSA":
        yield key.verify


def _ecdsa(key: EllipticCurvePublicKey, algorithm: HashAlgorithm) -> Check:
    return lambda signature, message: key.verify(signature, message, ECDSA(algorithm))


def _joined(key: EllipticCurvePublicKey, algorithm: HashAlgorithm) -> Check:
    """A JSON web signature's two numbers stand side by side, each as long as the curve's."""
    size = (key.key_size + 7) // 8

    def check(signature: bytes, message: bytes) -> None:
        if len(signature) != 2 * size:
            raise InvalidSignature
        numbers = (int.from_bytes(part, "big") for part in (signature[:size], signature[size:]))
        key.verify(encode_dss_signature(*numbers), message, ECDSA(algorithm))

    return check


def _pss(key: RSAPublicKey, algorithm: HashAlgorithm) -> Check:
    scheme = padding.PSS(padding.MGF1(algorithm), algorithm.digest_size)
    return lambda signature, message: key.verify(signature, message, scheme, algorithm)
