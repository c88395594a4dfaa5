"""Connections: kept, cut, and closed for good."""

import asyncio
import socket

import pytest

from tests.registry.raw import EMPTY, OK, Talk, ask, listening, read, saying, wire
from tui.ports.errors import Unreachable
from tui.registry.limits import Limits
from tui.registry.request import Request
from tui.registry.retry import Again


async def test_one_connection_serves_request_after_request() -> None:
    async with listening(saying(OK)) as server, wire(server) as made:
        assert [await ask(made, server.url()) for _ in range(3)] == [b"ok"] * 3
        assert server.connections == 1


async def test_requests_at_once_have_a_connection_each_and_keep_them() -> None:
    async with listening(saying(OK)) as server, wire(server) as made:
        for _ in range(2):
            await asyncio.gather(*(ask(made, server.url()) for _ in range(5)))
        assert server.connections == 5


async def test_no_task_is_made_for_a_request() -> None:
    async with listening(saying(OK)) as server, wire(server) as made:
        await ask(made, server.url())
        made_tasks: list[object] = []

        def count(loop: asyncio.AbstractEventLoop, coro: object, **named: object) -> "asyncio.Task[object]":
            made_tasks.append(coro)
            return asyncio.Task(coro, loop=loop, **named)  # type: ignore[arg-type]

        asyncio.get_running_loop().set_task_factory(count)  # type: ignore[arg-type]
        assert await ask(made, server.url()) == b"ok"
        asyncio.get_running_loop().set_task_factory(None)
    assert not made_tasks


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_kept_connection_that_was_closed_meanwhile_is_replaced(method: str) -> None:
    """It is closed only when the next request is there already, so that nobody could know before."""

    async def talk(talk: Talk) -> None:
        await talk.head()
        await talk.say(EMPTY)
        await talk.head()

    async with listening(talk) as server, wire(server) as made:
        for _ in range(3):
            assert await ask(made, server.url(), method) == b""
        assert server.connections == 3


async def test_an_upload_on_a_kept_connection_that_was_closed_is_a_cut() -> None:
    async def talk(talk: Talk) -> None:
        await talk.head()
        await talk.say(EMPTY)
        await talk.head()

    async with listening(talk) as server, wire(server) as made:
        await ask(made, server.url())
        request = Request("push", "PUT", server.url(), body=b"ab", streams=True)
        with pytest.raises(Again) as caught:
            await made.send(request, server.url(), {})
        assert not caught.value.answered
        assert server.connections == 1


async def test_a_fresh_connection_that_is_cut_is_told() -> None:
    async def talk(talk: Talk) -> None:
        await talk.head()

    async with listening(talk) as server, wire(server) as made:
        with pytest.raises(Again, match="broke off") as caught:
            await ask(made, server.url())
        assert not caught.value.answered
        assert server.connections == 1


async def test_a_part_of_an_answer_on_a_kept_connection_is_a_cut() -> None:
    async def talk(talk: Talk) -> None:
        await talk.head()
        await talk.say(EMPTY)
        await talk.head()
        await talk.say(b"HTTP/1.1 200 OK\r\nCont")

    async with listening(talk) as server, wire(server) as made:
        await ask(made, server.url())
        with pytest.raises(Again, match="broke off"):
            await ask(made, server.url())
        assert server.connections == 1


CLOSING = [
    b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\n\r\nok",
]


@pytest.mark.parametrize("answer", CLOSING)
async def test_a_connection_that_is_to_close_is_not_asked_again(answer: bytes) -> None:
    async with listening(saying(answer, close=True)) as server, wire(server) as made:
        assert [await ask(made, server.url()) for _ in range(2)] == [b"ok"] * 2
        assert server.connections == 2


async def test_addresses_in_ipv6(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")
    async with listening(saying(OK), "::1") as server, wire(server) as made:
        assert await ask(made, server.url()) == b"ok"
        assert f"Host: [::1]:{server.port}\r\n".encode() in server.heads[0]


async def test_the_next_address_of_a_host_is_tried() -> None:
    """localhost is mostly ::1 and 127.0.0.1, and only one of them listens."""
    async with listening(saying(OK)) as server:
        server.host = f"localhost:{server.port}"
        async with wire(server) as made:
            assert await ask(made, server.url()) == b"ok"


async def test_a_host_all_of_whose_addresses_refuse() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        async with listening(saying(OK)) as server:
            server.host = f"localhost:{port}"
            async with wire(server) as made:
                with pytest.raises(Again, match="the connection is refused"):
                    await ask(made, server.url())


async def test_small_packets_leave_at_once() -> None:
    async with listening(saying(OK)) as server, wire(server) as made:
        reply = await made.send(Request("ask", "GET", server.url()), server.url(), {})
        sock = made._pool._busy.copy().popitem()[0].transport.get_extra_info("socket")
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        await read(reply)


async def test_a_cancelled_request_costs_its_connection_and_no_other() -> None:
    asked = asyncio.Event()

    async def talk(talk: Talk) -> None:
        await talk.head()
        if not asked.is_set():
            asked.set()
            await talk.reader.read()
        await talk.say(OK)

    async with listening(talk) as server, wire(server) as made:
        asking = asyncio.create_task(ask(made, server.url()))
        await asked.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert await ask(made, server.url()) == b"ok"


async def test_once_closed_it_stays_closed() -> None:
    async with listening(saying(OK)) as server, wire(server) as made:
        await ask(made, server.url())
        await made.close()
        with pytest.raises(Unreachable, match="closed here"):
            await ask(made, server.url())
        assert server.connections == 1


async def test_a_connection_that_still_holds_a_part_of_a_request_is_not_asked_again() -> None:
    """Who answers before it read the whole may never read the rest, and so never what would follow."""
    is_over = asyncio.Event()

    async def talk(talk: Talk) -> None:
        if (await talk.head()).startswith(b"PUT"):
            await talk.say(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n")
            await is_over.wait()
        await talk.say(OK)

    async with listening(talk) as server, wire(server, Limits(total=5)) as made:
        request = Request("push", "PUT", server.url(), body=bytes(20_000_000))
        assert await read(await made.send(request, server.url(), {})) == b""
        assert await ask(made, server.url()) == b"ok"
        is_over.set()
