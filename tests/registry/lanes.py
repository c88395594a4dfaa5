"""A lane to a server of a test's own, and what goes along it."""

import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from tests.registry.raw import EMPTY, Talk
from tui.ports.errors import InvalidAnswer
from tui.registry.aside import aside
from tui.registry.endpoint import Endpoint
from tui.registry.lane import Lane, LaneReply
from tui.registry.limits import Limits
from tui.registry.outbound import Outbound
from tui.registry.request import Freight, Request
from tui.registry.urls import Url

SIZE = 4 << 20


class Load:
    """Freight of `SIZE` bytes, its parts given after `waits` seconds each."""

    def __init__(self, waits: float = 0.0) -> None:
        self._waits = waits

    def load(self, send: Callable[[memoryview], object]) -> None:
        for _ in range(4):
            time.sleep(self._waits)
            send(memoryview(bytes(SIZE // 4)))

    def stop(self) -> None:
        """Nothing of it blocks but `send`."""


class Said:
    """Freight of the parts given; None among them fails."""

    def __init__(self, *parts: bytes | None) -> None:
        self._parts = parts

    def load(self, send: Callable[[memoryview], object]) -> None:
        for part in self._parts:
            if part is None:
                raise InvalidAnswer("read", "the.source", "it is no blob")
            send(memoryview(part))

    def stop(self) -> None:
        """Nothing of it blocks but `send`."""


LOAD = Load()


@asynccontextmanager
async def lane(
    host: str, limits: Limits | None = None, ca_file: str | None = None, *, plain_http: bool = True
) -> AsyncGenerator[Lane, None]:
    endpoint = Endpoint(host, plain_http=plain_http and ca_file is None, ca_file=ca_file)
    made = Lane(endpoint, limits or Limits(), Outbound(endpoint))
    yield made
    await made.close()


async def fetch(made: Lane, url: Url) -> bytes:
    """The body of a GET."""
    reply = await made.send(Request("fetch", "GET", url, streams=True, is_hauled=True), url, {})
    try:
        return await read(reply)
    finally:
        reply.close()


async def read(reply: LaneReply) -> bytes:
    room = memoryview(bytearray(1000))
    body = b""
    while count := await aside(partial(reply.readinto, room), reply.shut):
        body += bytes(room[:count])
    return body


async def push(made: Lane, url: Url, patience: float | None = None, freight: Freight = LOAD) -> LaneReply:
    """The answer to a PUT of so many bytes as it says before."""
    return await send(made, url, freight, {"Content-Length": str(SIZE)}, patience)


async def send(
    made: Lane, url: Url, freight: Freight, headers: Mapping[str, str], patience: float | None = None
) -> LaneReply:
    """The answer to a PUT."""
    request = Request("push", "PUT", url, headers=headers, body=freight, streams=True, is_hauled=True)
    return await made.send(replace(request, patience=patience), url, {})


def taking(heard: list[int]) -> Callable[[Talk], Awaitable[None]]:
    """Takes uploads and adds their sizes to `heard`."""

    async def talk(talk: Talk) -> None:
        while True:
            await talk.head()
            heard.append(len(await talk.reader.readexactly(SIZE)))
            await talk.say(EMPTY)

    return talk
