"""Answers as a thread reads them, from servers that say the very bytes a test wants said."""

import asyncio
from functools import partial

import pytest

from tests.registry.lanes import SIZE, fetch, lane, push, read
from tests.registry.raw import EMPTY, OK, Talk, listening, saying, unsaid_length
from tests.registry.test_outgoing import CUT_SHORT, TOO_MUCH_BESIDE
from tui.ports.errors import Unreachable
from tui.registry.aside import aside
from tui.registry.limits import Limits
from tui.registry.request import Request
from tui.registry.retry import Again


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


@pytest.mark.parametrize("answer", CUT_SHORT)
async def test_body_that_ends_early_is_broken_off(answer: bytes) -> None:
    async with listening(saying(answer, close=True)) as server, lane(server.host) as made:
        with pytest.raises(Again, match="broke off"):
            await fetch(made, server.url())


@pytest.mark.parametrize("answer", TOO_MUCH_BESIDE)
async def test_what_is_said_beside_a_body_is_not_read_without_end(answer: bytes) -> None:
    async with listening(saying(answer)) as server, lane(server.host) as made:
        with pytest.raises(Unreachable, match="too large"):
            await fetch(made, server.url())


async def test_body_whose_end_is_its_own_doing_is_broken_off() -> None:
    async def talk(talk: Talk) -> None:
        await unsaid_length(talk)
        await talk.reader.read()

    async with listening(talk) as server, lane(server.host) as made:
        reply = await made.send(Request("fetch", "GET", server.url(), streams=True, is_hauled=True), server.url(), {})
        reply.shut()
        with pytest.raises(Again, match="broke off"):
            await read(reply)
        reply.close()


async def test_chunks_come_together() -> None:
    size = SIZE // 4
    answer = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"%x;a=b\r\n" % size,
        bytes(size),
        b"\r\n0\r\n\r\n",
    )
    async with listening(saying(*answer)) as server, lane(server.host) as made:
        assert [await fetch(made, server.url()) for _ in range(2)] == [bytes(size)] * 2
        assert server.connections == 1


async def test_part_of_an_answer_on_a_kept_connection_is_a_cut() -> None:
    async def talk(talk: Talk) -> None:
        await talk.head()
        await talk.say(OK)
        await talk.head()
        await talk.say(b"HTTP/1.1 200 OK\r\nCont")

    async with listening(talk) as server, lane(server.host) as made:
        await fetch(made, server.url())
        with pytest.raises(Again, match="broke off"):
            await fetch(made, server.url())
        assert server.connections == 1


async def test_head_that_drips_is_a_stall() -> None:
    async def talk(talk: Talk) -> None:
        await talk.head()
        await talk.say(b"HTTP/1.1 200 OK\r\nX: ")
        while not talk.writer.is_closing():
            await talk.say(b"x")
            await asyncio.sleep(0.01)

    async with listening(talk) as server, lane(server.host, Limits(read=0.1)) as made:
        with pytest.raises(Again, match="in time"):
            await fetch(made, server.url())


async def test_what_came_of_a_body_that_stalls_is_had_and_then_the_stall_told_once() -> None:
    async def talk(talk: Talk) -> None:
        await talk.head()
        await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"ok")
        await talk.reader.read()

    async with listening(talk) as server, lane(server.host, Limits(read=0.2)) as made:
        reply = await made.send(Request("fetch", "GET", server.url(), streams=True, is_hauled=True), server.url(), {})
        room = bytearray(100)
        assert await aside(partial(reply.readinto, memoryview(room)), reply.shut) == 2
        with pytest.raises(Again, match="in time"):
            await read(reply)
        reply.close()
    assert room.startswith(b"ok")
