"""Registries on a clock that leaps: an event loop whose time is nothing but its waits, and a wire that needs no socket.

What takes an hour against a registry's budgets takes here what the processor needs for it. The client is the real one
down to its wire; the registry is the sandbox's, called as aiohttp calls it.
"""

import asyncio
import selectors
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

from aiohttp import HttpVersion11, StreamReader, web
from aiohttp.http_parser import RawRequestMessage
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from tui.journal.database import Database
from tui.journal.sqlite import SqliteJournal
from tui.registry.acr.client import AcrClient
from tui.registry.credentials import CredentialSource
from tui.registry.endpoint import Endpoint
from tui.registry.headers import Headers
from tui.registry.limits import Limits, Timing
from tui.registry.reply import Reply
from tui.registry.request import Request
from tui.registry.urls import Url
from tui.sandbox.registry import Registry

T = TypeVar("T")

STANDS_FOR: Final = "X-Stands-For"
"""A header: each byte of the answer stands for so many, where only one of so many rows was made."""
_GLANCE: Final = 0.05
"""Real seconds that are waited for a thread at one time."""


class SimulatedLoop(asyncio.SelectorEventLoop):
    """Its time leaps to the next timer when nothing is ready and no thread is at work.

    Only threads that it knows of count: those of `run_in_executor`, and those that `awaited` is told of.
    """

    def __init__(self) -> None:
        super().__init__(_Leaper(self))
        self.now = 0.0
        self.threads = 0

    def time(self) -> float:
        """Simulated seconds."""
        return self.now

    def run_in_executor(self, executor: Any, func: Callable[..., T], *args: Any) -> "asyncio.Future[T]":  # pyright: ignore[reportIncompatibleMethodOverride]
        """As of any loop, with the time standing still meanwhile."""
        self.threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(lambda _: self._forget())
        return future

    def awaited(self, work: "Future[T]") -> "Future[T]":
        """What is done when `work` is, and lets the time stand still until who waits for it was told."""
        self.threads += 1
        told: Future[T] = Future()
        work.add_done_callback(lambda done: self._tell(done, told))
        return told

    def _tell(self, work: "Future[T]", told: "Future[T]") -> None:
        if error := work.exception():
            told.set_exception(error)
        else:
            told.set_result(work.result())
        self.call_soon_threadsafe(self._forget)

    def _forget(self) -> None:
        self.threads -= 1


class _Leaper(selectors.DefaultSelector):
    def __init__(self, loop: SimulatedLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            return super().select(0)
        if self._loop.threads or timeout is None:
            return super().select(_GLANCE)
        self._loop.now += timeout
        return super().select(0)


def simulate(main: Callable[[], Awaitable[T]]) -> T:
    """The result of `main`, run in a loop of simulated time."""

    async def run() -> T:
        return await main()

    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        return runner.run(run())


def now() -> float:
    """Simulated seconds since the loop began; in any other loop its own."""
    return asyncio.get_running_loop().time()


def timing() -> Timing:
    """For clients in a loop of simulated time: always the same chance, so that a run can be repeated."""
    return Timing(sleep=asyncio.sleep, random=lambda: 0.5, monotonic=now, now=now)


@dataclass
class Link:
    """What this machine is connected with: bytes in a second, shared by all that is under way."""

    bandwidth: float = 125e6
    carried: int = 0
    """Bytes so far."""
    _free_at: float = 0.0

    async def carry(self, size: int) -> None:
        """Waits until `size` bytes have arrived, behind those that were under way."""
        self.carried += size
        self._free_at = max(now(), self._free_at) + size / self.bandwidth
        await asyncio.sleep(self._free_at - now())


@dataclass
class Line:
    """The way to one registry: seconds until an answer begins, and the link that it comes over."""

    latency: float = 0.03
    link: Link = field(default_factory=Link)
    arrivals: list[float] = field(default_factory=list[float])
    """When requests reached the other end, in simulated seconds."""
    served: float = 0.0
    """Processor seconds so far of what answers at the other end."""


class _MemoryReply(Reply):
    def __init__(
        self, response: web.Response, body: bytes, line: Line, request: Request, url: Url, at: Endpoint
    ) -> None:
        super().__init__(response.status, Headers(response.headers.items()), request, url, at)
        self._line, self._body = line, body

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body, in one chunk."""
        await self._line.link.carry(len(self._body) * int(self.headers.text(STANDS_FOR) or 1))
        yield self._body

    def close(self) -> None:
        """Nothing: there is no connection."""


class MemoryWire:
    """Stands where the client's wire stands, and calls the application of a registry in this process."""

    def __init__(self, endpoint: Endpoint, application: web.Application, line: Line) -> None:
        application.freeze()
        self._endpoint, self._application, self._line = endpoint, application, line
        self._connection = make_mocked_request("GET", "/", app=application)

    async def send(self, request: Request, url: Url, headers: Mapping[str, str]) -> Reply:
        """The answer, half of the latency there and half back."""
        await asyncio.sleep(self._line.latency / 2)
        self._line.arrivals.append(now())
        began = time.thread_time()
        served = _served(request, url, headers, self._connection)
        response = await self._application._handle(served)  # pyright: ignore[reportPrivateUsage]
        self._line.served += time.thread_time() - began
        await asyncio.sleep(self._line.latency / 2)
        answer = cast("web.Response", response)
        body = b"" if request.method == "HEAD" else cast("bytes", answer.body or b"")
        return _MemoryReply(answer, body, self._line, request, url, self._endpoint)

    async def close(self) -> None:
        """Nothing: there is no connection."""


def _served(request: Request, url: Url, headers: Mapping[str, str], like: web.Request) -> web.Request:
    """`request` as a server gets it on the connection of `like`; its body is one that was sent whole."""
    loop = asyncio.get_running_loop()
    payload = StreamReader(like.protocol, 2**16, loop=loop)
    payload.feed_data(cast("bytes", request.body or b""))
    payload.feed_eof()
    host, _, target = str(url).partition("://")[2].partition("/")
    fields = CIMultiDict({"Host": host, **request.headers, **headers})
    raw = tuple((name.encode(), value.encode()) for name, value in fields.items())
    message = RawRequestMessage(
        request.method,
        f"/{target}",
        HttpVersion11,
        CIMultiDictProxy(fields),
        raw,
        False,
        None,
        False,
        False,
        URL(f"/{target}", encoded=True),
    )
    return web.Request(message, payload, like.protocol, like.writer, like.task, loop)


class SimulatedAcr(AcrClient):
    """The client of an Azure Container Registry in this process."""

    def __init__(
        self,
        registry: Registry,
        credentials: CredentialSource,
        *,
        line: Line | None = None,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        application: web.Application | None = None,
        observe: Callable[[Any], None] = lambda _: None,
    ) -> None:
        endpoint = Endpoint(f"{registry.name}.localhost", plain_http=True)
        super().__init__(endpoint, credentials, observe=observe, limits=limits, timing=timing())
        wire = MemoryWire(endpoint, application or registry.app(), line or Line())
        self._transport._wire = wire  # type: ignore[assignment]  # pyright: ignore


class _SimulatedDatabase(Database):
    def _submit(self, work: Callable[[], T]) -> "Future[T]":
        return cast("SimulatedLoop", asyncio.get_running_loop()).awaited(super()._submit(work))


class SimulatedJournal(SqliteJournal):
    """The journal in its file, whose writes take no simulated time."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        file, schema, what = self._database._file, self._database._schema, self._database._what  # pyright: ignore
        self._database = _SimulatedDatabase(file, schema, what)
