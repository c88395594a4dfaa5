"""Exchanges that block in threads: what goes out, and what becomes of the connection."""

import asyncio
import threading

import pytest

from tests.registry.lanes import SIZE, Load, Said, fetch, lane, push, send, taking
from tests.registry.raw import EMPTY, OK, Talk, listening, saying
from tui.ports.errors import InvalidAnswer, Unreachable
from tui.registry.limits import Limits
from tui.registry.request import Request
from tui.registry.retry import Again


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
    long = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % SIZE + bytes(SIZE)
    async with listening(saying(long)) as server, lane(server.host) as made:
        url = server.url()
        (await made.send(Request("fetch", "GET", url, streams=True, is_hauled=True), url, {})).close()
        assert await fetch(made, url) == bytes(SIZE)
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
