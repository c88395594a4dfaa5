"""A stub registry that takes uploads, and what is uploaded to it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.registry.stub import problem
from tui.domain.content import Descriptor, digest_of
from tui.domain.reference import parse_repository

API = parse_repository("shop/api")
DATA = bytes(range(256)) * 4096  # 1 MiB
BLOB = Descriptor("application/octet-stream", digest_of(DATA), len(DATA))
START = f"/v2/{API}/blobs/uploads/"


@dataclass
class Uploads:
    """A registry that takes uploads; each field is something that it does wrong."""

    put_status: int = 0
    """What a PUT with a body is answered, before its body is read."""
    patch_status: int = 0
    stream_status: int = 0
    """What a PATCH without a Content-Range is answered."""
    cut_puts: int = 0
    """PUTs whose connection is closed after a part of the body."""
    cut_patches: int = 0
    forgets: bool = False
    """A broken session cannot be asked for."""
    stale: int = 0
    """PATCHes that are answered 416."""
    most_patches: int | None = None
    """PATCHes that are taken; all others are answered 416."""
    location: str = ""
    """Where sessions are, in place of here."""
    smallest: int = 0
    slowness: asyncio.Event | None = None
    """What each PATCH waits for once its bytes came."""
    asked: Callable[[web.Request, str], Awaitable[web.Response]] | None = None
    """What answers a GET of a session."""
    streamed: int = 0
    """Bytes that came in PATCHes without a Content-Range."""
    ended: int = 0
    """Such PATCHes that came whole."""
    loses_answer: bool = False
    """The answer to a commit does not arrive."""
    sessions: dict[str, bytearray] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.path == START and request.method == "POST":
            return self._begin(request)
        if request.method == "HEAD":
            return web.Response(status=200 if request.path.rpartition("/")[2] in self.blobs else 404)
        session = request.path.removeprefix(START)
        if session not in self.sessions:
            return problem(404, "BLOB_UPLOAD_UNKNOWN")
        if request.query.get("_state") != "a+b/=":
            return problem(400, "BLOB_UPLOAD_INVALID", "the query of the Location is lost")
        handlers = {"PUT": self._put, "PATCH": self._patch, "GET": self.asked or self._get, "DELETE": self._delete}
        return await handlers[request.method](request, session)

    def _begin(self, request: web.Request) -> web.Response:
        name = f"s{len(self.sessions) + len(self.blobs)}-{len(self.sessions)}"
        self.sessions[name] = bytearray()
        headers = {"OCI-Chunk-Min-Length": str(self.smallest)} if self.smallest else {}
        return web.Response(status=202, headers={"Location": self._place(name), **headers})

    def _place(self, session: str) -> str:
        return f"{self.location}{START}{session}?_state=a%2Bb%2F%3D"

    async def _put(self, request: web.Request, session: str) -> web.Response:
        length = int(request.headers["Content-Length"])
        if length and self.put_status:
            return problem(self.put_status, "")
        if length and self.cut_puts:
            self.cut_puts -= 1
            return await self._cut(request, session)
        data = bytes(self.sessions.pop(session)) + await request.read()
        if str(digest_of(data)) != request.query["digest"]:
            return problem(400, "DIGEST_INVALID")
        self.blobs[request.query["digest"]] = data
        if self.loses_answer:
            assert request.transport is not None
            request.transport.close()
        return web.Response(status=201)

    async def _patch(self, request: web.Request, session: str) -> web.Response:
        held = self.sessions[session]
        start = len(held)
        if "Content-Range" in request.headers:
            start, end = (int(number) for number in request.headers["Content-Range"].split("-"))
            assert end - start + 1 == int(request.headers["Content-Length"])
        elif self.stream_status:
            return problem(self.stream_status, "")
        elif not self.cut_patches and not self.patch_status:
            return await self._stream(request, session)
        if self.patch_status:
            return problem(self.patch_status, "")
        if self.most_patches is not None:
            self.most_patches -= 1
        if start != len(held) or self.stale or (self.most_patches or 0) < 0:
            self.stale -= bool(self.stale)
            return web.Response(status=416)
        if self.cut_patches:
            self.cut_patches -= 1
            return await self._cut(request, session)
        held += await request.read()
        if self.slowness is not None:
            await self.slowness.wait()
        return self._stands(202, session)

    async def _stream(self, request: web.Request, session: str) -> web.Response:
        async for part in request.content.iter_any():
            self.sessions[session] += part
            self.streamed += len(part)
        self.ended += 1
        return self._stands(202, session)

    async def _get(self, request: web.Request, session: str) -> web.Response:
        return problem(404, "BLOB_UPLOAD_UNKNOWN") if self.forgets else self._stands(204, session)

    async def _delete(self, request: web.Request, session: str) -> web.Response:
        del self.sessions[session]
        return web.Response(status=204)

    def _stands(self, status: int, session: str) -> web.Response:
        last = max(0, len(self.sessions[session]) - 1)
        return web.Response(status=status, headers={"Location": self._place(session), "Range": f"0-{last}"})

    async def _cut(self, request: web.Request, session: str) -> web.Response:
        part = await request.content.readexactly(100_000)
        self.sessions[session] += part
        assert request.transport is not None
        request.transport.close()
        return web.Response()
