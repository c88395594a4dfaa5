"""One blocking HTTP connection: to a registry, to the storage that it redirects to, or through a proxy to either."""

import select
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse

from tui.registry.limits import MIB, Limits
from tui.registry.outgoing import Addressing, connect_head
from tui.registry.proxy import Proxy
from tui.registry.request import Request
from tui.registry.unreached import NotHttp, ProxyFailed, ProxyRefused
from tui.registry.urls import Url


class Answered(Exception):
    """The other side answers while the body is still on its way to it."""


@dataclass(frozen=True, slots=True)
class Way:
    """To one origin, through `proxy` where there is one; `trust` is needed for https, there or at the proxy."""

    origin: Url
    proxy: Proxy | None
    trust: ssl.SSLContext | None

    @property
    def is_tls_within_tls(self) -> bool:
        """True where both ends of the way are spoken to in https, which a blocking socket cannot."""
        return self.proxy is not None and self.proxy.is_tls and self.origin.scheme == "https"


class Line:
    """A connection along `way`. Its methods block; `shut` alone is for other threads."""

    def __init__(self, way: Way, limits: Limits) -> None:
        self.way = way
        self.is_used = False
        """True once it was kept from one exchange to the next."""
        self._limits = limits
        self._addressing = Addressing(way.origin, way.proxy)
        self._opened: socket.socket | None = None
        self._is_shut = False

    @property
    def _socket(self) -> socket.socket:
        if self._opened is None:
            raise ConnectionAbortedError
        return self._opened

    @property
    def is_open(self) -> bool:
        """True while the other side has neither closed it nor said anything unasked."""
        return not self._is_shut and not self._is_readable()

    def connect(self) -> None:
        """Connects. Raises OSError, UnicodeError (a host name that no resolver takes), NotHttp, ProxyRefused."""
        origin, proxy = self.way.origin, self.way.proxy
        if proxy is None:
            self._open(origin.host, origin.port)
        else:
            self._open_proxy(proxy)
        if origin.scheme == "https":
            if proxy is not None:
                self._tunnel(proxy)
            self._secure(origin.host)
        self._socket.settimeout(self._limits.read)

    def say(self, request: Request, url: Url, headers: Mapping[str, str]) -> None:
        """Sends the head of `request`, with `headers` besides its own. Raises OSError, UnsafeRequest."""
        self._socket.sendall(self._addressing.head_of(request, url, headers))

    def send(self, part: memoryview) -> None:
        """Sends a part of the body. Raises Answered where the other side has answered already, TimeoutError where it
        takes no byte for too long."""
        while part:
            if not isinstance(self._socket, ssl.SSLSocket) and self._is_readable():
                raise Answered  # in TLS, what can be read need not be an answer
            part = part[self._socket.send(part[:MIB]) :]

    def hear(self, method: str, patience: float) -> HTTPResponse:
        """The answer to a `method`, once its head is here. Raises OSError, NotHttp."""
        self._socket.settimeout(patience)
        response = HTTPResponse(self._socket, method=method)
        try:
            response.begin()
        except OSError:
            raise
        except HTTPException:
            raise NotHttp from None
        self._socket.settimeout(self._limits.read)
        return response

    def shut(self) -> None:
        """Has whatever blocks on it end at once."""
        self._is_shut = True
        with suppress(OSError):  # not that of SSLSocket: what another thread writes then would go out in plain
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Closes it; nothing may block on it any more."""
        self._is_shut = True
        if self._opened is not None:
            self._opened.close()

    def _open(self, host: str, port: int) -> None:
        self._put(socket.create_connection((host, port), self._limits.connect))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _open_proxy(self, proxy: Proxy) -> None:
        try:
            self._open(proxy.host, proxy.port)
        except (OSError, UnicodeError) as error:
            raise ProxyFailed from error
        if proxy.is_tls:
            self._secure(proxy.host)

    def _tunnel(self, proxy: Proxy) -> None:
        """Asks the proxy for a way to the origin. What it says beside that is not taken for a word of the other end."""
        self._socket.sendall(connect_head(self.way.origin, proxy))
        answer = self.hear("CONNECT", self._limits.connect)
        if not 200 <= answer.status < 300:
            raise ProxyRefused(answer.status)
        answer.close()
        self._socket.settimeout(self._limits.connect)

    def _secure(self, host: str) -> None:
        if self.way.trust is not None:
            self._put(self.way.trust.wrap_socket(self._socket, server_hostname=host))

    def _put(self, opened: socket.socket) -> None:
        """Takes a socket in place of the one before; one that comes after all was shut is of no use."""
        self._opened = opened
        if self._is_shut:
            opened.close()
            raise ConnectionAbortedError

    def _is_readable(self) -> bool:
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(0))
