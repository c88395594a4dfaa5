"""Clients that are killed in the middle of a request leave no traceback behind, and what they sent."""

import asyncio
import socket
import struct
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import aiohttp
import pytest

from tui.domain.content import digest_of
from tui.domain.reference import parse_repository
from tui.sandbox.arm import Arm
from tui.sandbox.arm.server import serve_arm
from tui.sandbox.content import InMemory
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry

API = parse_repository("shop/api")
LARGE = bytes(32 << 20)
"""More than the system takes for a client that does not read."""
DIGEST = digest_of(LARGE)
UPLOADS = "/v2/shop/api/blobs/uploads/"
SENT = b"x" * 5000

Ending = Callable[[asyncio.StreamWriter], None]


def kill(writer: asyncio.StreamWriter) -> None:
    """As the system does for a process that dies with bytes unread: RST."""
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


def hang_up(writer: asyncio.StreamWriter) -> None:
    """As a client does that gives up: FIN."""
    writer.close()


both_endings = pytest.mark.parametrize("end", [kill, hang_up])


@asynccontextmanager
async def connected(host: str) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter], None]:
    """A connection; when this ends, the server is done with it."""
    before = asyncio.all_tasks()
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    yield reader, writer
    async with asyncio.timeout(10):
        while asyncio.all_tasks() - before:
            await asyncio.sleep(0)


def head(method: str, path: str) -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer x\r\nContent-Length: 9999999\r\n\r\n".encode()


@both_endings
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
async def test_an_upload_keeps_what_arrived(
    registry: Registry, method: str, end: Ending, caplog: pytest.LogCaptureFixture
) -> None:
    async with serve_registry(registry) as host, aiohttp.ClientSession(f"http://{host}") as client:
        location = (await client.post(UPLOADS)).headers["Location"]
        async with connected(host) as (_, writer):
            writer.write(head(method, f"{location}?digest={DIGEST}") + SENT)
            while (await client.get(location)).headers["Range"] != f"0-{len(SENT) - 1}":
                await asyncio.sleep(0)
            end(writer)
        assert (await client.get(location)).headers["Range"] == f"0-{len(SENT) - 1}"
    assert not caplog.records


@both_endings
@pytest.mark.parametrize(
    ("method", "path", "route"),
    [("POST", f"{UPLOADS}?digest={DIGEST}", "upload"), ("PUT", "/v2/shop/api/manifests/1.0", "manifest")],
)
async def test_a_body_that_never_comes_is_let_go(
    registry: Registry, method: str, path: str, route: str, end: Ending, caplog: pytest.LogCaptureFixture
) -> None:
    async with serve_registry(registry) as host, connected(host) as (_, writer):
        writer.write(head(method, path) + SENT)
        while not registry.requests[method, route]:
            await asyncio.sleep(0)
        end(writer)
    assert not caplog.records


@both_endings
async def test_a_download_that_nobody_reads_is_let_go(
    registry: Registry, end: Ending, caplog: pytest.LogCaptureFixture
) -> None:
    registry.store.add_blob(API, DIGEST, InMemory(LARGE))
    async with serve_registry(registry) as host, connected(host) as (reader, writer):
        writer.write(f"GET /v2/shop/api/blobs/{DIGEST} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
        end(writer)
    assert not caplog.records


@both_endings
async def test_resource_manager_lets_go_too(end: Ending, caplog: pytest.LogCaptureFixture) -> None:
    arm = Arm()
    arm.add(Registry("apps"), "apps.azurecr.io")
    (known,) = arm.within(arm.subscription_id)
    async with serve_arm(arm) as url, connected(url.removeprefix("http://")) as (_, writer):
        writer.write(head("POST", f"{known.id}/importImage?api-version=2025-11-01") + SENT)
        while not arm.requests.total():
            await asyncio.sleep(0)
        end(writer)
    assert not caplog.records
