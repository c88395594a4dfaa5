"""A server that says the very bytes a test wants said, and hears the very bytes that come."""

import asyncio
import socket
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tui.registry.endpoint import Endpoint
from tui.registry.limits import Limits
from tui.registry.reply import Reply
from tui.registry.request import Request
from tui.registry.urls import Url
from tui.registry.wire import Wire

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Talk:
    """One connection, as the server sees it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    heads: list[bytes]

    async def head(self) -> bytes:
        """The head of the next request; raises EOFError where none comes."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        return head

    async def say(self, *parts: bytes) -> None:
        """Sends each part in a packet of its own."""
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()
            await asyncio.sleep(0.001)

    def cut(self) -> None:
        """Closes the connection."""
        self.writer.close()

    def cut_below(self) -> None:
        """Ends the connection below TLS, as anybody between can."""
        self.writer.get_extra_info("socket").shutdown(socket.SHUT_WR)


@dataclass
class Server:
    """Where it listens, and what it heard; `connections` counts those that were opened."""

    host: str = ""
    connections: int = 0
    heads: list[bytes] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.host.rpartition(":")[2])

    def url(self, path: str = "/v2/", scheme: str = "http") -> Url:
        return Url.parse(f"{scheme}://{self.host}{path}")


@asynccontextmanager
async def listening(
    talk: Callable[[Talk], Awaitable[None]], address: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> AsyncGenerator[Server, None]:
    """A server whose every connection is handed to `talk`, and closed after it."""
    told = Server()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        told.connections += 1
        with suppress(EOFError, ConnectionError, asyncio.CancelledError):
            await talk(Talk(reader, writer, told.heads))
        writer.close()

    server = await asyncio.start_server(serve, address, 0, ssl=tls)
    shown = f"[{address}]" if ":" in address else address
    told.host = f"{shown}:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield told


def saying(*parts: bytes, close: bool = False) -> Callable[[Talk], Awaitable[None]]:
    """Answers every request with the same parts."""

    async def talk(talk: Talk) -> None:
        while True:
            await talk.head()
            await talk.say(*parts)
            if close:
                return

    return talk


async def unsaid_length(talk: Talk) -> None:
    """Answers with a body that ends with the connection."""
    await talk.head()
    await talk.say(b"HTTP/1.1 200 OK\r\n\r\nok")


async def unsaid_length_and_cut(talk: Talk) -> None:
    """Answers with the beginning of such a body, after which TLS says no goodbye."""
    await unsaid_length(talk)
    talk.cut_below()
    await talk.reader.read()


@asynccontextmanager
async def wire(server: Server, limits: Limits | None = None, ca_file: str | None = None) -> AsyncGenerator[Wire, None]:
    """The wire to `server`, closed in the end; in TLS where there is a `ca_file`."""
    made = Wire(Endpoint(server.host, plain_http=ca_file is None, ca_file=ca_file), limits or Limits())
    try:
        yield made
    finally:
        await made.close()


async def ask(made: Wire, url: Url, method: str = "GET", *, headers: Mapping[str, str] | None = None) -> bytes:
    """The body of the answer to a request without one."""
    return await read(await made.send(Request("ask", method, url, headers=headers or {}), url, {}))


async def read(reply: Reply) -> bytes:
    """The body of `reply`, which is then closed."""
    try:
        return await reply.read(1 << 24)
    finally:
        reply.close()
