"""Exchanges that block in threads, against servers that say the very bytes a test wants said."""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.azure.entra import certificate
from tests.registry.raw import EMPTY, OK, Server, Talk, listening, saying
from tests.registry.test_dial import PROXY_AUTHORIZATION, tunnel
from tui.ports.errors import InvalidAnswer, Unreachable
from tui.registry.aside import aside
from tui.registry.endpoint import Endpoint
from tui.registry.lane import Lane, LaneReply
from tui.registry.limits import Limits
from tui.registry.outbound import Outbound
from tui.registry.request import Freight, Request
from tui.registry.retry import Again
from tui.registry.urls import Url

SIZE = 4 << 20


class Load:
    """Freight of `SIZE` bytes, its parts given after `waits` seconds each."""

    def __init__(self, waits: float = 0.0) -> None:
        self._waits = waits

    def load(self, send: Callable[[memoryview], object]) -> None:
        for _ in range(4):
            time.sleep(self._waits)
            send(memoryview(bytes(SIZE // 4)))

    def stop(self) -> None:
        """Nothing of it blocks but `send`."""


class Said:
    """Freight of the parts given; None among them fails."""

    def __init__(self, *parts: bytes | None) -> None:
        self._parts = parts

    def load(self, send: Callable[[memoryview], object]) -> None:
        for part in self._parts:
            if part is None:
                raise InvalidAnswer("read", "the.source", "it is no blob")
            send(memoryview(part))

    def stop(self) -> None:
        """Nothing of it blocks but `send`."""


LOAD = Load()


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@asynccontextmanager
async def lane(
    host: str, limits: Limits | None = None, ca_file: str | None = None, *, plain_http: bool = True
) -> AsyncGenerator[Lane, None]:
    endpoint = Endpoint(host, plain_http=plain_http and ca_file is None, ca_file=ca_file)
    made = Lane(endpoint, limits or Limits(), Outbound(endpoint))
    yield made
    await made.close()


async def fetch(made: Lane, url: Url) -> bytes:
    """The body of a GET."""
    reply = await made.send(Request("fetch", "GET", url, streams=True, is_hauled=True), url, {})
    try:
        return await read(reply)
    finally:
        reply.close()


async def read(reply: LaneReply) -> bytes:
    room = memoryview(bytearray(1000))
    body = b""
    while count := await aside(partial(reply.readinto, room), reply.shut):
        body += bytes(room[:count])
    return body


async def push(made: Lane, url: Url, patience: float | None = None, freight: Freight = LOAD) -> LaneReply:
    """The answer to a PUT of so many bytes as it says before."""
    return await send(made, url, freight, {"Content-Length": str(SIZE)}, patience)


async def send(
    made: Lane, url: Url, freight: Freight, headers: Mapping[str, str], patience: float | None = None
) -> LaneReply:
    """The answer to a PUT."""
    request = Request("push", "PUT", url, headers=headers, body=freight, streams=True, is_hauled=True)
    return await made.send(replace(request, patience=patience), url, {})


def taking(heard: list[int]) -> Callable[[Talk], Awaitable[None]]:
    """Takes uploads and adds their sizes to `heard`."""

    async def talk(talk: Talk) -> None:
        while True:
            await talk.head()
            heard.append(len(await talk.reader.readexactly(SIZE)))
            await talk.say(EMPTY)

    return talk


async def test_one_connection_serves_again() -> None:
    async with listening(saying(OK)) as server, lane(server.host) as made:
        assert [await fetch(made, server.url()) for _ in range(2)] == [b"ok"] * 2
        assert server.connections == 1


async def test_connection_that_was_closed_meanwhile_is_no_failure() -> None:
    async def once(talk: Talk) -> None:
        await talk.head()
        await talk.say(OK)
        talk.cut()

    async with listening(once) as server, lane(server.host) as made:
        assert [await fetch(made, server.url()) for _ in range(3)] == [b"ok"] * 3
        assert server.connections == 3


async def test_connection_that_is_closed_upon_the_next_request_is_no_failure() -> None:
    async def once(talk: Talk) -> None:
        await talk.head()
        await talk.say(OK)
        await talk.head()
        talk.cut()

    async with listening(once) as server, lane(server.host) as made:
        assert [await fetch(made, server.url()) for _ in range(2)] == [b"ok"] * 2


async def test_body_that_was_not_read_costs_the_connection() -> None:
    async with listening(saying(OK)) as server, lane(server.host) as made:
        url = server.url()
        (await made.send(Request("fetch", "GET", url, streams=True, is_hauled=True), url, {})).close()
        assert await fetch(made, url) == b"ok"
        assert server.connections == 2


async def test_body_goes_out_and_the_connection_serves_again() -> None:
    heard: list[int] = []
    async with listening(taking(heard)) as server, lane(server.host) as made:
        for _ in range(2):
            reply = await push(made, server.url())
            await reply.read(10)
            reply.close()
        assert server.connections == 1
    assert heard == [SIZE, SIZE]


async def test_body_goes_out_in_chunks_or_by_its_length() -> None:
    heard: list[bytes] = []

    async def talk(talk: Talk) -> None:
        while True:
            head = await talk.head()
            heard.append(await talk.reader.readuntil(b"hello" if b"Content-Length: 5" in head else b"0\r\n\r\n"))
            await talk.say(EMPTY)

    async with listening(talk) as server, lane(server.host) as made:
        for headers in ({}, {"Content-Length": "5"}):
            reply = await send(made, server.url(), Said(b"he", b"", b"llo"), headers)
            await reply.read(10)
            reply.close()
        assert server.connections == 1
    assert heard == [b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", b"hello"]


async def test_body_that_fails_is_never_ended() -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    async def talk(talk: Talk) -> None:
        await talk.head()
        heard.put_nowait(await talk.reader.read())

    async with listening(talk) as server, lane(server.host) as made:
        with pytest.raises(InvalidAnswer, match="it is no blob"):
            await send(made, server.url(), Said(b"he", None), {})
        assert await heard.get() == b"2\r\nhe"


async def test_waiting_for_the_source_of_a_body_is_no_stall() -> None:
    heard: list[int] = []
    async with listening(taking(heard)) as server, lane(server.host, Limits(read=0.1)) as made:
        (await push(made, server.url(), freight=Load(waits=0.15))).close()
    assert heard == [SIZE]


async def test_answer_before_the_body_was_taken_is_heard_at_once() -> None:
    gone = asyncio.Event()

    async def refuse(talk: Talk) -> None:
        await talk.head()
        await talk.say(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
        await gone.wait()  # and it reads nothing

    async with listening(refuse) as server, lane(server.host) as made:
        reply = await push(made, server.url())
        assert (reply.status, await reply.read(10)) == (413, b"no")
        reply.close()
        gone.set()


async def test_answer_to_a_body_that_is_cut_off_is_heard() -> None:
    async def refuse(talk: Talk) -> None:
        await talk.head()
        await talk.reader.readexactly(100_000)
        await talk.say(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
        talk.cut()

    async with listening(refuse) as server, lane(server.host) as made:
        reply = await push(made, server.url())
        assert reply.status == 401
        reply.close()


async def test_body_that_is_cut_off_without_an_answer() -> None:
    async def cut(talk: Talk) -> None:
        await talk.head()
        await talk.reader.readexactly(100_000)
        talk.cut()

    async with listening(cut) as server, lane(server.host) as made:
        with pytest.raises(Again, match="broke off"):
            await push(made, server.url())


async def test_answer_that_does_not_come() -> None:
    async def silent(talk: Talk) -> None:
        await talk.head()
        await asyncio.Event().wait()

    async with listening(silent) as server, lane(server.host, Limits(read=0.1)) as made:
        with pytest.raises(Again, match="in time"):
            await fetch(made, server.url())


async def test_registry_may_take_long_to_store_what_it_has() -> None:
    async def slow(talk: Talk) -> None:
        await talk.head()
        await talk.reader.readexactly(SIZE)
        await asyncio.sleep(0.5)
        await talk.say(EMPTY)

    async with listening(slow) as server, lane(server.host, Limits(read=0.2)) as made:
        reply = await push(made, server.url(), patience=10)
        assert reply.status == 200
        reply.close()


@pytest.mark.parametrize("said", [b"SSH-2.0-OpenSSH_9.2\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"])
async def test_what_is_no_http(said: bytes) -> None:
    async with listening(saying(said)) as server, lane(server.host) as made:
        with pytest.raises(Unreachable, match="does not speak HTTP"):
            await fetch(made, server.url())


async def test_body_that_ends_early_is_broken_off() -> None:
    async def short(talk: Talk) -> None:
        await talk.head()
        await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nno")
        talk.cut()

    async with listening(short) as server, lane(server.host) as made:
        with pytest.raises(Again, match="broke off"):
            await fetch(made, server.url())


async def test_nobody_listens() -> None:
    async with listening(saying(OK)) as server:
        url = server.url()
    async with lane(server.host) as made:
        with pytest.raises(Again, match="the connection is refused"):
            await fetch(made, url)


async def until_no_thread_runs() -> None:
    """A thread has said its last word a moment before it is gone."""
    async with asyncio.timeout(5):
        while any(thread.name == "windlass-aside" for thread in threading.enumerate()):
            await asyncio.sleep(0.01)


async def test_cancel_ends_the_thread() -> None:
    asked = asyncio.Event()

    async def silent(talk: Talk) -> None:
        await talk.head()
        asked.set()
        await asyncio.Event().wait()

    async with listening(silent) as server, lane(server.host) as made:
        task = asyncio.create_task(fetch(made, server.url()))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until_no_thread_runs()


async def test_closed_lane_opens_nothing() -> None:
    async with listening(saying(OK)) as server, lane(server.host) as made:
        await made.close()
        with pytest.raises(Unreachable, match="closed here"):
            await fetch(made, server.url())
        assert not server.connections


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


async def test_proxy_in_https_carries_no_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "https://proxy.invalid")
    url = Url.parse("https://registry.invalid/v2/")
    async with lane("registry.invalid", plain_http=False) as made:
        with pytest.raises(Unreachable, match="name it with http://"):
            await fetch(made, url)
