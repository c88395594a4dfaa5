"""A line to a far host: a TCP proxy, a process of its own, that hands on every byte a given time late.

    python -m tests.benchmarks.proxy HOST:PORT ONE_WAY

It prints the address that it listens on, and ends when its standard input does. Late, not slow: what is on its way
waits while more comes in, up to WINDOW for each direction of a connection. A connection costs its round trip too: what
a client says before the line's answer to its SYN could have reached it starts only then. Not imitated are a line's
bandwidth, its losses and the slow start of TCP.

One loop on epoll, so that the processor time that it takes from what is measured stays small.
"""

import heapq
import select
import socket
import sys
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

WINDOW: Final = 8 * 1024 * 1024
"""Bytes under way in one direction of a connection; the sender waits beyond that."""
READ: Final = 512 * 1024
"""Bytes read at once at most."""


@dataclass(slots=True, eq=False)
class Direction:
    """The bytes from `source` to `sink`: each chunk with the moment at which it arrives."""

    source: socket.socket
    sink: socket.socket
    opens: float
    """The moment from which on bytes can set out."""
    queue: deque[tuple[float, bytes | memoryview]] = field(default_factory=deque[tuple[float, bytes | memoryview]])
    """What is under way and when it arrives; empty bytes for the end of the stream."""
    held: int = 0
    is_read: bool = False
    """Whether the end was read."""
    is_done: bool = False
    """Whether the end was handed on."""

    def read(self, one_way: float) -> float:
        """Takes in what is there, and tells when it arrives. An error of the source is its end."""
        due = max(monotonic(), self.opens) + one_way
        try:
            data = self.source.recv(READ)
        except BlockingIOError:
            return due
        except OSError:
            data = b""
        self.queue.append((due, data))
        self.held += len(data)
        self.is_read = not data
        return due

    def write(self, now: float) -> bool:
        """Hands on what has arrived; whether the sink takes no more of it for now. Raises OSError for a dead sink."""
        while self.queue and self.queue[0][0] <= now:
            due, data = self.queue[0]
            if not data:
                self.sink.shutdown(socket.SHUT_WR)
                self.is_done = True
            elif (sent := self._send(data)) < len(data):
                self.queue[0] = (due, memoryview(data)[sent:])
                return True
            self.queue.popleft()
        return False

    def _send(self, data: bytes | memoryview) -> int:
        try:
            sent = self.sink.send(data)
        except BlockingIOError:
            return 0
        self.held -= sent
        return sent


@dataclass(slots=True, eq=False)
class Pair:
    """Both directions of one connection, and for which events each socket is watched."""

    directions: tuple[Direction, Direction]
    watched: dict[int, int] = field(default_factory=dict[int, int])
    is_open: bool = True


class Line:
    """The listener with all of its connections."""

    def __init__(self, host: str, one_way: float) -> None:
        address, _, port = host.rpartition(":")
        self._upstream = (address, int(port))
        self._one_way = one_way
        self._epoll = select.epoll()
        self._ends: dict[int, tuple[Pair, Direction, Direction]] = {}
        """By descriptor: the direction that reads from it, and the one that writes to it."""
        self._due: list[tuple[float, int, Pair, Direction]] = []
        self._count = 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._listener.setblocking(False)
        self._epoll.register(self._listener, select.EPOLLIN)

    @property
    def host(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    def run(self, until: int) -> None:
        """Serves until descriptor `until` can be read."""
        self._epoll.register(until, select.EPOLLIN)
        while True:
            # epoll waits in whole milliseconds only; select on it waits as short as is asked.
            select.select([self._epoll], [], [], self._patience())
            for descriptor, events in self._epoll.poll(0):
                if descriptor == until:
                    return
                self._on_event(descriptor, events)
            self._hand_on()

    def _patience(self) -> float | None:
        return max(0.0, self._due[0][0] - monotonic()) if self._due else None

    def _on_event(self, descriptor: int, events: int) -> None:
        if descriptor == self._listener.fileno():
            self._accept()
            return
        if (end := self._ends.get(descriptor)) is None:
            return  # closed by an event of this same round
        pair, reading, writing = end
        if events & ~select.EPOLLOUT and not reading.is_read:
            self._count += 1
            heapq.heappush(self._due, (reading.read(self._one_way), self._count, pair, reading))
        elif events & (select.EPOLLHUP | select.EPOLLERR):
            self._close(pair)
        if events & select.EPOLLOUT:
            self._write(pair, writing)
        self._watch(pair)

    def _accept(self) -> None:
        with suppress(OSError):
            client, _ = self._listener.accept()
            self._open(client)

    def _open(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._upstream)
        except OSError:
            client.close()
            return
        for end in (client, server):
            end.setblocking(False)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opens = monotonic() + 2 * self._one_way
        there, back = Direction(client, server, opens), Direction(server, client, opens)
        pair = Pair((there, back))
        self._ends[client.fileno()] = (pair, there, back)
        self._ends[server.fileno()] = (pair, back, there)
        self._watch(pair)

    def _hand_on(self) -> None:
        now = monotonic()
        while self._due and self._due[0][0] <= now:
            _, _, pair, direction = heapq.heappop(self._due)
            if pair.is_open:
                self._write(pair, direction)
                self._watch(pair)

    def _write(self, pair: Pair, direction: Direction) -> None:
        try:
            is_full = direction.write(monotonic())
        except OSError:
            self._close(pair)
            return
        descriptor = direction.sink.fileno()
        wanted = pair.watched.get(descriptor, 0)
        self._want(pair, descriptor, wanted | select.EPOLLOUT if is_full else wanted & ~select.EPOLLOUT)
        if all(each.is_done for each in pair.directions):
            self._close(pair)

    def _watch(self, pair: Pair) -> None:
        """Listens to both sources, but to one that has too much under way, or has ended."""
        if not pair.is_open:
            return
        for each in pair.directions:
            descriptor = each.source.fileno()
            kept = pair.watched.get(descriptor, 0) & select.EPOLLOUT
            wants = not each.is_read and each.held < WINDOW
            self._want(pair, descriptor, kept | (select.EPOLLIN if wants else 0))

    def _want(self, pair: Pair, descriptor: int, events: int) -> None:
        known = pair.watched.get(descriptor, 0)
        pair.watched[descriptor] = events
        if events and not known:
            self._epoll.register(descriptor, events)
        elif known and not events:
            self._epoll.unregister(descriptor)
        elif events != known:
            self._epoll.modify(descriptor, events)

    def _close(self, pair: Pair) -> None:
        if not pair.is_open:
            return
        pair.is_open = False
        for each in pair.directions:
            del self._ends[each.source.fileno()]
            each.source.close()  # epoll forgets what is closed


def main(host: str, one_way: float) -> None:
    """Prints where it listens, and serves until standard input ends."""
    line = Line(host, one_way)
    print(line.host, flush=True)
    line.run(sys.stdin.fileno())


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
