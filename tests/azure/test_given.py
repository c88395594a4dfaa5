"""A token that was given beforehand."""

import base64
import json

import pytest

from tui.azure.given import GivenLogin
from tui.ports.errors import LoginError

ARM = "https://management.azure.com/.default"


def shaped(**claims):
    claims = {"iss": "https://sts.windows.net/tenant/"} | claims
    body = base64.urlsafe_b64encode(json.dumps(claims, ensure_ascii=False).encode()).rstrip(b"=").decode()
    return f"head.{body}.sign"


def login(*tokens):
    rest = list(tokens)
    return GivenLogin(lambda: rest.pop(0) if len(rest) > 1 else rest[0], clock=lambda: 1000)


@pytest.mark.parametrize("name", ["x", "ÿ?>~", "名前"])  # base64url's own letters, and what an SDK's reader breaks on
async def test_its_end_is_read_from_it(name):
    value = shaped(exp=2000, name=name)
    token = await login(f" {value}\n").token(ARM)
    assert (token.value, token.expires_at) == (value, 2000)


async def test_it_is_read_each_time():
    given = login(shaped(exp=2000), shaped(exp=3000))
    assert (await given.token(ARM)).expires_at == 2000
    assert (await given.token(ARM)).expires_at == 3000


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("", "no token is given"),
        ("opaque-password", "none of Azure's"),
        ("a.b.c", "none of Azure's"),
        ("a.é.c", "none of Azure's"),
        ("a.W10.c", "none of Azure's"),
        (shaped(exp="soon"), "none of Azure's"),
        (shaped(exp=2000, iss="Azure Container Registry"), "a registry's own"),
        (shaped(exp=2000, iss="https://token.actions.githubusercontent.com"), "none of Azure's"),
        (shaped(exp=1000), "has ended"),
    ],
)
async def test_another_is_refused_unseen(value, sentence):
    with pytest.raises(LoginError, match=sentence) as caught:
        await login(value).token(ARM)
    assert "az account get-access-token" in str(caught.value)
    assert not value or value not in str(caught.value)
