"""HTTP exchanges that move large blobs: each in a thread of its own that blocks on its socket.

The event loop would be asked to turn for every chunk of a blob; here it turns once for a request. The kinds of failure
and their sentences are those of the wire.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Final, cast

from tui.ports.errors import Unreachable
from tui.registry.aside import aside
from tui.registry.endpoint import Endpoint
from tui.registry.headers import Headers
from tui.registry.incoming import Incoming
from tui.registry.limits import KIB, Limits
from tui.registry.line import Answered, Line, Way
from tui.registry.outbound import Outbound
from tui.registry.outgoing import load
from tui.registry.proxy import Proxy
from tui.registry.reply import Reply
from tui.registry.request import Freight, Request
from tui.registry.retry import Again
from tui.registry.unreached import NotHttp, ProxyRefused, UnsafeRequest, failure_of
from tui.registry.urls import Url

_BROKEN: Final = (OSError, NotHttp, ProxyRefused, UnsafeRequest, UnicodeError)


class LaneReply(Reply):
    """An answer whose body a thread reads."""

    def __init__(self, exchange: "_Exchange", incoming: Incoming, line: Line, lane: "Lane") -> None:
        headers = Headers.raw(incoming.pairs)
        super().__init__(incoming.status, headers, exchange.request, exchange.url, exchange.endpoint)
        self._incoming = incoming
        self._is_cut = exchange.is_cut
        self._line = line
        self._lane = lane
        self._is_closed = False

    def readinto(self, room: memoryview) -> int:
        """Puts what came next into `room`: how many bytes, none only at the end. Blocks. Raises Again, Unreachable."""
        try:
            return self._line.readinto(room, self._incoming)
        except (OSError, NotHttp) as error:
            broken = error if isinstance(error, TimeoutError | NotHttp) else ConnectionError()
            raise failure_of(broken, self._request.operation, self._endpoint) from None

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives. Raises Again where it breaks off."""
        room = bytearray(64 * KIB)
        while count := await aside(partial(self.readinto, memoryview(room)), self.shut):
            yield bytes(room[:count])

    def shut(self) -> None:
        """Has a thread that reads it end at once."""
        self._line.shut()

    def close(self) -> None:
        """Gives the connection back, or closes it where the body was not read to its end."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._is_cut or self._incoming.is_last:
            self._line.shut()
            self._lane.drop(self._line)
        else:
            self._lane.keep(self._line)


class Lane:
    """The blocking connections to one registry and to where it redirects. Once closed it stays closed."""

    def __init__(self, endpoint: Endpoint, limits: Limits, outbound: Outbound) -> None:
        self._endpoint = endpoint
        self._limits = limits
        self._outbound = outbound
        self._kept: defaultdict[Way, list[Line]] = defaultdict(list)
        self._in_use: set[Line] = set()
        self._is_closed = False

    async def send(self, request: Request, url: Url, headers: Mapping[str, str]) -> LaneReply:
        """The answer to `request` as sent to `url` with `headers` besides its own. Raises Again, Unreachable, and what
        the request's body raises."""
        way = await self._way(request, url)
        exchange = _Exchange(self._endpoint, self._limits, request, url, headers)
        line = self._kept_line(way)
        if line is not None:
            try:
                return await self._run(exchange, line)
            except _Stale:
                pass
        return await self._run(exchange, Line(way, self._limits))

    async def close(self) -> None:
        """Closes the connections, for good; what moves on one breaks off."""
        self._is_closed = True
        for line in self._in_use:
            line.shut()
        for lines in self._kept.values():
            for line in lines:
                line.close()
        self._kept.clear()

    def keep(self, line: Line) -> None:
        """Keeps a connection, whose exchange ended whole, for the next one."""
        self._in_use.discard(line)
        if self._is_closed:
            line.close()
        else:
            line.is_used = True
            self._kept[line.way].append(line)

    def drop(self, line: Line) -> None:
        """Closes a connection."""
        self._in_use.discard(line)
        line.close()

    async def _way(self, request: Request, url: Url) -> Way:
        named = self._outbound.proxy(url)
        proxy = Proxy.parse(named) if named else None
        needs_trust = url.scheme == "https" or (proxy is not None and proxy.is_tls)
        trust = await self._outbound.trust(request.operation) if needs_trust else None
        return Way(Url(url.scheme, url.host, url.port), proxy, trust)

    async def _run(self, exchange: "_Exchange", line: Line) -> LaneReply:
        if self._is_closed:
            raise Unreachable(exchange.request.operation, self._endpoint.host, "its connections are closed here")
        self._in_use.add(line)
        try:
            incoming = await aside(partial(exchange.run, line), partial(exchange.stop, line))
        except BaseException:
            line.shut()
            self.drop(line)
            raise
        return LaneReply(exchange, incoming, line, self)

    def _kept_line(self, way: Way) -> Line | None:
        """A connection that was kept, and that the other side has not closed meanwhile."""
        while lines := self._kept[way]:
            line = lines.pop()
            if line.is_open:
                return line
            line.close()
        return None


class _Stale(Exception):
    """A kept connection turned out to be closed before anything was said on it that counts."""


class _Exchange:
    """One request and its answer, on the connection that it is given; it blocks."""

    def __init__(
        self, endpoint: Endpoint, limits: Limits, request: Request, url: Url, headers: Mapping[str, str]
    ) -> None:
        self.endpoint = endpoint
        self.request = request
        self.url = url
        self.is_cut = False
        """True where the other side answered before it had the whole body."""
        self._limits = limits
        self._headers = headers
        self._freight = cast("Freight | None", request.body)
        self._failure: OSError | None = None
        """What befell the connection while the body went out: the other side may have answered before."""
        self._has_sent = False
        self._incoming = Incoming("")

    def run(self, line: Line) -> Incoming:
        """The answer. Raises Again, Unreachable, _Stale, and what the body raises."""
        self._incoming = Incoming(self.request.method)
        try:
            if not line.is_used:
                line.connect()
            line.say(self.request, self.url, self._headers)
        except _BROKEN as error:
            raise self._unsaid(error, line) from None
        if self._freight is not None:
            self._load(self._freight, line)
        try:
            line.hear(self._incoming, self._patience)
        except _BROKEN as error:
            raise self._unheard(error, line) from None
        return self._incoming

    def stop(self, line: Line) -> None:
        """Has `run` end soon, from another thread."""
        line.shut()
        if self._freight is not None:
            self._freight.stop()

    @property
    def _patience(self) -> float:
        if self._failure is not None:
            return min(1.0, self._limits.read)  # an answer is here already, or none comes
        return self.request.patience if self.request.patience and self._freight else self._limits.read

    def _load(self, freight: Freight, line: Line) -> None:
        def send(part: memoryview) -> None:
            self._has_sent = True
            try:
                line.send(part)
            except OSError as error:
                self._failure = error
                raise Answered from error

        try:
            load(freight, self.request, send)
        except Answered:
            self.is_cut = True

    def _unsaid(self, error: Exception, line: Line) -> Exception:
        if line.is_used and not isinstance(error, TimeoutError | UnsafeRequest):
            return _Stale()
        return failure_of(error, self.request.operation, self.endpoint)

    def _unheard(self, error: Exception, line: Line) -> Exception:
        if isinstance(self._failure, TimeoutError):
            detail = f"it took no bytes for {self._limits.read:g} s"
            return Again(Unreachable(self.request.operation, self.endpoint.host, detail), answered=False)
        has_begun = self._has_sent or self._incoming.has_begun
        if line.is_used and not has_begun and isinstance(error, ConnectionError):
            return _Stale()
        broken = ConnectionError() if self._has_sent and not isinstance(error, TimeoutError) else error
        return failure_of(broken, self.request.operation, self.endpoint)
