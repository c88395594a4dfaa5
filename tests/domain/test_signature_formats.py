"""Whatever a registry holds as a signature is read, or refused with a sentence: what others wrote crashes nothing."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.content import Descriptor, RawManifest, digest_of
from tui.domain.fields import InvalidContent
from tui.domain.media import OCI_MANIFEST
from tui.domain.signature_fields import decoded
from tui.domain.signature_formats import SIMPLE_SIGNING, Subject, read_signatures

BODY = b'{"schemaVersion": 2}'
IMAGE = RawManifest(OCI_MANIFEST, BODY, digest_of(BODY))
SUBJECT = Subject(IMAGE, datetime(2026, 11, 24, 12, tzinfo=UTC))
BUNDLE, JWS = "application/vnd.dev.sigstore.bundle.v0.3+json", "application/jose+json"

leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(str(IMAGE.digest))
anything = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner))
packed = anything.map(lambda value: base64.b64encode(json.dumps(value).encode()).decode())


def document(*keys: str, **more: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects with some of `keys`, so that a reader gets far before it stumbles; or anything."""
    fields = dict.fromkeys(keys, anything | packed) | more
    return st.fixed_dictionaries({}, optional=fields) | anything


critical = document("type", image=document("docker-manifest-digest"))
statement = document(
    "_type", "predicateType", subject=st.lists(document(digest=document("sha256")), max_size=2)
).map(lambda value: base64.b64encode(json.dumps(value).encode()).decode())  # fmt: skip
envelope = document(
    payload=statement, payloadType=st.just("application/vnd.in-toto+json"), signatures=st.lists(document("sig"))
)
CONTENT = {
    SIMPLE_SIGNING: document(critical=critical),
    BUNDLE: document("verificationMaterial", dsseEnvelope=envelope, messageSignature=document("signature")),
    JWS: document(protected=packed, payload=packed, signature=packed),
}


@pytest.mark.parametrize("media_type", CONTENT)
@given(data=st.data())
def test_it_is_read_or_refused(media_type: str, data: st.DataObject) -> None:
    body = json.dumps(data.draw(CONTENT[media_type])).encode()
    _read(media_type, body)


@given(media_type=st.sampled_from([*CONTENT, "application/cose", "text/plain"]), body=st.binary())
def test_bytes_are_refused(media_type: str, body: bytes) -> None:
    _read(media_type, body)


def _read(media_type: str, body: bytes) -> None:
    notes = (("dev.cosignproject.cosign/signature", "AAAA"),)
    layer = Descriptor(media_type, digest_of(body), len(body), annotations=notes)
    try:
        found = read_signatures(layer, body, SUBJECT)
    except InvalidContent as error:
        assert str(error)
        assert str(error).isprintable()
        assert len(str(error)) < 400
    else:
        assert found


@given(st.binary())
def test_base64_is_read_in_either_alphabet_padded_or_not(data: bytes) -> None:
    for text in (base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode().rstrip("=")):
        assert decoded(text, "it") == data


@pytest.mark.parametrize("text", ["A", "AAAAA", "AB*C", "ä", "\ud800", "AA==AA=="])
def test_what_is_not_base64_is_refused(text: str) -> None:
    with pytest.raises(InvalidContent, match="it is not base64"):
        decoded(text, "it")


HEADER = {
    "alg": "ES256",
    "cty": "application/vnd.cncf.notary.payload.v1+json",
    "crit": ["io.cncf.notary.signingScheme"],
}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"alg": "none"}, "algorithm none"),
        ({"alg": "HS256"}, "algorithm HS256"),
        ({"alg": 7}, "nothing that is text"),
        ({"cty": "text/plain"}, "of the type text/plain"),
        ({"crit": ["io.cncf.notary.verificationPlugin"]}, "wants io.cncf.notary.verificationPlugin understood"),
        ({"crit": [["x"]]}, "understood, which it is not here"),
        ({"crit": None}, "crit is not a list"),
        ({"io.cncf.notary.expiry": "never"}, "expires at no time"),
        ({"io.cncf.notary.expiry": "2026-11-24T12:00:00Z"}, "expired at 2026-11-24T12:00:00.000Z"),
    ],
)
def test_a_notary_header_that_is_not_understood_proves_nothing(changed: dict[str, Any], told: str) -> None:
    payload = {"targetArtifact": {"digest": str(IMAGE.digest)}}
    parts = {"protected": HEADER | changed, "payload": payload, "signature": "x"}
    body = {key: base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for key, part in parts.items()}
    layer = Descriptor(JWS, IMAGE.digest, 1)
    with pytest.raises(InvalidContent, match=told):
        read_signatures(layer, json.dumps(body).encode(), SUBJECT)
    body["protected"] = base64.urlsafe_b64encode(json.dumps(HEADER).encode()).decode()
    assert read_signatures(layer, json.dumps(body).encode(), SUBJECT)
