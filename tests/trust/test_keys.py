"""Public keys: which kinds prove what, and what is said of a file that holds none."""

import datetime
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.signing import Signer
from tui.ports.errors import TrustError
from tui.trust.keys import PublicKeys

MESSAGE = b"an image"
KEYS = {
    "P-256": ec.generate_private_key(ec.SECP256R1()),
    "P-384": ec.generate_private_key(ec.SECP384R1()),
    "P-521": ec.generate_private_key(ec.SECP521R1()),
    "RSA": rsa.generate_private_key(65537, 2048),
    "Ed25519": Ed25519PrivateKey.generate(),
}


async def proves(key: str, signature: bytes, algorithm: str = "", message: bytes = MESSAGE) -> bool:
    return await PublicKeys().verifies(key, message, signature, algorithm)


@pytest.mark.parametrize("kind", KEYS)
async def test_a_key_proves_what_it_signed_and_nothing_else(tmp_path: Path, kind: str) -> None:
    signer = Signer(KEYS[kind])
    key, other = signer.public(tmp_path / "key.pub"), Signer().public(tmp_path / "other.pub")
    signature = signer.sign(MESSAGE)
    assert await proves(key, signature)
    assert not await proves(key, signature, message=MESSAGE + b"!")
    assert not await proves(other, signature)
    assert not await proves(key, b"")
    assert not await proves(key, b"\x30\x80\x00")


@pytest.mark.parametrize(("kind", "hashing"), [("P-384", SHA384()), ("P-521", SHA512())])
async def test_a_larger_curve_may_come_with_the_hash_that_fits_it(
    tmp_path: Path, kind: str, hashing: SHA384 | SHA512
) -> None:
    signer = Signer(KEYS[kind])
    assert await proves(signer.public(tmp_path / "key.pub"), signer.sign(MESSAGE, hashing))


async def test_rsa_may_be_padded_by_pss(tmp_path: Path) -> None:
    signer = Signer(KEYS["RSA"])
    assert await proves(signer.public(tmp_path / "key.pub"), signer.sign_pss(MESSAGE, SHA256()))


@pytest.mark.parametrize(
    ("kind", "algorithm", "hashing"),
    [("P-256", "ES256", SHA256()), ("P-384", "ES384", SHA384()), ("P-521", "ES512", SHA512())],
)
async def test_web_signatures_on_curves(
    tmp_path: Path, kind: str, algorithm: str, hashing: SHA256 | SHA384 | SHA512
) -> None:
    signer = Signer(KEYS[kind])
    key, signature = signer.public(tmp_path / "key.pub"), signer.sign_joined(MESSAGE, hashing)
    assert await proves(key, signature, algorithm)
    assert not await proves(key, signature[:-1], algorithm)
    assert not await proves(key, signature, "PS256")
    assert not await proves(key, signature, "none")


@pytest.mark.parametrize(("algorithm", "hashing"), [("PS256", SHA256()), ("PS384", SHA384()), ("PS512", SHA512())])
async def test_web_signatures_by_rsa(tmp_path: Path, algorithm: str, hashing: SHA256 | SHA384 | SHA512) -> None:
    signer = Signer(KEYS["RSA"])
    key, signature = signer.public(tmp_path / "key.pub"), signer.sign_pss(MESSAGE, hashing)
    assert await proves(key, signature, algorithm)
    assert not await proves(key, signature, "ES256")
    assert not await proves(key, signer.sign(MESSAGE, hashing), algorithm)


async def test_web_signatures_by_ed25519(tmp_path: Path) -> None:
    signer = Signer(KEYS["Ed25519"])
    key = signer.public(tmp_path / "key.pub")
    assert await proves(key, signer.sign(MESSAGE), "EdDSA")
    assert not await proves(key, signer.sign(MESSAGE), "ES256")


async def test_a_certificate_stands_for_its_key_even_when_it_is_no_longer_valid(tmp_path: Path) -> None:
    key = KEYS["P-256"]
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "release")])
    begun = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, begun, begun + datetime.timedelta(days=1))
    file = tmp_path / "release.pem"
    file.write_bytes(builder.sign(key, SHA256()).public_bytes(Encoding.PEM))
    assert await proves(str(file), Signer(key).sign(MESSAGE))


def a_private_key() -> bytes:
    return KEYS["P-256"].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def a_weak_key() -> bytes:
    return public(rsa.generate_private_key(65537, 1024).public_key())


def a_dsa_key() -> bytes:
    return public(dsa.generate_private_key(1024).public_key())


def another_curve() -> bytes:
    return public(ec.generate_private_key(ec.SECP256K1()).public_key())


def public(key: rsa.RSAPublicKey | dsa.DSAPublicKey | ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (lambda: b"", "no public key"),
        (lambda: b"\x00\xff" * 100_000, "no public key"),
        (lambda: b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "no public key"),
        (a_private_key, "a private key"),
        (a_weak_key, "RSA of 2048 bits"),
        (a_dsa_key, "a kind that proves nothing"),
        (another_curve, "P-256, P-384 or P-521"),
    ],
)
async def test_what_is_no_key_is_said_with_its_file_and_never_quoted(tmp_path: Path, written, told: str) -> None:
    file = tmp_path / "key.pub"
    file.write_bytes(written())
    with pytest.raises(TrustError, match=told) as raised:
        await proves(str(file), b"x")
    assert str(file) in str(raised.value)
    assert "BEGIN" not in str(raised.value)


@pytest.mark.parametrize("name", ["missing.pub", ""])
async def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(TrustError, match="cannot be read"):
        await proves(str(tmp_path / name), b"x")


async def test_a_replaced_key_counts_at_once(tmp_path: Path) -> None:
    old, new = Signer(), Signer()
    keys, file = PublicKeys(), tmp_path / "key.pub"
    key = old.public(file)
    assert await keys.verifies(key, MESSAGE, old.sign(MESSAGE))
    new.public(file)
    assert not await keys.verifies(key, MESSAGE, old.sign(MESSAGE))


def test_nothing_is_imported_before_a_signature_is_to_be_proved() -> None:
    script = "import sys, tui.trust.keys; print('cryptography' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert told.stdout.strip() == "False"
