"""A registry that answers exactly what a test tells it to, and keeps what it was asked."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from tui.domain.notices import Notice
from tui.ports.bookmarks import UploadBookmarks
from tui.registry.client import Endpoint, Limits, RegistryClient, Timing
from tui.registry.credentials import Anonymous, CredentialSource

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Stub:
    """A server on 127.0.0.1 and the requests it got, in order, as `METHOD path?query`, with their headers."""

    host: str
    requests: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    """What came as a form: token requests and exchanges."""

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def authorizations(self) -> list[str]:
        """Every Authorization header that arrived."""
        return [item["Authorization"] for item in self.headers if "Authorization" in item]

    @property
    def everything(self) -> str:
        """All that arrived, to look for secrets in."""
        return f"{self.requests} {self.headers} {self.bodies}"

    def count(self, start: str) -> int:
        """How many requests begin with `start`."""
        return sum(request.startswith(start) for request in self.requests)


@asynccontextmanager
async def serve(handler: Handler, address: str = "127.0.0.1") -> AsyncGenerator[Stub, None]:
    """A server that gives every request to `handler`."""
    stub = Stub("")

    async def record(request: web.BaseRequest) -> web.StreamResponse:
        stub.requests.append(f"{request.method} {request.path_qs}")
        stub.headers.append(dict(request.headers))
        assert isinstance(request, web.Request)
        if request.content_type == "application/x-www-form-urlencoded":
            stub.bodies.append(await request.text())
        answer = await handler(request)
        return _again(answer) if isinstance(answer, web.Response) and answer.prepared else answer

    application = web.Application(client_max_size=1 << 30)
    application.router.add_route("*", "/{path:.*}", record)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, address, 0).start()
    stub.host = f"{address}:{runner.addresses[0][1]}"
    try:
        yield stub
    finally:
        await runner.cleanup()


def _again(answer: web.Response) -> web.Response:
    """A response can be sent only once; a test may give the same one to every request."""
    headers = {
        name: value for name, value in answer.headers.items() if name not in {"Content-Length", "Date", "Server"}
    }
    return web.Response(body=answer.body, status=answer.status, headers=headers)


@dataclass
class Ears:
    """Keeps the notices, and the delays that were slept."""

    notices: list[Notice] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)

    def hear(self, notice: Notice) -> None:
        self.notices.append(notice)

    async def sleep(self, seconds: float) -> None:
        self.delays.append(seconds)

    def monotonic(self) -> float:
        """A clock on which the delays have passed."""
        return time.monotonic() + sum(self.delays)

    def of(self, kind: type) -> list[Notice]:
        """The notices of one kind."""
        return [notice for notice in self.notices if isinstance(notice, kind)]


def client(
    host: str,
    credentials: CredentialSource | None = None,
    *,
    ears: Ears | None = None,
    limits: Limits | None = None,
    chance: float = 0.5,
    realm_hosts: tuple[str, ...] = (),
    takes_azure_tokens: bool = False,
    bookmarks: UploadBookmarks | None = None,
) -> RegistryClient:
    """A client of a plain http registry that never really sleeps."""
    ears = ears or Ears()
    return RegistryClient(
        Endpoint(host, plain_http=True, realm_hosts=realm_hosts, takes_azure_tokens=takes_azure_tokens),
        credentials or Anonymous(),
        observe=ears.hear,
        limits=limits or Limits(),
        timing=Timing(sleep=ears.sleep, random=lambda: chance, monotonic=ears.monotonic),
        bookmarks=bookmarks,
    )


def json_answer(value: object, status: int = 200, **headers: str) -> web.Response:
    """`value` as JSON."""
    named = {key.replace("_", "-"): text for key, text in headers.items()}
    return web.json_response(value, status=status, headers=named)


def problem(status: int, code: str, message: str = "", **headers: str) -> web.Response:
    """An error as the distribution specification shapes it."""
    return json_answer({"errors": [{"code": code, "message": message}]}, status, **headers)
