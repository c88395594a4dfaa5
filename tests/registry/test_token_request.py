import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.registry.challenge import Challenge
from tui.registry.client import Timing
from tui.registry.credentials import Credential
from tui.registry.token_request import basic_authorization, make_token_request, read_token
from tui.registry.urls import Url

TIMING = Timing(monotonic=lambda: 100.0, now=lambda: 1_000_000.0)
REALM = Url.parse("https://r/token?x=1")
CHALLENGE = Challenge("bearer", str(REALM), "r.example.com", ("repository:a:pull", "repository:b:pull"))


def web_token(**claims: object) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{payload}.c2ln"


def read(**fields: object) -> tuple[str, float]:
    token = read_token(json.dumps(fields).encode(), TIMING)
    return token.value, token.stale_at - 100.0


def test_scope_repeats_and_the_realm_keeps_its_query() -> None:
    request = make_token_request("look", REALM, CHALLENGE, None)
    assert request.url.query == "x=1&service=r.example.com&scope=repository:a:pull&scope=repository:b:pull"
    assert "Authorization" not in request.headers


def test_identity_token_is_posted_and_never_in_a_url() -> None:
    request = make_token_request("look", REALM, CHALLENGE, Credential(identity_token="refresh-me"))
    assert request.method == "POST"
    assert b"grant_type=refresh_token" in (request.body or b"")  # type: ignore[operator]
    assert b"refresh_token=refresh-me" in (request.body or b"")  # type: ignore[operator]
    assert "refresh-me" not in str(request.url)


@pytest.mark.parametrize(
    ("fields", "life"),
    [
        ({"token": "t", "expires_in": 300}, 240.0),
        ({"access_token": "t", "expires_in": 100}, 80.0),
        ({"token": "t"}, 48.0),
        ({"token": "t", "expires_in": "300"}, 48.0),
        ({"token": "t", "expires_in": 10**9}, 2880.0),
        ({"token": "t", "expires_in": 10**400}, 2880.0),
    ],
)
def test_tokens_are_renewed_before_they_expire(fields: dict[str, object], life: float) -> None:
    assert read(**fields) == ("t", pytest.approx(life))


def test_life_beyond_all_numbers_is_none() -> None:
    value = web_token(exp=10**400, iat=1)
    assert read(access_token=value) == (value, pytest.approx(48.0))


@pytest.mark.parametrize(
    "credential", [Credential("me", "planted-secret"), Credential(identity_token="planted-secret")]
)
def test_request_shows_no_secret_of_its_own(credential: Credential) -> None:
    request = make_token_request("look", REALM, CHALLENGE, credential)
    shown = repr(request)
    assert "planted-secret" not in shown
    assert basic_authorization(credential) not in shown


def test_life_is_read_from_the_claims_whatever_the_clock_says() -> None:
    value = web_token(exp=5000, iat=4000)
    assert read(access_token=value) == (value, pytest.approx(800.0))


@pytest.mark.parametrize("value", ["a.\N{LATIN SMALL LETTER E WITH ACUTE}.c", "a.!!.c", "x", web_token(exp="soon")])
def test_odd_claims_are_passed_over(value: str) -> None:
    if value.isascii():
        assert read(token=value)[1] == pytest.approx(48.0)
    else:
        with pytest.raises(ValueError, match="none"):
            read(token=value)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'"t"', b"{}", b'{"token": 1}', b'{"token": "a\\r\\nX: y"}'])
def test_answers_without_a_token_are_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"JSON|none"):
        read_token(body, TIMING)


@given(st.binary())
def test_no_answer_breaks_the_reader(body: bytes) -> None:
    try:
        read_token(body, TIMING)
    except ValueError as error:
        assert str(error)


def test_secrets_are_not_in_repr() -> None:
    assert "hunter2" not in repr(Credential("u", "hunter2", "hunter2"))
    assert "hunter2" not in repr(read_token(b'{"token": "hunter2"}', TIMING))
