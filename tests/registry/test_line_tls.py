"""Blocking connections in TLS and through proxies."""

from pathlib import Path

import pytest

from tests.azure.entra import certificate
from tests.registry.lanes import SIZE, fetch, lane, push, taking
from tests.registry.raw import EMPTY, OK, Server, Talk, listening, saying, unsaid_length, unsaid_length_and_cut
from tests.registry.test_dial import PROXY_AUTHORIZATION, tunnel
from tui.ports.errors import Unreachable
from tui.registry.retry import Again
from tui.registry.urls import Url


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


async def test_body_in_tls(tmp_path: Path) -> None:
    context, ca_file = certificate(tmp_path)
    heard: list[int] = []
    async with listening(taking(heard), tls=context) as server, lane(server.host, ca_file=ca_file) as made:
        for _ in range(2):
            reply = await push(made, server.url(scheme="https"))
            await reply.read(10)
            reply.close()
        assert server.connections == 1
    assert heard == [SIZE, SIZE]


async def test_body_ends_only_where_tls_says_so(tmp_path: Path) -> None:
    context, ca_file = certificate(tmp_path)
    async with listening(unsaid_length, tls=context) as server, lane(server.host, ca_file=ca_file) as made:
        assert await fetch(made, server.url(scheme="https")) == b"ok"
    async with listening(unsaid_length_and_cut, tls=context) as server, lane(server.host, ca_file=ca_file) as made:
        with pytest.raises(Again, match="broke off"):
            await fetch(made, server.url(scheme="https"))


async def test_kept_connection_in_tls_that_was_cut_is_no_failure(tmp_path: Path) -> None:
    context, ca_file = certificate(tmp_path)

    async def talk(talk: Talk) -> None:
        await talk.head()
        await talk.say(OK)
        await talk.head()
        talk.cut_below()
        await talk.reader.read()

    async with listening(talk, tls=context) as server, lane(server.host, ca_file=ca_file) as made:
        assert [await fetch(made, server.url(scheme="https")) for _ in range(2)] == [b"ok"] * 2


async def test_certificate_of_a_stranger(tmp_path: Path) -> None:
    context, _ = certificate(tmp_path)
    async with listening(saying(OK), tls=context) as server, lane(server.host, plain_http=False) as made:
        with pytest.raises(Unreachable, match="not signed by an authority known here"):
            await fetch(made, server.url(scheme="https"))


def elsewhere(proxy: Server, scheme: str) -> Url:
    return Url.parse(f"{scheme}://registry.invalid:{proxy.port}/v2/")


async def test_proxy_is_asked_for_the_whole_address(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(saying(OK)) as proxy, lane("registry.invalid") as made:
        monkeypatch.setenv("http_proxy", f"http://op%3Aerator:p%40ss%2Fw0rd@{proxy.host}")
        assert await fetch(made, elsewhere(proxy, "http")) == b"ok"
    assert proxy.heads[0].startswith(f"GET http://registry.invalid:{proxy.port}/v2/ HTTP/1.1\r\n".encode())
    assert PROXY_AUTHORIZATION in proxy.heads[0]


async def test_https_goes_through_a_tunnel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    context, ca_file = certificate(tmp_path, "registry.invalid")
    inside: list[bytes] = []
    async with listening(tunnel(context, inside)) as proxy, lane("registry.invalid", ca_file=ca_file) as made:
        monkeypatch.setenv("https_proxy", f"op%3Aerator:p%40ss%2Fw0rd@{proxy.host}")
        assert await fetch(made, elsewhere(proxy, "https")) == b"ok"
    assert proxy.heads[0].startswith(f"CONNECT registry.invalid:{proxy.port} HTTP/1.1\r\n".encode())
    assert PROXY_AUTHORIZATION in proxy.heads[0]
    assert b"Proxy-Authorization" not in inside[0]


async def test_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = b"HTTP/1.1 407 Authenticate\r\nContent-Length: 0\r\n\r\n"
    async with listening(saying(refusal)) as proxy, lane("registry.invalid", plain_http=False) as made:
        monkeypatch.setenv("https_proxy", proxy.host)
        with pytest.raises(Unreachable, match="it answers 407"):
            await fetch(made, elsewhere(proxy, "https"))


async def test_https_goes_through_a_proxy_in_https(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    context, ca_file = certificate(tmp_path, "registry.invalid")
    bodies: list[bytes] = []

    async def talk(talk: Talk) -> None:
        await talk.head()
        talk.writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        await talk.writer.start_tls(context)
        while True:
            if (await talk.head()).startswith(b"PUT"):
                bodies.append(await talk.reader.readexactly(SIZE))
                await talk.say(EMPTY)
            else:
                await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % SIZE, bytes(SIZE))

    async with listening(talk, tls=context) as proxy, lane("registry.invalid", ca_file=ca_file) as made:
        monkeypatch.setenv("https_proxy", f"https://{proxy.host}")
        url = elsewhere(proxy, "https")
        reply = await push(made, url)
        assert await reply.read(10) == b""
        reply.close()
        assert await fetch(made, url) == bytes(SIZE)
        assert proxy.connections == 1
    assert bodies == [bytes(SIZE)]
    assert proxy.heads[0].startswith(b"CONNECT ")


async def test_certificate_of_a_stranger_behind_a_proxy_in_https(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context, ca_file = certificate(tmp_path, "another.invalid")
    async with listening(tunnel(context, []), tls=context) as proxy, lane("registry.invalid", ca_file=ca_file) as made:
        monkeypatch.setenv("https_proxy", f"https://{proxy.host}")
        with pytest.raises(Unreachable, match="another host name"):
            await fetch(made, elsewhere(proxy, "https"))


async def test_connection_behind_a_proxy_in_https_that_is_cut(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    context, ca_file = certificate(tmp_path, "registry.invalid")

    async def talk(talk: Talk) -> None:
        await talk.head()
        talk.writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        await talk.writer.start_tls(context)
        await unsaid_length_and_cut(talk)

    async with listening(talk, tls=context) as proxy, lane("registry.invalid", ca_file=ca_file) as made:
        monkeypatch.setenv("https_proxy", f"https://{proxy.host}")
        with pytest.raises(Again, match="broke off"):
            await fetch(made, elsewhere(proxy, "https"))
