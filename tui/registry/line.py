"""One blocking HTTP connection: to a registry, to the storage that it redirects to, or through a proxy to either."""

import select
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from tui.registry.incoming import Incoming
from tui.registry.limits import KIB, MIB, Limits
from tui.registry.nested import NestedTls
from tui.registry.outgoing import Addressing, connect_head
from tui.registry.proxy import Proxy
from tui.registry.request import Request
from tui.registry.unreached import NotHttp, ProxyFailed, ProxyRefused
from tui.registry.urls import Url

_HEAD: Final = 16 * KIB
"""Bytes read at a time where a head, or a chunk's, may be among them."""


class Answered(Exception):
    """The other side answers while the body is still on its way to it."""


@dataclass(frozen=True, slots=True)
class Way:
    """To one origin, through `proxy` where there is one; `trust` is needed for https, there or at the proxy."""

    origin: Url
    proxy: Proxy | None
    trust: ssl.SSLContext | None


class Line:
    """A connection along `way`. Its methods block; `shut` alone is for other threads."""

    def __init__(self, way: Way, limits: Limits) -> None:
        self.way = way
        self.is_used = False
        """True once it was kept from one exchange to the next."""
        self._limits = limits
        self._addressing = Addressing(way.origin, way.proxy)
        self._opened: socket.socket | None = None
        self._nested: NestedTls | None = None
        self._failure: OSError | None = None
        """What broke an answer off, and is not told yet."""
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
        self._say(self._addressing.head_of(request, url, headers))

    def send(self, part: memoryview) -> None:
        """Sends a part of the body. Raises Answered where the other side has answered already, TimeoutError where it
        takes no byte for too long."""
        while part:
            if not isinstance(self._socket, ssl.SSLSocket) and self._is_readable():
                raise Answered  # in TLS, what can be read need not be an answer
            part = part[self._stream.send(part[:MIB]) :]

    def hear(self, incoming: Incoming, patience: float) -> None:
        """Returns once the head of `incoming` is here, within `patience`. Raises OSError, NotHttp."""
        ends_at = time.monotonic() + patience
        while not incoming.has_head:
            self._socket.settimeout(max(0.001, ends_at - time.monotonic()))
            self._hear_more(incoming)
        self._socket.settimeout(self._limits.read)

    def readinto(self, room: memoryview, incoming: Incoming) -> int:
        """What comes next of the body of `incoming`: how many bytes, none only at its end. Raises OSError, NotHttp."""
        while not incoming.held and not incoming.is_complete:
            if incoming.left is not None:
                return self._read_past(room, incoming)
            self._hear_more(incoming)
        return incoming.take_into(room)

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
        answer = Incoming("CONNECT")
        self._say(connect_head(self.way.origin, proxy))
        self.hear(answer, self._limits.connect)
        if not 200 <= answer.status < 300:
            raise ProxyRefused(answer.status)
        if answer.is_followed:
            raise NotHttp
        self._socket.settimeout(self._limits.connect)

    def _secure(self, host: str) -> None:
        """Speaks TLS from now on; where it is spoken already, within that."""
        trust, opened = self.way.trust, self._socket
        if isinstance(opened, ssl.SSLSocket) and trust is not None:
            self._nested = NestedTls(opened, trust, host)
        elif trust is not None:
            self._put(trust.wrap_socket(opened, server_hostname=host, suppress_ragged_eofs=False))

    def _put(self, opened: socket.socket) -> None:
        """Takes a socket in place of the one before; one that comes after all was shut is of no use."""
        self._opened = opened
        if self._is_shut:
            opened.close()
            raise ConnectionAbortedError

    @property
    def _stream(self) -> socket.socket | NestedTls:
        """What bytes go through, in the end to `_socket`."""
        return self._nested or self._socket

    def _say(self, head: bytes) -> None:
        part = memoryview(head)
        while part:
            part = part[self._stream.send(part) :]

    def _read_past(self, room: memoryview, incoming: Incoming) -> int:
        """Fills `room` straight, as nothing but the body can come: for who hashes it, a record of TLS is little.

        What breaks it off is raised at once, or by the next call where some bytes came.
        """
        if self._failure is not None:
            raise self._failure
        room, filled = room[: incoming.left], 0
        try:
            while filled < len(room):
                filled += self._receive(room[filled:], incoming)
        except OSError as error:
            if not filled:
                raise
            self._failure = error
        incoming.pass_by(filled)
        return filled

    def _hear_more(self, incoming: Incoming) -> None:
        room = memoryview(bytearray(_HEAD))
        if count := self._receive(room, incoming):
            incoming.feed(bytes(room[:count]))

    def _receive(self, room: memoryview, incoming: Incoming) -> int:
        """At least one byte that came; none at the end of a body whose length was not said. Raises OSError."""
        try:
            count = self._stream.recv_into(room)
        except ssl.SSLError:
            raise ConnectionResetError from None  # an end that TLS does not vouch for, as anybody can make one
        if not count:
            incoming.end()
            if self._is_shut or not incoming.is_complete:
                raise ConnectionResetError  # also where the end is ours: it says nothing of the body's
        return count

    def _is_readable(self) -> bool:
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(0))
