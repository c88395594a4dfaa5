"""A stub registry that blobs are read from."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from tests.registry.stub import Ears, Handler, Stub, client, serve
from tests.registry.uploading import API, BLOB, DATA
from tui.domain.content import Descriptor
from tui.registry.client import Limits, RegistryClient


class Blob:
    """Serves bytes, cut off after `cut` of them as often as `cuts` says; ranges are honoured or not.

    From `halt` on no byte comes until `goes_on` is set; from `ends` on all that is asked for is answered 401.
    """

    def __init__(
        self,
        data: bytes = DATA,
        *,
        cut: int = 0,
        cuts: int = 0,
        ranges: bool = True,
        shift: int = 0,
        halt: int | None = None,
        ends: int | None = None,
    ) -> None:
        self.data = data
        self.cut = cut
        self.cuts = cuts
        self.ranges = ranges
        self.shift = shift
        self.halt = halt
        self.ends = ends
        self.goes_on = asyncio.Event()
        self.is_halted = asyncio.Event()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        start = self._start(request)
        if self.ends is not None and start >= self.ends:
            return web.Response(status=401)
        status = 206 if start else 200
        headers = {"Content-Range": f"bytes {start}-{len(self.data) - 1}/{len(self.data)}"} if start else {}
        response = web.StreamResponse(status=status, headers=headers)
        body = self.data[start:]
        response.content_length = len(body)
        await response.prepare(request)
        if self.cuts:
            self.cuts -= 1
            await response.write(body[: self.cut])
            assert request.transport is not None
            request.transport.close()
            return response
        if self.halt is not None and start <= self.halt:
            await response.write(body[: self.halt - start])
            self.is_halted.set()
            await self.goes_on.wait()
            body = body[self.halt - start :]
        await response.write(body)
        return response

    def _start(self, request: web.Request) -> int:
        match = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        return int(match[1]) + self.shift if match and self.ranges else 0


@asynccontextmanager
async def source(
    blob: Handler, ears: Ears | None = None, limits: Limits | None = None
) -> AsyncGenerator[RegistryClient, None]:
    """A client of a registry that serves `blob`."""
    async with serve(blob) as stub, client(stub.host, ears=ears, limits=limits) as registry:
        yield registry
        if isinstance(blob, Blob):
            blob.goes_on.set()


@dataclass(frozen=True, slots=True)
class Pair:
    """A client of the registry that blobs are read from, one of `stub` that they go to."""

    origin: RegistryClient
    registry: RegistryClient
    stub: Stub

    async def haul(self, blob: Descriptor = BLOB) -> list[int]:
        """Brings the blob from one to the other; what was told of how far it is."""
        return await haul(self.registry, self.origin, blob)


@asynccontextmanager
async def pair(
    blob: Handler, target: Handler, limits: Limits | None = None, ears: Ears | None = None
) -> AsyncGenerator[Pair, None]:
    """Both registries."""
    async with (
        source(blob, ears, limits) as origin,
        serve(target) as stub,
        client(stub.host, ears=ears, limits=limits) as registry,
    ):
        yield Pair(origin, registry, stub)


async def haul(registry: RegistryClient, origin: RegistryClient, blob: Descriptor = BLOB) -> list[int]:
    """Brings the blob from there; what was told of how far it is."""
    told = list[int]()
    await registry.haul_blob(API, blob, origin, API, told.append)
    return told
