"""Bodies and heads: how they leave, and what never does."""

import asyncio

import pytest

from tests.registry.raw import EMPTY, OK, Talk, ask, listening, read, saying, wire
from tui.ports.errors import Unreachable
from tui.registry.request import Request
from tui.registry.retry import Again

MIB = 1 << 20
_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
CUT_SHORT = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok",
    _CHUNKED + b"5\r\nok",
    _CHUNKED + b"2\r\nok\r\n",
    _CHUNKED + b"2\r\nok\r\n0",  # of a size like 0a
    _CHUNKED + b"2\r\nok\r\n0\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok",
]
TOO_MUCH_BESIDE = [
    _CHUNKED + b"2;" + b"x" * 70_000 + b"\r\nok\r\n0\r\n\r\n",
    _CHUNKED + b"2;%b\r\nok\r\n" % (b"x" * 1000) * 70 + b"0\r\n\r\n",
    _CHUNKED + b"2\r\nok\r\n0\r\nT: " + b"x" * 70_000 + b"\r\n\r\n",
]
"""Bodies whose chunks have extensions, or trailers, without end."""


async def test_head_and_small_body_leave_in_one_piece() -> None:
    heard: list[bytes] = []

    async def talk(talk: Talk) -> None:
        heard.append(await talk.reader.read(1 << 16))
        await talk.say(EMPTY)

    async with listening(talk) as server, wire(server) as made:
        request = Request("push", "PUT", server.url(), headers={"Content-Type": "a/b"}, body=b"{}")
        await read(await made.send(request, server.url(), {}))
    assert heard[0].endswith(b"Content-Type: a/b\r\nAccept: */*\r\nContent-Length: 2\r\n\r\n{}")


async def test_chunks_come_together_however_they_are_cut() -> None:
    whole = _CHUNKED + b"2;x=y\r\nab\r\n3\r\ncde\r\n0\r\nTrailer: t\r\n\r\n"
    single = [whole[at : at + 1] for at in range(len(whole))]
    async with listening(saying(*single)) as server, wire(server) as made:
        assert [await ask(made, server.url()) for _ in range(2)] == [b"abcde"] * 2
        assert server.connections == 1


@pytest.mark.parametrize("answer", CUT_SHORT)
async def test_a_body_that_is_cut_short_is_told(answer: bytes) -> None:
    async with listening(saying(answer, close=True)) as server, wire(server) as made:
        reply = await made.send(Request("ask", "GET", server.url()), server.url(), {})
        with pytest.raises(Again, match="broke off") as caught:
            await read(reply)
        assert not caught.value.answered


@pytest.mark.parametrize("answer", TOO_MUCH_BESIDE)
async def test_what_is_said_beside_a_body_is_not_read_without_end(answer: bytes) -> None:
    async with listening(saying(answer)) as server, wire(server) as made:
        with pytest.raises(Unreachable, match="too large"):
            await ask(made, server.url())


async def test_a_body_in_very_small_chunks_is_whole() -> None:
    async with listening(saying(_CHUNKED + b"1\r\nx\r\n" * 50_000 + b"0\r\n\r\n")) as server, wire(server) as made:
        assert await ask(made, server.url()) == b"x" * 50_000


async def test_chunks_that_are_none_are_told() -> None:
    answer = _CHUNKED + b"2\r\nok\r\n", b"zz\r\n"
    async with listening(saying(*answer)) as server, wire(server) as made:
        reply = await made.send(Request("ask", "GET", server.url()), server.url(), {})
        with pytest.raises(Unreachable, match="does not speak HTTP"):
            await read(reply)


async def test_a_body_that_is_not_read_to_its_end_costs_the_connection() -> None:
    async with listening(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok")) as server, wire(server) as made:
        for _ in range(2):
            reply = await made.send(Request("ask", "GET", server.url()), server.url(), {})
            assert await reply.read_start(2) == b"ok"
            reply.close()
        assert server.connections == 2


async def test_a_slow_reader_holds_the_sender_back() -> None:
    sent = 0

    async def talk(talk: Talk) -> None:
        nonlocal sent
        await talk.head()
        await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (64 * MIB))
        for _ in range(64):
            talk.writer.write(bytes(MIB))
            await talk.writer.drain()
            sent += 1

    async with listening(talk) as server, wire(server) as made:
        reply = await made.send(Request("fetch", "GET", server.url(), streams=True), server.url(), {})
        before = -1
        while before != sent or not sent:  # until it stands still
            before = sent
            await asyncio.sleep(0.05)
        assert sent < 32
        assert sum([len(chunk) async for chunk in reply.chunks()]) == 64 * MIB
        reply.close()


@pytest.mark.parametrize("evil", ["a\r\nX: y", "a\nX: y", "a\rX: y", "a\0"])
async def test_no_line_end_leaves_in_a_header(evil: str) -> None:
    async with listening(saying(OK)) as server, wire(server) as made:
        with pytest.raises(Unreachable, match="was not sent"):
            await ask(made, server.url(), headers={"Accept": evil})
        assert server.connections == 0


@pytest.mark.parametrize("path", ["/a\r\nX: y", "/a b", "/a HTTP/1.1\r\nX: y"])
async def test_no_line_end_leaves_in_an_address(path: str) -> None:
    async with listening(saying(OK)) as server, wire(server) as made:
        root = server.url()
        with pytest.raises(Unreachable, match="was not sent"):
            await ask(made, type(root)(root.scheme, root.host, root.port, path))
        assert server.connections == 0
