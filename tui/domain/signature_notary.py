"""Notary Project signatures, as `notation` writes them: a flattened JSON web signature of what names the image.

Notary Project specifications, "JWS Signature Envelope"; RFC 7515. The chain of certificates in the envelope proves
nothing by itself and is not looked at: the keys are those of the settings.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from tui.domain.fields import InvalidContent, read_mapping, read_object, read_sequence
from tui.domain.reference import Digest
from tui.domain.signature_fields import Signed, decoded, shown, text_of
from tui.domain.timestamps import format_timestamp, parse_timestamp

JWS: Final = "application/jose+json"
COSE: Final = "application/cose"
_KIND: Final = "a Notary signature"
_PAYLOAD_TYPE: Final = "application/vnd.cncf.notary.payload.v1+json"
_ALGORITHMS: Final = frozenset({"PS256", "PS384", "PS512", "ES256", "ES384", "ES512"})
_SCHEME: Final = "io.cncf.notary.signingScheme"
_EXPIRY: Final = "io.cncf.notary.expiry"
_UNDERSTOOD: Final = frozenset({_SCHEME, _EXPIRY, "io.cncf.notary.authenticSigningTime"})


def read_jws(body: bytes, digest: Digest, at: datetime) -> Signed:
    """What is signed in an envelope. Raises InvalidContent, also where it expired before `at`."""
    envelope = read_object(body, "Notary signature")
    protected, payload, signature = (text_of(envelope, key, _KIND) for key in ("protected", "payload", "signature"))
    algorithm = _algorithm(read_object(decoded(protected, f"{_KIND}: its header"), "header of a Notary signature"), at)
    named = _named(read_object(decoded(payload, f"{_KIND}: its payload"), "payload of a Notary signature"))
    if named != str(digest):
        raise InvalidContent(f"{_KIND} of another image: {shown(named)}")
    message = f"{protected}.{payload}".encode()
    return Signed(_KIND, message, decoded(signature, f"{_KIND}: its signature"), algorithm)


def _algorithm(header: Mapping[str, Any], at: datetime) -> str:
    """The algorithm in a protected header that holds nothing critical which is not understood here."""
    critical = read_sequence(header.get("crit"), f"{_KIND}: crit")
    if unknown := [name for name in critical if not isinstance(name, str) or name not in _UNDERSTOOD]:
        raise InvalidContent(f"{_KIND} that wants {shown(unknown[0])} understood, which it is not here")
    if header.get("cty") != _PAYLOAD_TYPE:
        raise InvalidContent(f"{_KIND} with a payload of the type {shown(header.get('cty'))}")
    _refuse_expired(header.get(_EXPIRY), at)
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in _ALGORITHMS:
        raise InvalidContent(f"{_KIND} with the algorithm {shown(algorithm)}, which Notary does not allow")
    return algorithm


def _refuse_expired(expiry: object, at: datetime) -> None:
    if expiry is None:
        return
    until = parse_timestamp(expiry) if isinstance(expiry, str) else None
    if until is None:
        raise InvalidContent(f"{_KIND} that expires at no time: {shown(expiry)}")
    if until <= at:
        raise InvalidContent(f"{_KIND} that expired at {format_timestamp(until)}")


def _named(payload: Mapping[str, Any]) -> object:
    return read_mapping(payload.get("targetArtifact"), f"{_KIND}: targetArtifact").get("digest")
