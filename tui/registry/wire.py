"""One HTTP exchange: the session, TLS, proxies and time-outs. No credentials, no redirects, no second try."""

import asyncio
from collections.abc import AsyncIterator, Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, cast

from tui import __version__
from tui.ports.errors import Unreachable
from tui.registry.endpoint import Endpoint
from tui.registry.headers import Headers
from tui.registry.lane import Lane
from tui.registry.limits import KIB, Limits
from tui.registry.outbound import Outbound
from tui.registry.reply import Reply
from tui.registry.request import Request
from tui.registry.retry import Again
from tui.registry.unreached import is_lasting, sentence_of
from tui.registry.urls import Url

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession, ClientTimeout

_HEADERS: Final = {
    "User-Agent": f"windlass/{__version__}",
    "Accept-Encoding": "identity",  # digests are of the bytes as stored, and nothing can unfold into more than was read
}
_READ_BUFFER: Final = 512 * KIB


async def _once(body: bytes) -> AsyncIterator[bytes]:
    """A body that the HTTP client does not send a second time by itself: a part of it may have been taken."""
    yield body


@contextmanager
def reaching(endpoint: Endpoint, operation: str) -> Generator[None, None, None]:
    """Turns what the HTTP client raises into Again or, where no other try can help, Unreachable."""
    import aiohttp

    try:
        yield
    except (aiohttp.ClientError, OSError, UnicodeError) as error:  # the last of a host name that no resolver takes
        final = Unreachable(operation, endpoint.host, sentence_of(error, endpoint))
        if is_lasting(error):
            raise final from None
        raise Again(final, answered=False) from None


class _WireReply(Reply):
    def __init__(self, response: "ClientResponse", request: Request, url: Url, endpoint: Endpoint) -> None:
        super().__init__(response.status, Headers(response.headers.items()), request, url, endpoint)
        self._response = response

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives. Raises Again where it breaks off."""
        content = self._response.content
        while True:
            with reaching(self._endpoint, self._request.operation):
                chunk = await content.readany()
            if not chunk:
                return
            yield chunk

    def close(self) -> None:
        """Gives the connection back, or closes it where the body was not read to its end."""
        self._response.close()


class Wire:
    """The connections to one registry and to where it redirects. The session is made on first use, in that loop.

    Once closed it stays closed: what comes late must not open another that nobody closes.
    """

    def __init__(self, endpoint: Endpoint, limits: Limits) -> None:
        self._endpoint = endpoint
        self._limits = limits
        self._session: ClientSession | None = None
        self._is_closed = False
        self._opening = asyncio.Lock()
        self._outbound = Outbound(endpoint)
        self._lane = Lane(endpoint, limits, self._outbound)

    async def send(self, request: Request, url: Url, headers: Mapping[str, str]) -> Reply:
        """The answer to `request` as sent to `url` with `headers` besides its own. Raises Again, Unreachable."""
        from yarl import URL

        if request.is_hauled:
            return await self._lane.send(request, url, headers)
        session = await self._ready(request.operation)
        body = cast("bytes | None", request.body)
        own = dict(request.headers)
        if body and not request.is_repeatable:
            own["Content-Length"] = str(len(body))
        with reaching(self._endpoint, request.operation):
            response = await session.request(
                request.method,
                URL(str(url), encoded=True),
                headers={**own, **headers},
                data=_once(body) if "Content-Length" in own and body else body,
                allow_redirects=False,
                timeout=self._timeout(request),
                proxy=self._outbound.proxy(url),
            )
        return _WireReply(response, request, url, self._endpoint)

    async def close(self) -> None:
        """Closes the connections, for good."""
        async with self._opening:
            self._is_closed = True
            await self._lane.close()
            if self._session is not None:
                await self._session.close()

    def _timeout(self, request: Request) -> "ClientTimeout":
        from aiohttp import ClientTimeout

        limits = self._limits
        if request.streams:
            return ClientTimeout(total=None, connect=limits.connect, sock_read=request.patience or limits.read)
        return ClientTimeout(total=limits.total, connect=limits.connect, sock_read=limits.read)

    async def _ready(self, operation: str) -> "ClientSession":
        async with self._opening:
            if self._is_closed:
                raise Unreachable(operation, self._endpoint.host, "its connections are closed here")
            if self._session is None:
                self._session = await self._open(operation)
            return self._session

    async def _open(self, operation: str) -> "ClientSession":
        import aiohttp

        trust = True if self._endpoint.plain_http else await self._outbound.trust(operation)
        connector = aiohttp.TCPConnector(limit=0, ssl=trust)
        return aiohttp.ClientSession(
            connector=connector,
            headers=_HEADERS,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,  # it would add what ~/.netrc says; proxies are looked up here
            read_bufsize=_READ_BUFFER,
        )
