"""Host names resolved aside: a resolver that does not answer keeps only those waiting who asked for that name.

The event loop's own look-ups share a few threads with everything that is done aside; one dead name can fill them all.
"""

import asyncio
import socket
from collections.abc import Sequence
from functools import partial
from typing import Final

from tui.registry.aside import aside

AddressInfo = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int]]
"""Family, kind, protocol, canonical name and socket address, as `socket.getaddrinfo` gives them."""

_NUMERIC: Final = socket.AI_NUMERICHOST


class Names:
    """Looks each host up once for all who want it at that time. It belongs to one event loop."""

    def __init__(self) -> None:
        self._under_way: dict[tuple[str, int], asyncio.Task[Sequence[AddressInfo]]] = {}

    async def addresses(self, host: str, port: int) -> Sequence[AddressInfo]:
        """Its addresses, best first. Raises OSError, UnicodeError (a name that no resolver takes)."""
        try:
            return _look_up(host, port, _NUMERIC)  # an address already, which no resolver is asked for
        except socket.gaierror:
            return await asyncio.shield(self._shared(host, port))

    def _shared(self, host: str, port: int) -> "asyncio.Task[Sequence[AddressInfo]]":
        key = host, port
        if key not in self._under_way:
            task = asyncio.create_task(aside(partial(_look_up, host, port, 0), lambda: None))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._done(key, done))
        return self._under_way[key]

    def _done(self, key: tuple[str, int], task: "asyncio.Task[Sequence[AddressInfo]]") -> None:
        self._under_way.pop(key, None)
        if not task.cancelled():
            task.exception()  # heard, also where nobody waits any more


def _look_up(host: str, port: int, flags: int) -> Sequence[AddressInfo]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)  # pyright: ignore[reportReturnType] - IPv4 and IPv6 alone
