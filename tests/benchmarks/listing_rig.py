"""What the measurements of listing stand on: four real registries of many tags, and the barest client of them."""

import asyncio
import json
import shutil
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.judge import CONFIG, clerk, image
from tests.benchmarks.table import note
from tests.real import RealRegistry, docker_registry
from tui.domain import media

REGISTRIES: Final = 4
REPOSITORIES: Final = 20
TAGS: Final = 100
DEPTHS: Final = (8, 16, 32, 64, 128)
"""Requests at once to each registry that the bare client tries."""


@dataclass(frozen=True, slots=True)
class Read:
    """Wall and processor seconds of a client."""

    wall: float
    spent: float


@contextmanager
def registries(home: Path) -> Generator[list[str], None, None]:
    """The hosts of four registries that hold the same."""
    with ExitStack() as stack:
        served = [stack.enter_context(docker_registry(home / str(at))) for at in range(REGISTRIES)]
        _fill(served[0])
        for other in served[1:]:
            _copy(served[0], other)
        yield [each.host for each in served]


def _fill(registry: RealRegistry) -> None:
    for number in range(REPOSITORIES):
        with clerk(registry, f"shop/service-{number:02}") as pushing:
            manifest = image(pushing.push_blob(CONFIG, lambda: [b"{}"]), [])
            for tag in range(TAGS):
                pushing.push_manifest(f"1.{tag}", manifest)


def _copy(source: RealRegistry, target: RealRegistry) -> None:
    shutil.copytree(source.root, target.root, dirs_exist_ok=True)


def best_depth(hosts: Sequence[str]) -> int:
    """The depth at which the barest client is done first."""
    taken = {depth: bare(hosts, depth).wall for depth in DEPTHS}
    note(f"bare client: {', '.join(f'{depth} at once {wall:.2f} s' for depth, wall in taken.items())}")
    return min(taken, key=lambda depth: taken[depth])


def bare(hosts: Sequence[str], depth: int) -> Read:
    """What the barest client takes: the catalog of each registry, the lists of tags, then a HEAD for each tag, with so
    many at once to each registry."""
    wall, spent = time.perf_counter(), time.process_time()
    asyncio.run(_read_all(hosts, depth))
    return Read(time.perf_counter() - wall, time.process_time() - spent)


async def _read_all(hosts: Sequence[str], depth: int) -> None:
    await asyncio.gather(*(_read_registry(host, depth) for host in hosts))


async def _read_registry(host: str, depth: int) -> None:
    repositories = (await _asked(host, 1, ["GET /v2/_catalog?n=1000"]))[0]["repositories"]
    lists = await _asked(host, depth, [f"GET /v2/{name}/tags/list?n=1000" for name in repositories])
    assert len(lists) == REPOSITORIES
    heads = [f"HEAD /v2/{item['name']}/manifests/{tag}" for item in lists for tag in item["tags"]]
    assert len(heads) == REPOSITORIES * TAGS
    await _asked(host, depth, heads)


async def _asked(host: str, depth: int, requests: Sequence[str]) -> list[dict[str, list[str]]]:
    """The bodies of the answers to GET requests, sent over `depth` connections."""
    loop, address, port = asyncio.get_running_loop(), *host.split(":")
    head = f" HTTP/1.1\r\nHost: {host}\r\nAccept: {media.ACCEPT}\r\n\r\n"
    left, bodies = iter([f"{request}{head}".encode() for request in requests]), list[bytes]()
    done = [loop.create_future() for _ in range(min(depth, len(requests)))]
    await asyncio.gather(
        *(loop.create_connection(_maker(left, bodies, end), address, int(port)) for end in done), *done
    )
    return [json.loads(body) for body in bodies]


def _maker(left: Iterator[bytes], bodies: list[bytes], done: "asyncio.Future[None]") -> "Callable[[], _Asker]":
    return lambda: _Asker(left, bodies, done)


class _Asker(asyncio.Protocol):
    """One connection that sends what is left of the requests, one after another."""

    def __init__(self, left: Iterator[bytes], bodies: list[bytes], done: "asyncio.Future[None]") -> None:
        self._left = left
        self._bodies = bodies
        self._done = done
        self._data = b""
        self._is_head = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._data += data
        head, found, body = self._data.partition(b"\r\n\r\n")
        if not found:
            return
        assert head.startswith(b"HTTP/1.1 200"), head
        if not self._is_head:
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            if len(body) < length:
                return
            self._bodies.append(body)
        self._next()

    def _next(self) -> None:
        self._data = b""
        request = next(self._left, None)
        if request is None:
            self._transport.close()
            self._done.set_result(None)
            return
        self._is_head = request.startswith(b"HEAD")
        self._transport.write(request)
