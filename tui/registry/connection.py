"""One connection, as asyncio calls it: a request goes out, its answer comes in, and then the next may.

No task and no time-out context is made for a request: who asks waits for one future, and one timer serves the
connection for all its life.
"""

import asyncio
import math
import ssl
from typing import Final, cast

from tui.registry.incoming import Incoming
from tui.registry.limits import KIB
from tui.registry.unreached import NotHttp

_READ_AHEAD: Final = 512 * KIB
"""Bytes of a body held for who reads it slowly; beyond, no more are read."""


class Connection(asyncio.Protocol):
    """To one origin, perhaps through a proxy. One exchange at a time."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.idle_since = 0.0
        self.incoming: Incoming | None = None
        """The answer to what was asked last."""
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._failure: Exception | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._is_paused = False
        """True while nothing moves because nobody reads what came."""
        self._timer: asyncio.TimerHandle | None = None
        self._patience = math.inf
        self._ends_at = math.inf
        self._moved_at = 0.0
        self._unsent = 0

    @property
    def is_open(self) -> bool:
        """True while it can be asked something."""
        return self._transport is not None and self._failure is None and not self._transport.is_closing()

    @property
    def is_reusable(self) -> bool:
        """True where the exchange ended whole on both sides, and nothing came after it."""
        is_over = self.incoming is not None and not self.incoming.is_last
        return is_over and self.is_open and self._has_sent_all

    @property
    def _has_sent_all(self) -> bool:
        """False where the answer came before the whole request had left: perhaps nobody ever reads the rest."""
        return self.transport.get_write_buffer_size() == 0

    @property
    def transport(self) -> asyncio.Transport:
        """What it goes over. Raises ConnectionError where it is closed."""
        if self._transport is None:
            raise self._failure or ConnectionAbortedError
        return self._transport

    async def ask(self, request: bytes, incoming: Incoming, patience: float, ends_at: float) -> None:
        """Sends a request, head and body; returns when the head of `incoming`, its answer, is here.

        `patience` is the seconds without a byte that are no stall, `ends_at` when the whole is to be over, on the
        loop's clock. Raises OSError and NotHttp.
        """
        transport = self.transport
        self.incoming = incoming
        self._patience, self._ends_at = patience, ends_at
        self._moved()
        transport.write(request)
        self._watch()
        while not incoming.has_head:
            await self._wait()

    async def more(self) -> bytes:
        """What came next of the answer's body, at least one byte; none at its end. Raises OSError and NotHttp."""
        incoming = self.incoming
        if incoming is None:
            return b""
        while not incoming.chunks:
            if incoming.is_complete:
                return b""
            await self._wait()
        if self._is_paused:
            self._resume()
        return incoming.take()

    def rest(self) -> None:
        """Ends an exchange that leaves it reusable."""
        self.incoming = None
        self.idle_since = self._loop.time()
        if self._is_paused:
            self._resume()

    def abort(self, reason: Exception | None = None) -> None:
        """Closes it at once; whoever waits on it is told `reason`."""
        if self._failure is None:
            self._failure = reason or ConnectionAbortedError()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._transport is not None:
            self._transport.abort()
        self._wake()

    def move_to(self, transport: asyncio.Transport) -> None:
        """Goes on over `transport`, which was put between: the tunnel's end is to be spoken to in TLS."""
        self._transport = transport
        self.incoming = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        incoming = self.incoming
        if incoming is None:
            self.abort()  # nobody asked: it would be taken for the answer to the next request
            return
        try:
            incoming.feed(data)
        except NotHttp as error:
            self.abort(error)
            return
        if incoming.has_head:
            self._moved()  # a head that drips is a stall: nothing else would end it where a body may last
        if incoming.held > _READ_AHEAD and not self._is_paused and not incoming.is_complete:
            self._is_paused = True
            self.transport.pause_reading()
        if incoming.has_head:
            self._wake()

    def eof_received(self) -> bool:
        """The other side ends; this one does as well."""
        if self.incoming is not None and _is_said(self.transport.get_extra_info("ssl_object")):
            self.incoming.end()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        # Once it stood, whatever ended it is a cut: also what TLS or the network then say.
        self.abort(exc if isinstance(exc, TimeoutError) else ConnectionResetError())
        self._transport = None

    async def _wait(self) -> None:
        """Until something came. Raises what ended the connection."""
        if self._failure is not None:
            raise self._failure
        self._waiter = self._loop.create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _resume(self) -> None:
        self._is_paused = False
        self._moved()
        if self.is_open:
            self.transport.resume_reading()

    def _moved(self) -> None:
        self._moved_at = self._loop.time()

    def _watch(self) -> None:
        """Has the timer look not later than the first moment at which it could be too late."""
        due = min(self._moved_at + self._patience, self._ends_at)
        if due < (math.inf if self._timer is None else self._timer.when()):
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_at(due, self._look)

    def _look(self) -> None:
        """Ends what stalled or lasts too long. A timer that is early looks again later, so most requests set none."""
        self._timer = None
        if self.incoming is None or self.incoming.is_complete or self._transport is None:
            return
        unsent = self._transport.get_write_buffer_size()
        if self._is_paused or unsent != self._unsent:
            self._unsent = unsent
            self._moved()
        now = self._loop.time()
        if now >= min(self._moved_at + self._patience, self._ends_at):
            self.abort(TimeoutError())
        else:
            self._watch()


def _is_said(tls: ssl.SSLObject | None) -> bool:
    """True where an end is the other side's own: in TLS it says so, and any other anybody between could have made.

    See RFC 8446, section 6.1.
    """
    try:
        return tls is None or not tls.read(1)
    except ssl.SSLError as error:
        return isinstance(error, ssl.SSLZeroReturnError)
