"""The connections of one client: each origin has its own, and those that rest are asked first."""

import asyncio
import math
import ssl
from typing import Final

from tui.registry.connection import Connection
from tui.registry.dial import dial
from tui.registry.limits import Limits
from tui.registry.names import Names
from tui.registry.outbound import Outbound
from tui.registry.outgoing import Addressing
from tui.registry.proxy import Proxy
from tui.registry.urls import Url

_REST: Final = 60.0
"""Seconds after which a connection that nobody used is closed; many servers do it about then."""


class Route:
    """The way to one origin, and its connections that rest, the one used last at the end."""

    __slots__ = ("addressing", "origin", "proxy", "resting")

    def __init__(self, origin: Url, proxy: Proxy | None) -> None:
        self.origin = origin
        self.proxy = proxy
        self.addressing = Addressing(origin, proxy)
        self.resting: list[Connection] = []

    @property
    def needs_trust(self) -> bool:
        """True where TLS is spoken on it."""
        return self.origin.scheme == "https" or (self.proxy is not None and self.proxy.is_tls)

    def take(self) -> Connection | None:
        """A connection that rests; it is the caller's then."""
        while self.resting:
            connection = self.resting.pop()
            if connection.is_open:
                return connection
        return None


class Pool:
    """Belongs to the event loop that it is used in first. Once closed it opens nothing more."""

    def __init__(self, outbound: Outbound, limits: Limits) -> None:
        self.is_closed = False
        self._outbound = outbound
        self._limits = limits
        self._routes: dict[tuple[str, str, int], Route] = {}
        self._names = Names()
        self._busy: dict[Connection, Route] = {}
        self._dials: set[asyncio.Timeout] = set()
        self._sweep: asyncio.TimerHandle | None = None

    def route(self, url: Url) -> Route:
        """The way to `url`'s origin. Raises BadProxy."""
        found = self._routes.get(url.origin)
        if found is None:
            proxy = self._outbound.proxy(url)
            origin = Url(url.scheme, url.host, url.port)
            found = self._routes[url.origin] = Route(origin, Proxy.parse(proxy) if proxy else None)
        return found

    def take(self, route: Route) -> Connection | None:
        """A connection that rests."""
        connection = route.take()
        if connection is not None:
            self._busy[connection] = route
        return connection

    async def open(self, route: Route, operation: str, ends_at: float) -> Connection:
        """A new connection, at the latest when the loop's clock is at `ends_at`. Raises OSError, Unreachable."""
        trust = await self._outbound.trust(operation) if route.needs_trust else None
        if self.is_closed:
            raise ConnectionAbortedError
        connection = await self._dial(route, trust, ends_at)
        if self.is_closed:
            connection.abort()
            raise ConnectionAbortedError
        self._busy[connection] = route
        return connection

    def give_back(self, connection: Connection) -> None:
        """Keeps a connection for the next request, or closes it where its exchange did not end whole."""
        route = self._busy.pop(connection, None)
        if route is None or not connection.is_reusable:
            connection.abort()
            return
        connection.rest()
        route.resting.append(connection)
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(_REST, self._close_rested)

    async def close(self) -> None:
        """Closes all connections, for good; what is still asked on them breaks off."""
        self.is_closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        resting = [connection for route in self._routes.values() for connection in route.resting]
        for connection in (*self._busy, *resting):
            connection.abort()
        for dialling in self._dials:
            dialling.reschedule(-math.inf)
        self._busy.clear()
        self._routes.clear()
        await asyncio.sleep(0)  # the transports close in the loop's next turn

    async def _dial(self, route: Route, trust: ssl.SSLContext | None, ends_at: float) -> Connection:
        due = min(asyncio.get_running_loop().time() + self._limits.connect, ends_at)
        dialling = asyncio.timeout_at(due)
        try:
            async with dialling:
                self._dials.add(dialling)
                return await dial(self._names, route.origin, route.proxy, trust)
        except TimeoutError:
            raise (ConnectionAbortedError if self.is_closed else TimeoutError) from None
        finally:
            self._dials.discard(dialling)

    def _close_rested(self) -> None:
        """Closes what rested too long, and looks again when the next one could have."""
        self._sweep = None
        loop = asyncio.get_running_loop()
        oldest = math.inf
        for route in self._routes.values():
            for connection in [each for each in route.resting if each.idle_since <= loop.time() - _REST]:
                route.resting.remove(connection)
                connection.abort()
            oldest = min([oldest, *(each.idle_since for each in route.resting)])
        if oldest < math.inf:
            self._sweep = loop.call_at(oldest + _REST, self._close_rested)
