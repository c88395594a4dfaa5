"""Secrets reach the receiver, and nothing else."""

import base64

import pytest
from aiohttp import web

from tests.notify.receivers import receiver, tell, webhook
from tui.domain.hooks import HookFormat, Webhook
from tui.notify.secrets import destination_of
from tui.ports.errors import HookError

SECRET = "s3cr3t-hunter2"


def basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


@pytest.mark.parametrize(
    ("secret", "header", "sent"),
    [
        (SECRET, "", ("Authorization", f"Bearer {SECRET}")),
        (f"Bearer {SECRET}", "", ("Authorization", f"Bearer {SECRET}")),
        ("$app:pass:word", "", ("Authorization", basic("$app:pass:word"))),
        (f"  {SECRET}\n", "", ("Authorization", f"Bearer {SECRET}")),
        ("user:word", "X-Hook", ("X-Hook", "user:word")),
        ("mine", "user-agent", ("User-Agent", "mine")),
    ],
)
async def test_what_the_secret_becomes(secret: str, header: str, sent: tuple[str, str]) -> None:
    async with receiver() as taken:
        await tell(webhook(taken.address, secret_env="HOOK", header=header), {"HOOK": secret})
    name, value = sent
    told = [each for key, each in taken.requests[0].headers.items() if key.lower() == name.lower()]
    assert told == [value]


async def test_address_is_a_secret_with_userinfo() -> None:
    async with receiver() as taken:
        address = taken.address.replace("//", "//$app:p%40ss@") + "/api/hook?sig=a%2Fb"
        await tell(Webhook(address_env="HOOK"), {"HOOK": address})
    (request,) = taken.requests
    assert request.path == "/api/hook?sig=a%2Fb"
    assert request.headers["Authorization"] == basic("$app:p@ss")
    assert "@" not in request.headers["Host"]


@pytest.mark.parametrize(
    ("hook", "env", "told"),
    [
        (Webhook("https://x.example", secret_env="HOOK"), {}, "the environment variable HOOK is not set"),
        (Webhook("https://x.example", secret_env="HOOK"), {"HOOK": "  "}, "the environment variable HOOK is not set"),
        (Webhook("https://x.example", secret_env="HOOK"), {"HOOK": f"{SECRET}\r\nX: y"}, "HOOK holds a line end"),
        (Webhook(address_env="HOOK"), {}, "HOOK is not set: it holds this hook's address"),
        (Webhook(address_env="HOOK"), {"HOOK": f"http://x.example/{SECRET}"}, "x.example would be told without"),
        (Webhook(address_env="HOOK"), {"HOOK": f"ftp://x.example/{SECRET}"}, "begins with https://"),
        (Webhook(address_env="HOOK"), {"HOOK": f"https://x:{SECRET}@[::1/"}, "begins with https://"),
        (Webhook(address_env="HOOK"), {"HOOK": f"http://localhost:80@x.example/{SECRET}"}, "x.example would be told"),
        (Webhook(address_env="HOOK"), {"HOOK": f"http://127.0.0.1\\@x.example/{SECRET}"}, "begins with https://"),
    ],
)
async def test_what_cannot_be_used_is_told_without_it(hook: Webhook, env: dict[str, str], told: str) -> None:
    with pytest.raises(HookError, match=told) as caught:
        await tell(hook, env)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("times", [1, 40_000])
async def test_receiver_that_echoes_what_it_was_sent(times: int) -> None:
    encoded = base64.b64encode(f"app:{SECRET}".encode()).decode()
    echo = f"no: {encoded} {SECRET} /services/T0/zzz9 sig=q%2Fq9 q/q9 " * times
    async with receiver(web.Response(status=403, text=echo)) as taken:
        address = taken.address.replace("//", f"//app:{SECRET}@") + "/services/T0/zzz9?sig=q%2Fq9"
        with pytest.raises(HookError) as caught:
            await tell(Webhook(address_env="HOOK"), {"HOOK": address})
    told = str(caught.value)
    assert told.startswith("it answered 403 Forbidden: no: •••")
    for secret in (SECRET, encoded, "zzz9", "sig="):
        assert secret not in told


def test_nothing_shows_in_a_repr() -> None:
    hook = Webhook("https://x.example/T0/path", "", HookFormat.ACR, "HOOK")
    told = repr(destination_of(hook, {"HOOK": SECRET}))
    assert SECRET not in told
    assert "T0" not in told
    assert hook.title == "webhook https://x.example"


@pytest.mark.parametrize("rest", ["?sig=zzz9", "/zzz9", "#zzz9", "/?zzz9", ":443?zzz9", "?a=/zzz9"])
def test_a_title_tells_of_an_address_no_more_than_where_it_is(rest: str) -> None:
    assert Webhook(f"https://x.example{rest}").title.removesuffix(":443") == "webhook https://x.example"
