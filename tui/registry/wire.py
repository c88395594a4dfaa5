"""One HTTP exchange: the session, TLS, proxies and time-outs. No credentials, no redirects, no second try."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from urllib.request import getproxies, proxy_bypass

from tui import __version__
from tui.ports.errors import InvalidAnswer, Unreachable
from tui.registry.endpoint import Endpoint
from tui.registry.limits import KIB, Limits
from tui.registry.request import Request
from tui.registry.retry import Again
from tui.registry.unreached import is_lasting, sentence_of
from tui.registry.urls import Url

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession, ClientTimeout
    from multidict import CIMultiDictProxy

_HEADERS: Final = {
    "User-Agent": f"windlass/{__version__}",
    "Accept-Encoding": "identity",  # digests are of the bytes as stored, and nothing can unfold into more than was read
}
_READ_BUFFER: Final = 512 * KIB


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


class Reply:
    """An answer whose head has arrived; its body is still to be read. `url` is where it came from in the end."""

    def __init__(self, response: "ClientResponse", request: Request, url: Url, endpoint: Endpoint) -> None:
        self._response = response
        self._request = request
        self._endpoint = endpoint
        self.url = url

    @property
    def status(self) -> int:
        """The status."""
        return self._response.status

    @property
    def headers(self) -> "CIMultiDictProxy[str]":
        """The headers."""
        return self._response.headers

    @property
    def is_elsewhere(self) -> bool:
        """True where it came from another origin than the registry's."""
        return self.url.origin != self._endpoint.root.origin

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives. Raises Again where it breaks off."""
        content = self._response.content
        while True:
            with reaching(self._endpoint, self._request.operation):
                chunk = await content.readany()
            if not chunk:
                return
            yield chunk

    async def read(self, limit: int) -> bytes:
        """The body, whole. Raises InvalidAnswer where it is longer than `limit` bytes, Again where it breaks off."""
        parts = bytearray()
        async for chunk in self.chunks():
            parts += chunk
            if len(parts) > limit:
                detail = f"its answer is larger than the {limit} bytes that are read of one"
                raise InvalidAnswer(self._request.operation, self._endpoint.host, detail)
        return bytes(parts)

    async def read_start(self, limit: int) -> bytes:
        """The first `limit` bytes of the body at most; enough to say what went wrong."""
        parts = bytearray()
        async for chunk in self.chunks():
            parts += chunk
            if len(parts) >= limit:
                self.close()
                break
        return bytes(parts[:limit])

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
        self._proxies: dict[tuple[str, str], str | None] = {}

    async def send(self, request: Request, url: Url, headers: Mapping[str, str]) -> Reply:
        """The answer to `request` as sent to `url` with `headers` besides its own. Raises Again, Unreachable."""
        from yarl import URL

        session = await self._ready(request.operation)
        with reaching(self._endpoint, request.operation):
            response = await session.request(
                request.method,
                URL(str(url), encoded=True),
                headers={**request.headers, **headers},
                data=request.body,
                allow_redirects=False,
                timeout=self._timeout(request),
                proxy=self._proxy(url),
            )
        return Reply(response, request, url, self._endpoint)

    async def close(self) -> None:
        """Closes the connections, for good."""
        async with self._opening:
            self._is_closed = True
            if self._session is not None:
                await self._session.close()

    def _proxy(self, url: Url) -> str | None:
        """The proxy for `url`; the environment is searched once for a host, as that takes longer than to send."""
        key = url.scheme, url.host
        if key not in self._proxies:
            self._proxies[key] = _proxy(url)
        return self._proxies[key]

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

        connector = aiohttp.TCPConnector(limit=0, ssl=await self._trust(operation))
        return aiohttp.ClientSession(
            connector=connector,
            headers=_HEADERS,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,  # it would add what ~/.netrc says; proxies are looked up here
            read_bufsize=_READ_BUFFER,
        )

    async def _trust(self, operation: str) -> ssl.SSLContext | bool:
        if self._endpoint.plain_http:
            return True
        try:
            return await asyncio.to_thread(_context, self._endpoint.ca_file)
        except OSError as error:
            detail = f"the authority file {self._endpoint.ca_file} cannot be read: {error.strerror or 'not PEM'}"
            raise Unreachable(operation, self._endpoint.host, detail) from error


def _context(ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def _proxy(url: Url) -> str | None:
    """The proxy that the environment names for `url`, as every other client on the machine would use it."""
    proxies = getproxies()
    if not proxies or url.host in {"localhost", "127.0.0.1", "::1"} or proxy_bypass(url.host):
        return None
    return proxies.get(url.scheme)
