"""What can go wrong with one request: each fault strikes the Nth request of a kind at an embedded registry, once."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, cast

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from tui.sandbox.auth import TOKEN_ROUTES, unauthorised
from tui.sandbox.errors import Code, Refused, answer
from tui.sandbox.faults import CLOCK
from tui.sandbox.faults import FAULTS as SWITCHES
from tui.sandbox.paths import STORE, digest_in, repository_in, route_of

Kind = tuple[str, str, str]
"""The side (`source`, `target`, or `both` where one registry is either), the method and the route."""
Strike = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]

WRITES: Final = frozenset({"POST", "PUT", "PATCH"})
OTHER_DIGEST: Final = "sha256:" + "5" * 64


@dataclass(slots=True)
class SkippingClock:
    """Seconds that go by in leaps, so that tokens end when the test wants it."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a request of a kind that `fits`. What `lasts` happens to every request from then on.

    What is `overcome` is met by trying again: the promotion has to succeed all the same.
    """

    name: str
    fits: Callable[[Kind], bool]
    strike: Strike
    lasts: bool = False
    overcome: bool = False

    @property
    def is_silent(self) -> bool:
        """True where the client has to notice by itself that nothing comes."""
        return self.strike is stay_silent


@dataclass(slots=True)
class Mischief:
    """Strikes request `number` (from 0) of `kind` with `fault`; without one it only counts."""

    fault: Fault | None = None
    kind: Kind = ("", "", "")
    number: int = 0
    seen: Counter[Kind] = field(default_factory=Counter[Kind])
    strikes: int = 0

    def at(self, side: str) -> Middleware:
        """The middleware for the registry on `side`."""

        @web.middleware
        async def meddle(request: web.Request, handler: Handler) -> web.StreamResponse:
            fault = self._fault_for((side, request.method, named_route(request)))
            return await (fault.strike(request, handler) if fault else handler(request))

        return meddle

    def _fault_for(self, kind: Kind) -> Fault | None:
        number = self.seen[kind]
        self.seen[kind] += 1
        goes_on = self.fault is not None and self.fault.lasts and self.strikes > 0
        if not goes_on and (kind, number) != (self.kind, self.number):
            return None
        self.strikes += 1
        return self.fault


def named_route(request: web.Request) -> str:
    """The route, of which an upload that asks for a mount is one of its own."""
    return "mount" if "mount" in request.query else route_of(request)


async def cut_before(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The connection breaks before anything is done."""
    del handler
    return _cut(request)


async def cut_after(request: web.Request, handler: Handler) -> web.StreamResponse:
    """All is done, but the answer is lost."""
    await handler(request)
    return _cut(request)


async def cut_up(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The connection breaks in the middle of what is sent."""
    half = (request.content_length or 0) // 2
    if route_of(request) == "upload":
        request.app[SWITCHES].cut_off, request.app[SWITCHES].cut_after = 1, half
        return await handler(request)
    await request.content.read(half)
    return _cut(request)


async def cut_down(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The connection breaks in the middle of the answer."""
    if route_of(request) == "blob":
        content = request.app[STORE].blob(repository_in(request), digest_in(request))
        request.app[SWITCHES].cut_off, request.app[SWITCHES].cut_after = 1, content.size // 2 if content else 0
        return await handler(request)
    whole = await handler(request)
    body = _body(whole)
    part = web.StreamResponse(status=whole.status, headers=whole.headers)
    part.content_length = len(body)
    await part.prepare(request)
    await part.write(body[: len(body) // 2])
    _cut(request)
    return part


async def stay_silent(request: web.Request, handler: Handler) -> web.StreamResponse:
    """No answer ever comes; the client has to give up."""
    del handler
    while request.transport is not None and not request.transport.is_closing():
        await asyncio.sleep(0.01)
    return web.Response()


async def refuse_once(request: web.Request, handler: Handler) -> web.StreamResponse:
    """401 with a challenge, whatever the request carries."""
    del handler
    return answer(unauthorised(request))


async def expire(request: web.Request, handler: Handler) -> web.StreamResponse:
    """All tokens end just before this request comes."""
    cast("SkippingClock", request.app[CLOCK]).seconds += 100_000
    return await handler(request)


async def other_digest(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Other bytes, or another digest in the header, than were asked for or sent."""
    if request.method == "GET" and route_of(request) == "blob":
        content = request.app[STORE].blob(repository_in(request), digest_in(request))
        return web.Response(body=b"\0" * (content.size if content else 0))
    response = await handler(request)
    if request.method == "GET":
        cast("web.Response", response).body = _body(response).replace(b"sha256:", b"sha256:0", 1)
    elif "Docker-Content-Digest" in response.headers:
        response.headers["Docker-Content-Digest"] = OTHER_DIGEST
    return response


async def bare(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Done, but the answer has none of the headers that it should have."""
    response = await handler(request)
    for name in ("Location", "Docker-Content-Digest", "Range", "Docker-Upload-UUID", "OCI-Subject"):
        response.headers.pop(name, None)
    return response


async def stale_range(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The answer says that fewer bytes came than there are."""
    response = await handler(request)
    last = response.headers.get("Range", "0-0").partition("-")[2]
    response.headers["Range"] = f"0-{int(last) // 2}"
    return response


async def forget_mount(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The registry would rather have an upload: 202 with a session."""
    return await handler(request.clone(rel_url=request.rel_url.with_query({})))


def status(code: int, retry_after: str = "") -> Strike:
    """An answer with `code` in place of what was asked for."""

    async def refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
        del request, handler
        headers = {"Retry-After": retry_after} if retry_after else None
        return answer(Refused(Code.UNSUPPORTED, "not now", status=code, headers=headers))

    return refuse


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()  # nobody gets it


def _body(response: web.StreamResponse) -> bytes:
    body = response.body if isinstance(response, web.Response) else None
    return body if isinstance(body, bytes) else b""


def _any(kind: Kind) -> bool:
    return bool(kind)


def _asks_for_token(kind: Kind) -> bool:
    return kind[2] in TOKEN_ROUTES


def _writes(kind: Kind) -> bool:
    return kind[1] in WRITES and not _asks_for_token(kind)


FAULTS: Final = (
    Fault("cut before the answer", _any, cut_before, overcome=True),
    Fault("cut while sending", lambda kind: _writes(kind) and kind[1] != "POST", cut_up, overcome=True),
    Fault("cut while receiving", lambda kind: kind[1] == "GET", cut_down, overcome=True),
    Fault("cut after it was done", _writes, cut_after, overcome=True),
    Fault("no answer", _any, stay_silent),
    Fault("401 once", lambda kind: not _asks_for_token(kind), refuse_once),
    Fault("token expired", lambda kind: not _asks_for_token(kind), expire),
    Fault("429", _any, status(429, "1"), overcome=True),
    Fault("500", _any, status(500), overcome=True),
    Fault("503", _any, status(503, "2"), overcome=True),
    Fault(
        "another digest", lambda kind: kind[2] in {"blob", "manifest"} or kind[1:] == ("PUT", "upload"), other_digest
    ),
    Fault("no headers", _writes, bare),
    Fault("stale range", lambda kind: kind[1:] == ("PATCH", "upload"), stale_range, overcome=True),
    Fault("416", lambda kind: kind[1:] in {("PATCH", "upload"), ("PUT", "upload"), ("GET", "blob")}, status(416)),
    Fault("mount refused", lambda kind: kind[2] == "mount", forget_mount, overcome=True),
    Fault("gone for good", _any, cut_before, lasts=True),
)
