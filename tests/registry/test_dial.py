"""TLS and proxies, against servers that look at what they are asked first."""

import asyncio
import base64
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.azure.entra import certificate
from tests.registry.raw import (
    EMPTY,
    OK,
    Server,
    Talk,
    ask,
    listening,
    saying,
    unsaid_length,
    unsaid_length_and_cut,
    wire,
)
from tui.ports.errors import Unreachable
from tui.registry.endpoint import Endpoint
from tui.registry.limits import Limits
from tui.registry.request import Request
from tui.registry.retry import Again
from tui.registry.urls import Url
from tui.registry.wire import Wire

USER = "op:erator"
SECRET = "p@ss/w0rd"
PROXY_AUTHORIZATION = b"Proxy-Authorization: Basic " + base64.b64encode(f"{USER}:{SECRET}".encode())


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def elsewhere(server: Server, scheme: str) -> Url:
    """A host that nobody can resolve, but a proxy."""
    return Url.parse(f"{scheme}://registry.invalid:{server.port}/v2/")


async def ask_elsewhere(scheme: str, server: Server, ca_file: str | None = None) -> bytes:
    url = elsewhere(server, scheme)
    made = Wire(Endpoint(f"{url.host}:{url.port}", plain_http=scheme == "http", ca_file=ca_file), Limits(connect=5))
    try:
        return await ask(made, url)
    finally:
        await made.close()


async def test_tls_is_spoken_with_the_name_of_the_host(tmp_path: Path) -> None:
    context, ca_file = certificate(tmp_path)
    names: list[str | None] = []
    context.sni_callback = lambda sock, name, context: names.append(name)
    async with listening(saying(OK), tls=context) as server, wire(server, ca_file=ca_file) as made:
        assert [await ask(made, server.url(scheme="https")) for _ in range(2)] == [b"ok"] * 2
        assert server.connections == 1
        with pytest.raises(Unreachable, match="another host name"):
            await ask(made, Url("https", "localhost", server.port))
    assert names == [None, "localhost"]  # an address is no name (RFC 6066, section 3)


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    context, _ = certificate(tmp_path)
    async with listening(saying(OK), tls=context) as server:
        made = Wire(Endpoint(server.host), Limits())
        with pytest.raises(Unreachable, match="not signed by an authority known here"):
            await ask(made, server.url(scheme="https"))
        await made.close()


async def test_a_large_body_in_tls(tmp_path: Path) -> None:
    context, ca_file = certificate(tmp_path)
    heard: list[int] = []

    async def talk(talk: Talk) -> None:
        await talk.head()
        heard.append(len(await talk.reader.readexactly(4 << 20)))
        await talk.say(EMPTY)

    async with listening(talk, tls=context) as server, wire(server, ca_file=ca_file) as made:
        url = server.url(scheme="https")
        await made.send(Request("push", "PUT", url, body=bytes(4 << 20)), url, {})
    assert heard == [4 << 20]


async def test_a_body_ends_only_where_tls_says_so(tmp_path: Path) -> None:
    context, ca_file = certificate(tmp_path)
    async with listening(unsaid_length, tls=context) as server, wire(server, ca_file=ca_file) as made:
        assert await ask(made, server.url(scheme="https")) == b"ok"
    async with listening(unsaid_length_and_cut, tls=context) as server, wire(server, ca_file=ca_file) as made:
        with pytest.raises(Again, match="broke off"):
            await ask(made, server.url(scheme="https"))


async def test_a_server_that_does_not_finish_the_handshake(tmp_path: Path) -> None:
    _, ca_file = certificate(tmp_path)

    async def talk(talk: Talk) -> None:
        await asyncio.Event().wait()

    async with listening(talk) as server, wire(server, Limits(connect=0.1), ca_file) as made:
        with pytest.raises(Again, match="in time"):
            await ask(made, server.url(scheme="https"))


async def test_a_proxy_is_asked_for_the_whole_address(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(saying(OK)) as proxy:
        user, secret = "op%3Aerator", "p%40ss%2Fw0rd"
        monkeypatch.setenv("http_proxy", f"http://{user}:{secret}@{proxy.host}")
        assert await ask_elsewhere("http", proxy) == b"ok"
    head = proxy.heads[0]
    assert head.startswith(f"GET http://registry.invalid:{proxy.port}/v2/ HTTP/1.1\r\n".encode())
    assert PROXY_AUTHORIZATION in head


async def test_an_exception_may_be_of_one_port(monkeypatch: pytest.MonkeyPatch) -> None:
    async with listening(saying(OK)) as proxy:
        monkeypatch.setenv("http_proxy", f"http://{proxy.host}")
        monkeypatch.setenv("no_proxy", f"registry.invalid:{proxy.port + 1}")
        assert await ask_elsewhere("http", proxy) == b"ok"
        monkeypatch.setenv("no_proxy", f"other, registry.invalid:{proxy.port}")
        with pytest.raises(Again, match="cannot be resolved"):
            await ask_elsewhere("http", proxy)
        assert proxy.connections == 1


def tunnel(context: ssl.SSLContext, inside: list[bytes]) -> Callable[[Talk], Awaitable[None]]:
    """A proxy that connects to itself; what comes through is added to `inside`."""

    async def talk(talk: Talk) -> None:
        await talk.head()
        talk.writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")  # and not a turn between: what follows is TLS already
        await talk.writer.start_tls(context)
        inside.append(await talk.reader.readuntil(b"\r\n\r\n"))
        await talk.say(OK)

    return talk


async def test_closing_ends_a_handshake_under_way(tmp_path: Path) -> None:
    _, ca_file = certificate(tmp_path)
    dialled = asyncio.Event()

    async def talk(talk: Talk) -> None:
        dialled.set()
        await talk.reader.read()

    async with listening(talk) as server, wire(server, Limits(connect=3600, total=3600), ca_file) as made:
        asking = asyncio.create_task(ask(made, server.url(scheme="https")))
        await dialled.wait()
        await made.close()
        async with asyncio.timeout(10):
            with pytest.raises(Again, match="connection broke off"):
                await asking


async def test_https_goes_through_a_tunnel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    context, ca_file = certificate(tmp_path)
    inside: list[bytes] = []
    async with listening(tunnel(context, inside)) as proxy:
        monkeypatch.setenv("https_proxy", f"op%3Aerator:p%40ss%2Fw0rd@{proxy.host}")
        with pytest.raises(Unreachable, match="another host name"):  # the certificate is that of 127.0.0.1
            await ask_elsewhere("https", proxy, ca_file)
    assert proxy.heads[0].startswith(f"CONNECT registry.invalid:{proxy.port} HTTP/1.1\r\n".encode())
    assert PROXY_AUTHORIZATION in proxy.heads[0]


async def test_what_is_said_in_the_tunnel_the_proxy_does_not_hear(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context, ca_file = certificate(tmp_path, "registry.invalid")
    inside: list[bytes] = []
    async with listening(tunnel(context, inside)) as proxy:
        monkeypatch.setenv("https_proxy", f"http://u:p@{proxy.host}")
        assert await ask_elsewhere("https", proxy, ca_file) == b"ok"
    assert inside[0].startswith(b"GET /v2/ HTTP/1.1\r\n")
    assert b"Proxy-Authorization" not in inside[0]


async def test_https_goes_through_a_proxy_in_https(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    context, ca_file = certificate(tmp_path, "registry.invalid")
    inside: list[bytes] = []
    async with listening(tunnel(context, inside), tls=context) as proxy:
        monkeypatch.setenv("https_proxy", f"https://u:p@{proxy.host}")
        assert await ask_elsewhere("https", proxy, ca_file) == b"ok"
    assert inside[0].startswith(b"GET /v2/ HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 3\r\n\r\nwho", "answers 407: name a user"),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "answers 502"),
        (b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", "does not speak HTTP"),
    ],
)
async def test_a_proxy_that_does_not_connect(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: bytes, why: str
) -> None:
    async with listening(saying(answer)) as proxy:
        monkeypatch.setenv("https_proxy", f"http://u:s3cret@{proxy.host}")
        with pytest.raises(Unreachable, match=why) as caught:
            await ask_elsewhere("https", proxy, certificate(tmp_path)[1])
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(("proxy", "kind"), [("http://127.0.0.1:1", Again), ("ftp://u:s3cret@h", Unreachable)])
async def test_a_proxy_that_is_none(monkeypatch: pytest.MonkeyPatch, proxy: str, kind: type[Exception]) -> None:
    async with listening(saying(OK)) as server:
        monkeypatch.setenv("http_proxy", proxy)
        with pytest.raises(kind, match="proxy that the environment names") as caught:
            await ask_elsewhere("http", server)
    assert "s3cret" not in str(caught.value)


async def test_a_name_that_no_resolver_answers_keeps_no_other_registry_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked, answered, look_up = threading.Event(), threading.Event(), socket.getaddrinfo

    def hanging(host: str, *rest: Any, **options: Any) -> Any:
        if host != "silent.example" or options.get("flags"):
            return look_up(host, *rest, **options)
        asked.set()
        answered.wait(20)
        return look_up("127.0.0.1", *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", hanging)
    async with listening(saying(OK)) as server, wire(server) as good, wire(server) as bad:
        near, silent = (Url.parse(f"http://{host}:{server.port}/v2/") for host in ("localhost", "silent.example"))
        waiting = [asyncio.create_task(ask(bad, silent)) for _ in range(40)]
        while not asked.is_set():
            await asyncio.sleep(0)
        assert await ask(good, near) == b"ok"
        assert not any(task.done() for task in waiting)
        answered.set()
        assert set(await asyncio.gather(*waiting)) == {b"ok"}
