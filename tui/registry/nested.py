"""TLS within TLS: an origin in https behind a proxy that is itself spoken to in https."""

import ssl
from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar, cast

from tui.registry.limits import KIB

T = TypeVar("T")

_RECORDS: Final = 64 * KIB
"""Bytes read of the outer connection at a time."""


class NestedTls:
    """TLS spoken to `host` over `outer`. Its methods block as `outer` does, with its time-out, and raise OSError."""

    def __init__(self, outer: ssl.SSLSocket, trust: ssl.SSLContext, host: str) -> None:
        self._outer = outer
        self._came, self._leaves = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = trust.wrap_bio(self._came, self._leaves, server_hostname=host)
        self._moving(self._tls.do_handshake)

    def send(self, part: memoryview) -> int:
        """Sends a part of the bytes: how many."""
        return self._moving(lambda: self._tls.write(part))

    def recv_into(self, room: memoryview) -> int:
        """Puts what came into `room`: how many bytes, at least one; none where the other side has ended well."""
        return self._moving(partial(_read_into, self._tls, room))

    def _moving(self, act: Callable[[], T]) -> T:
        """What `act` results in, while the records that it makes go out and those that it needs come in."""
        while True:
            try:
                result = act()
            except ssl.SSLWantReadError:
                self._flush()
                self._pull()
            else:
                self._flush()
                return result

    def _flush(self) -> None:
        if self._leaves.pending:
            self._outer.sendall(self._leaves.read())

    def _pull(self) -> None:
        if records := self._outer.recv(_RECORDS):
            self._came.write(records)
        else:
            self._came.write_eof()


def _read_into(tls: ssl.SSLObject, room: memoryview) -> int:
    return cast("int", tls.read(len(room), room))  # with room to put them into, it is their number
