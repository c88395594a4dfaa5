"""One HTTP exchange: the session, TLS, proxies and time-outs. No credentials, no redirects, no second try.

But one: a connection that was kept may have been closed by the other side while the request was on its way. Where no
byte of an answer came, that is no failure, and the request goes at once over a new one (RFC 9112, section 9.3.1).
"""

import asyncio
import math
from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Final

from tui.ports.errors import Unreachable
from tui.registry.connection import Connection
from tui.registry.endpoint import Endpoint
from tui.registry.headers import Headers
from tui.registry.incoming import Incoming
from tui.registry.limits import Limits
from tui.registry.outbound import Outbound
from tui.registry.pool import Pool
from tui.registry.reply import Reply
from tui.registry.request import Request
from tui.registry.unreached import BadProxy, NotHttp, ProxyRefused, UnsafeRequest, failure_of
from tui.registry.urls import Url

if TYPE_CHECKING:
    from tui.registry.lane import Lane

_BROKEN: Final = (OSError, NotHttp, BadProxy, ProxyRefused, UnsafeRequest, UnicodeError)


class WireReply(Reply):
    """An answer whose body comes in through the event loop."""

    def __init__(
        self, pool: Pool, connection: Connection, incoming: Incoming, request: Request, url: Url, endpoint: Endpoint
    ) -> None:
        super().__init__(incoming.status, Headers.raw(incoming.pairs), request, url, endpoint)
        self._pool = pool
        self._incoming = incoming
        self._connection: Connection | None = connection

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives. Raises Again where it breaks off."""
        while chunk := await self._next():
            yield chunk

    async def read(self, limit: int) -> bytes:
        """The body, whole; mostly it came with the head."""
        incoming = self._incoming
        if incoming.is_complete and incoming.held <= limit:
            return incoming.take()
        return await super().read(limit)

    def close(self) -> None:
        """Gives the connection back, or closes it where the body was not read to its end."""
        if self._connection is not None:
            self._pool.give_back(self._connection)
            self._connection = None

    async def _next(self) -> bytes:
        if self._connection is None:
            return b""
        try:
            return await self._connection.more()
        except _BROKEN as error:
            raise failure_of(error, self._request.operation, self._endpoint) from None


class Wire:
    """The connections to one registry and to where it redirects; they are made in the loop that asks first.

    Once closed it stays closed: what comes late must not open another that nobody closes.
    """

    def __init__(self, endpoint: Endpoint, limits: Limits) -> None:
        self._endpoint = endpoint
        self._limits = limits
        self._outbound = Outbound(endpoint)
        self._pool = Pool(self._outbound, limits)
        self._lane: Lane | None = None

    async def send(self, request: Request, url: Url, headers: Mapping[str, str]) -> Reply:
        """The answer to `request` as sent to `url` with `headers` besides its own. Raises Again, Unreachable."""
        if self._pool.is_closed:
            raise Unreachable(request.operation, self._endpoint.host, "its connections are closed here")
        if request.is_hauled:
            return await self._hauling().send(request, url, headers)
        try:
            return await self._exchange(request, url, headers)
        except _BROKEN as error:
            raise failure_of(error, request.operation, self._endpoint) from None

    async def close(self) -> None:
        """Closes the connections, for good."""
        await self._pool.close()
        if self._lane is not None:
            await self._lane.close()

    def _hauling(self) -> "Lane":
        from tui.registry.lane import Lane

        if self._lane is None:
            self._lane = Lane(self._endpoint, self._limits, self._outbound)
        return self._lane

    async def _exchange(self, request: Request, url: Url, headers: Mapping[str, str]) -> Reply:
        pool, limits = self._pool, self._limits
        route = pool.route(url)
        head = route.addressing.head_of(request, url, headers)
        ends_at = math.inf if request.streams else asyncio.get_running_loop().time() + limits.total
        kept = pool.take(route)
        if kept is not None:
            try:
                return await self._ask(kept, head, request, url, ends_at)
            except ConnectionError:
                if not request.is_repeatable or (kept.incoming is not None and kept.incoming.has_begun):
                    raise
        fresh = await pool.open(route, request.operation, ends_at)
        return await self._ask(fresh, head, request, url, ends_at)

    async def _ask(self, connection: Connection, head: bytes, request: Request, url: Url, ends_at: float) -> Reply:
        incoming = Incoming(request.method)
        patience = (request.patience if request.streams else None) or self._limits.read
        try:
            await connection.ask(_whole(head, request), incoming, patience, ends_at)
        except BaseException:
            self._pool.give_back(connection)
            raise
        return WireReply(self._pool, connection, incoming, request, url, self._endpoint)


def _whole(head: bytes, request: Request) -> bytes:
    """A request as it goes out; a body that is freight never comes here."""
    return head + request.body if isinstance(request.body, bytes) else head
