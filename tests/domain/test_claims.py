"""What a token says of itself, and whether that is Azure's login."""

import pytest

from tests.registry.azure import web_token
from tui.domain.claims import claims_of, is_of_azure, life_of, subject_of


@pytest.mark.parametrize(
    ("issuer", "expected"),
    [
        ("https://sts.windows.net/72f988bf/", True),
        ("https://login.microsoftonline.com/72f988bf/v2.0", True),
        ("https://login.microsoftonline.us/72f988bf/v2.0", True),
        ("https://login.partner.microsoftonline.cn/72f988bf/v2.0", True),
        ("http://sts.windows.net/72f988bf/", False),
        ("https://sts.windows.net.example.com/", False),
        ("https://u@sts.windows.net/", False),
        ("https://sts.windows.net\\@example.com/", False),
        ("https://sts.windows.net#.example.com/", False),
        ("https://sts.windows.net\n", False),
        ("Azure Container Registry", False),
        (5, False),
        (None, False),
    ],
)
def test_issuers_of_azure(issuer: object, expected: bool) -> None:
    assert is_of_azure(web_token(iss=issuer)) is expected


@pytest.mark.parametrize("token", ["", "x", "a.!!.c", "a.W10.c", "a.\N{LATIN SMALL LETTER E WITH ACUTE}.c"])
def test_what_is_no_web_token_claims_nothing(token: str) -> None:
    assert claims_of(token) == {}
    assert life_of(token, 0.0) is None


def test_life_is_by_the_issuers_own_clock() -> None:
    assert life_of(web_token(exp=5000, iat=4000), now=1e9) == 1000
    assert life_of(web_token(exp=5000), now=4990) == 10
    assert life_of(web_token(exp=1, iat=5), now=0) == 0


ENTRA = "https://login.microsoftonline.com/72f988bf/v2.0"


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"iss": "Azure Container Registry", "sub": "ann@contoso.example", "upn": "x"}, "ann@contoso.example"),
        ({"iss": ENTRA, "sub": "pairwise", "preferred_username": "ann@contoso.example"}, "ann@contoso.example"),
        ({"iss": ENTRA, "sub": "pairwise", "appid": "a1", "oid": "o1"}, "a1"),
        ({"iss": ENTRA, "sub": "pairwise"}, ""),
        ({"sub": 5, "oid": "o1"}, "o1"),
        ({"sub": " "}, ""),
        ({}, ""),
    ],
)
def test_whom_a_token_was_issued_to(claims: dict[str, object], expected: str) -> None:
    assert subject_of(web_token(**claims)) == expected
