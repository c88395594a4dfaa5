"""When nothing moves: what is a stall, and what is not."""

import asyncio

import pytest

from tests.registry.raw import Talk, ask, listening, read, saying, wire
from tui.registry.limits import Limits
from tui.registry.request import Request
from tui.registry.retry import Again

MIB = 1 << 20


async def silent(talk: Talk) -> None:
    """Takes the request and says nothing."""
    await talk.head()
    await talk.reader.read()


async def test_silence_ends_after_the_time_for_a_small_request() -> None:
    async with listening(silent) as server, wire(server, Limits(total=0.05)) as made:
        with pytest.raises(Again, match="in time"):
            await ask(made, server.url())


async def test_a_body_that_stalls_ends_although_it_may_last() -> None:
    async def talk(talk: Talk) -> None:
        await talk.head()
        await talk.say(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok")
        await talk.reader.read()

    async with listening(talk) as server, wire(server, Limits(total=0.01, read=0.1)) as made:
        reply = await made.send(Request("fetch", "GET", server.url(), streams=True), server.url(), {})
        with pytest.raises(Again, match="in time"):
            await read(reply)


async def test_a_body_that_nobody_takes_ends() -> None:
    async def talk(talk: Talk) -> None:
        await talk.head()
        talk.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.Event().wait()

    async with listening(talk) as server, wire(server, Limits(read=0.1)) as made:
        request = Request("push", "PUT", server.url(), body=bytes(20 * MIB), streams=True)
        with pytest.raises(Again, match="in time"):
            await made.send(request, server.url(), {})


async def test_who_reads_slowly_is_no_stall() -> None:
    async with (
        listening(saying(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (8 * MIB) + bytes(8 * MIB))) as server,
        wire(server, Limits(read=0.1)) as made,
    ):
        reply = await made.send(Request("fetch", "GET", server.url(), streams=True), server.url(), {})
        await asyncio.sleep(0.3)
        assert len(await read(reply)) == 8 * MIB


async def test_a_head_that_drips_is_a_stall_although_the_body_may_last() -> None:
    async def talk(talk: Talk) -> None:
        await talk.head()
        await talk.say(b"HTTP/1.1 200 OK\r\nX: ")
        while not talk.writer.is_closing():
            await talk.say(b"x")
            await asyncio.sleep(0.01)

    async with listening(talk) as server, wire(server, Limits(read=0.1)) as made:
        with pytest.raises(Again, match="in time"):
            await made.send(Request("fetch", "GET", server.url(), streams=True), server.url(), {})
