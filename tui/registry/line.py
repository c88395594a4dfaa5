"""One blocking HTTP connection: to a registry, to the storage that it redirects to, or through a proxy to either."""

import select
import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from tui import __version__
from tui.registry.limits import MIB, Limits
from tui.registry.request import Request
from tui.registry.urls import Url

if TYPE_CHECKING:
    from http.client import HTTPConnection, HTTPResponse

_HEADERS: Final = {
    "User-Agent": f"windlass/{__version__}",
    "Accept-Encoding": "identity",  # digests are of the bytes as stored
}


@dataclass(frozen=True, slots=True)
class Way:
    """To one origin, through the proxy at that URL where there is one; https where there is a `trust`."""

    scheme: str
    host: str
    port: int
    proxy: str | None
    trust: ssl.SSLContext | None = field(repr=False)


class ProxyFailed(OSError):
    """The proxy did not connect."""


class Answered(Exception):
    """The other side answers while the body is still on its way to it."""


class Line:
    """A connection along `way`. Its methods block; `shut` alone is for other threads."""

    def __init__(self, way: Way, limits: Limits) -> None:
        self.way = way
        self.is_used = False
        """True once it was kept from one exchange to the next."""
        self._limits = limits
        self._connection = _connection(way, limits)
        self._socket: socket.socket | None = None
        self._is_shut = False

    @property
    def is_open(self) -> bool:
        """True while the other side has neither closed it nor said anything unasked."""
        return self._socket is not None and self._connection.sock is not None and not _is_readable(self._socket)

    def connect(self) -> None:
        """Connects. Raises OSError, HTTPException."""
        try:
            self._connection.connect()
        except OSError as error:
            if self.way.proxy and not isinstance(error, ssl.SSLError):
                raise ProxyFailed from error
            raise
        self._socket = self._connection.sock
        self._connection.sock.settimeout(self._limits.read)
        if self._is_shut:
            self.close()
            raise ConnectionAbortedError

    def say(self, request: Request, url: Url, headers: Mapping[str, str]) -> None:
        """Sends the head of `request`, with `headers` besides its own."""
        connection = self._connection
        connection.putrequest(request.method, self._target(url), skip_host=True, skip_accept_encoding=True)
        for name, value in {"Host": url.authority, **_HEADERS, **request.headers, **headers}.items():
            connection.putheader(name, value)
        if self.way.proxy and self.way.trust is None:
            for name, value in _proxy_headers(self.way.proxy).items():
                connection.putheader(name, value)
        connection.endheaders()

    def send(self, part: memoryview) -> None:
        """Sends a part of the body. Raises Answered where the other side has answered already, TimeoutError where it
        takes no byte for too long."""
        sock = self._connection.sock
        while part:
            if self.way.trust is None and _is_readable(sock):  # in TLS, what can be read may be no answer
                raise Answered
            part = part[sock.send(part[:MIB]) :]

    def hear(self, patience: float) -> "HTTPResponse":
        """The answer, once its head is here."""
        sock = self._connection.sock
        sock.settimeout(patience)
        response = self._connection.getresponse()
        sock.settimeout(self._limits.read)
        return response

    def shut(self) -> None:
        """Has whatever blocks on it end at once."""
        self._is_shut = True
        if self._socket is not None:
            with suppress(OSError):  # not that of SSLSocket: what another thread writes then would go out in plain
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Closes it; nothing may block on it any more."""
        self._is_shut = True
        self._connection.close()

    def _target(self, url: Url) -> str:
        if self.way.proxy and self.way.trust is None:
            return str(url)
        return (url.path or "/") + (f"?{url.query}" if url.query else "")


def _connection(way: Way, limits: Limits) -> "HTTPConnection":
    from http.client import HTTPConnection, HTTPSConnection

    host, port = (way.host, way.port) if way.proxy is None else _proxy_address(way.proxy)
    if way.trust is None:
        return HTTPConnection(host, port, timeout=limits.connect)
    connection = HTTPSConnection(host, port, timeout=limits.connect, context=way.trust)
    if way.proxy is not None:
        connection.set_tunnel(way.host, way.port, _proxy_headers(way.proxy))
    return connection


def _proxy_address(proxy: str) -> tuple[str, int]:
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    return parts.hostname or "", parts.port or 80


def _proxy_headers(proxy: str) -> dict[str, str]:
    parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if parts.username is None:
        return {}
    user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Proxy-Authorization": f"Basic {b64encode(user.encode()).decode()}"}


def _is_readable(sock: socket.socket) -> bool:
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))
