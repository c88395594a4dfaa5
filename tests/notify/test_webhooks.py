"""Posting: when it is tried again, and what a receiver cannot do to us."""

import asyncio
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web

from tests.azure.entra import certificate
from tests.notify.receivers import HASTY, NOTIFICATION, liar, receiver, tell, webhook
from tui.notify.formats import Body
from tui.notify.notifier import HookNotifier
from tui.notify.secrets import Destination
from tui.notify.webhooks import Post
from tui.ports.errors import HookError

RIGHT = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"


async def refusal(address: str) -> str:
    with pytest.raises(HookError) as caught:
        await tell(webhook(address))
    return str(caught.value)


@pytest.mark.parametrize("status", [500, 502, 503, 429])
async def test_what_passes_is_tried_again(status: int) -> None:
    async with receiver(web.Response(status=status), web.Response(status=204)) as taken:
        assert await tell(webhook(taken.address)) == "204 No Content"
    assert len(taken.requests) == 2
    assert taken.requests[0].body == taken.requests[1].body


async def test_three_tries_are_all() -> None:
    async with receiver(web.Response(status=503, text="down\x1b[2J\nfor good")) as taken:
        assert await refusal(taken.address) == "it answered 503 Service Unavailable: down�[2J for good"
    assert len(taken.requests) == 3


@pytest.mark.parametrize("status", [400, 401, 404, 410])
async def test_refusal_is_final(status: int) -> None:
    async with receiver(web.Response(status=status, text="no")) as taken:
        assert (await refusal(taken.address)).startswith(f"it answered {status} ")
    assert len(taken.requests) == 1


async def test_waits_as_long_as_it_is_asked_to() -> None:
    patience = replace(HASTY, pauses=(30, 30))
    async with receiver(web.Response(status=429, headers={"Retry-After": "0"}), web.Response()) as taken:
        notifier = HookNotifier({}, "windlass/1", patience)
        assert await notifier.tell(webhook(taken.address), NOTIFICATION) == "200 OK"


async def test_is_not_kept_waiting_too_long() -> None:
    async with receiver(web.Response(status=429, headers={"Retry-After": "60"})) as taken:
        assert (await refusal(taken.address)).startswith("it asks to wait 60 s; it answered 429")
    assert len(taken.requests) == 1


async def test_redirect_is_told_and_not_followed() -> None:
    async with receiver() as other:
        secret = f"{other.address}/T0/secret"
        async with receiver(web.Response(status=307, headers={"Location": secret})) as taken:
            told = await refusal(taken.address)
    assert told == "it answered 307 Temporary Redirect: it points to 127.0.0.1, and redirects are not followed"
    assert not other.requests


async def test_long_refusal_is_cut() -> None:
    async with receiver(web.Response(status=400, text="x" * 1_000_000)) as taken:
        assert len(await refusal(taken.address)) < 300


async def test_nobody_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    assert await refusal(f"http://127.0.0.1:{port}") == "the connection is refused"


async def test_body_that_never_ends_hinders_no_success() -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(RIGHT + b"Content-Length: 10\r\n\r\n1")
        await asyncio.Event().wait()

    async with liar(talk) as address:
        assert await tell(webhook(address)) == "200 OK"


async def test_refusal_whose_body_hangs_is_told_as_far_as_it_came() -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 403 Whatever\r\nContent-Length: 100\r\n\r\nnot you")
        await asyncio.Event().wait()

    async with liar(talk) as address:
        assert await refusal(address) == "it answered 403 Forbidden: not you"


async def test_silence_is_not_waited_out() -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with liar(talk) as address:
        post = Post(Destination(address, {}, ()), Body("text/plain", ""), "", replace(HASTY, each=0.05))
        with pytest.raises(HookError, match=r"did not answer within 0.05 s"):
            await post.deliver()


async def test_the_whole_is_bounded() -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with liar(talk) as address:
        post = Post(Destination(address, {}, ()), Body("text/plain", ""), "", replace(HASTY, whole=0.05))
        with pytest.raises(HookError, match=r"could not be told within 0.05 s"):
            await post.deliver()


async def test_endless_headers() -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(RIGHT)
        for number in range(1_000_000):
            writer.write(b"X-%d: %s\r\n" % (number, b"a" * 1000))
            await writer.drain()

    async with liar(talk) as address:
        await refusal(address)


async def test_endless_refusal() -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 No\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1000\r\n" + b"z" * 0x1000 + b"\r\n")
            await writer.drain()

    async with liar(talk) as address:
        assert (await refusal(address)).startswith("it answered 400 Bad Request: zzz")


@pytest.mark.parametrize("garbage", [b"SSH-2.0-OpenSSH\r\n", b"\x16\x03\x01\xff\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n"])
async def test_garbage(garbage: bytes) -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(garbage)
        await writer.drain()

    async with liar(talk) as address:
        assert await refusal(address) in {"what answers there does not speak HTTP", "the connection broke off"}


async def test_hangs_up() -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with liar(talk) as address:
        assert await refusal(address) == "the connection broke off"


async def test_https_where_http_is_spoken() -> None:
    async with receiver() as plain:
        assert await refusal(plain.address.replace("http:", "https:")) == "the TLS handshake failed"


async def test_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    context, _ = certificate(tmp_path)
    async with receiver(tls=context) as taken:
        assert (await refusal(taken.address)).startswith("its TLS certificate is not trusted here")
    assert not taken.requests
