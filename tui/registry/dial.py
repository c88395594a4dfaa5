"""Opening a connection: names resolved, TLS spoken, a proxy asked to let it through."""

import asyncio
import ssl
from typing import Final

from tui.registry.connection import Connection
from tui.registry.incoming import Incoming
from tui.registry.names import Names
from tui.registry.outgoing import connect_head
from tui.registry.proxy import Proxy
from tui.registry.unreached import NotHttp, ProxyFailed, ProxyRefused
from tui.registry.urls import Url

_HEAD_START: Final = 0.25
"""Seconds that one address of a host is tried alone, before the next is tried beside it (RFC 8305, section 5)."""


async def dial(names: Names, origin: Url, proxy: Proxy | None, trust: ssl.SSLContext | None) -> Connection:
    """A new connection to `origin`; `trust` is needed for https, there or at the proxy.

    Raises OSError, UnicodeError (a host name that no resolver takes), NotHttp, ProxyRefused.
    """
    connection = Connection(asyncio.get_running_loop())
    try:
        if proxy is None:
            await _connect(names, connection, origin.host, origin.port, trust)
        else:
            await _connect_through(names, connection, proxy, origin, trust)
    except BaseException:
        connection.abort()
        raise
    return connection


async def _connect(names: Names, connection: Connection, host: str, port: int, trust: ssl.SSLContext | None) -> None:
    from aiohappyeyeballs import start_connection  # pyright: ignore[reportUnknownVariableType] - one of its tuples is bare

    loop = asyncio.get_running_loop()
    addresses = await names.addresses(host, port)
    opened = await start_connection(addresses, happy_eyeballs_delay=_HEAD_START, interleave=1, loop=loop)
    await loop.create_connection(
        lambda: connection, sock=opened, ssl=trust, server_hostname=host if trust is not None else None
    )


async def _connect_through(
    names: Names, connection: Connection, proxy: Proxy, origin: Url, trust: ssl.SSLContext | None
) -> None:
    try:
        await _connect(names, connection, proxy.host, proxy.port, trust if proxy.is_tls else None)
    except ssl.SSLError:
        raise
    except (OSError, UnicodeError) as error:
        raise ProxyFailed from error
    if trust is not None and origin.scheme == "https":
        await _tunnel(connection, proxy, origin)
        await _secure(connection, origin.host, trust)


async def _tunnel(connection: Connection, proxy: Proxy, origin: Url) -> None:
    """Asks the proxy for a way to `origin`. What it says beside that is not taken for a word of the other end."""
    answer = Incoming("CONNECT")
    await connection.ask(connect_head(origin, proxy), answer, _FOR_EVER, _FOR_EVER)
    if not 200 <= answer.status < 300:
        raise ProxyRefused(answer.status)
    if answer.is_followed:
        raise NotHttp


async def _secure(connection: Connection, host: str, trust: ssl.SSLContext) -> None:
    loop = asyncio.get_running_loop()
    transport = await loop.start_tls(connection.transport, connection, trust, server_hostname=host)
    if transport is None:
        raise ConnectionResetError
    connection.move_to(transport)


_FOR_EVER: Final = float("inf")
"""Who dials has a time-out around all of it."""
