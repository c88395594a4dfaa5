"""Answers that are odd or hostile: what is read of them, and what is never taken for the next."""

import asyncio

import pytest

from tests.registry.raw import EMPTY, OK, Talk, ask, listening, read, saying, wire
from tui.ports.errors import Unreachable
from tui.registry.request import Request

SURPLUS = [
    OK + b"x",
    OK + EMPTY,
    OK + b"HTTP/1.1 200 OK\r\nConte",
    b"HTTP/1.1 204 No Content\r\n\r\nxy",
    b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n1",
]


@pytest.mark.parametrize("answer", SURPLUS)
async def test_what_follows_an_answer_is_never_the_next(answer: bytes) -> None:
    async with listening(saying(answer)) as server, wire(server) as made:
        bodies = [await ask(made, server.url()) for _ in range(2)]
        assert bodies in ([b"ok"] * 2, [b""] * 2)
        assert server.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ],
)
async def test_a_body_after_head_is_not_the_next_answer(answer: bytes) -> None:
    async with listening(saying(answer)) as server, wire(server) as made:
        assert [await ask(made, server.url(), "HEAD") for _ in range(2)] == [b""] * 2
        assert server.connections == 2


async def test_what_is_said_unasked_closes_the_connection() -> None:
    said = asyncio.Event()

    async def talk(talk: Talk) -> None:
        await talk.head()
        await talk.say(OK)
        if not said.is_set():
            await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
            said.set()
        await talk.head()
        await talk.say(OK)

    async with listening(talk) as server, wire(server) as made:
        assert await ask(made, server.url()) == b"ok"
        await said.wait()
        assert await ask(made, server.url()) == b"ok"
        assert server.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    ],
)
async def test_head_has_no_body_and_keeps_the_connection(answer: bytes) -> None:
    async with listening(saying(answer)) as server, wire(server) as made:
        assert [await ask(made, server.url(), "HEAD") for _ in range(3)] == [b""] * 3
        assert server.connections == 1


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
async def test_answers_without_a_body_keep_the_connection(status: bytes) -> None:
    async with listening(saying(b"HTTP/1.1 " + status + b"\r\n\r\n")) as server, wire(server) as made:
        assert [await ask(made, server.url()) for _ in range(2)] == [b""] * 2
        assert server.connections == 1


async def test_interim_answers_are_skipped() -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=next\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
    async with listening(saying(interim + OK)) as server, wire(server) as made:
        reply = await made.send(Request("ask", "GET", server.url()), server.url(), {})
        assert (reply.status, reply.headers.all("Link"), await read(reply)) == (200, (), b"ok")
        await ask(made, server.url())
        assert server.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nabc",
        b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
        b"HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
        b"\0" * 100,
    ],
)
async def test_what_is_not_http_is_said_and_not_tried_again(answer: bytes) -> None:
    async with listening(saying(answer)) as server, wire(server) as made:
        with pytest.raises(Unreachable, match="does not speak HTTP"):
            await ask(made, server.url())
        assert server.connections == 1


@pytest.mark.parametrize("line", [b"X: " + b"y" * 70_000, b"\r\n".join(b"X-%d: y" % at for at in range(10_000))])
async def test_a_head_without_end_is_not_read_to_its_end(line: bytes) -> None:
    async with listening(saying(b"HTTP/1.1 200 OK\r\n", line, b"\r\n\r\n")) as server, wire(server) as made:
        with pytest.raises(Unreachable, match="head of its answer is too large"):
            await ask(made, server.url())


async def test_interim_answers_for_ever_are_not_listened_to() -> None:
    async with listening(saying(b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000)) as server, wire(server) as made:
        with pytest.raises(Unreachable, match="too large"):
            await ask(made, server.url())


async def test_the_end_of_a_head_may_come_in_two_packets() -> None:
    """What is refused, and what keeps its connection, must not depend on how the network cuts it."""
    answer = saying(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 7\r\n", b"\r\n")
    async with listening(answer) as server, wire(server) as made:
        assert [await ask(made, server.url(), "HEAD") for _ in range(2)] == [b""] * 2
        assert server.connections == 1


async def test_a_trailer_is_no_header() -> None:
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nLink: </x>; rel=next\r\n\r\n"
    async with listening(saying(answer)) as server, wire(server) as made:
        reply = await made.send(Request("ask", "GET", server.url()), server.url(), {})
        assert (await read(reply), reply.headers.get("Link")) == (b"ok", None)
