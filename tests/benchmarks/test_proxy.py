"""The line to a far host: everything arrives, in order, late by what was asked, and ends where the other side ends."""

import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

from tests.benchmarks.far import far_away
from tests.real import free_port

ONE_WAY = 0.02


@contextmanager
def echo() -> Generator[str, None, None]:
    """A host that reads one connection to its end, then sends all of it back."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = threading.Thread(target=_answer, args=(listener,), daemon=True)
        serving.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def _answer(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.sendall(_read_all(connection))


def _read_all(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def ask(host: str, data: bytes) -> bytes:
    """What comes back for `data`."""
    address, _, port = host.partition(":")
    with socket.create_connection((address, int(port)), timeout=20) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return _read_all(connection)


def test_everything_arrives_in_order_though_it_is_more_than_the_line_holds() -> None:
    data = bytes(range(256)) * 100_000
    with echo() as host, far_away([host], 0.001) as (far,):
        assert ask(far, data) == data


def test_an_answer_takes_a_round_trip_for_the_connection_and_one_for_itself() -> None:
    with echo() as host, far_away([host], ONE_WAY) as (far,):
        started = time.monotonic()
        assert ask(far, b"ping") == b"ping"
        assert time.monotonic() - started >= 4 * ONE_WAY


def test_a_host_that_does_not_answer_ends_the_connection() -> None:
    with far_away([f"127.0.0.1:{free_port()}"], 0.001) as (far,):
        assert ask(far, b"") == b""
