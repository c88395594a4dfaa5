"""Receivers of webhooks on loopback: honest ones that keep what they are sent, and raw ones that lie."""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from tui.domain.hooks import HookFormat, Webhook
from tui.domain.notification import Notification
from tui.domain.reference import Digest, Reference, Repository, Tag
from tui.notify.notifier import HookNotifier
from tui.notify.webhooks import Patience

NOW = datetime(2026, 11, 24, 12, 30, 15, tzinfo=UTC)
ONE, TWO = Digest("sha256", "1" * 64), Digest("sha256", "2" * 64)
API = Repository("apps/shop/api")
NOTIFICATION = Notification(
    promotion="3f2a91c0be12",
    at=NOW,
    environment="prod",
    origin="test",
    source=Reference("test.io", Repository("shop/api"), Tag("1.2.0"), ONE),
    target=Reference("prod.azurecr.io", API, Tag("1.2.0")),
    digest=ONE,
    media_type="application/vnd.oci.image.index.v1+json",
    size=1234,
    engine="direct",
    replaced=TWO,
    by="ann@contoso.com",
)
TEST = replace(NOTIFICATION, is_test=True)
HASTY = Patience(each=2, body=0.2, pauses=(0, 0), longest=0.5, whole=5)


@dataclass(frozen=True, slots=True)
class Request:
    """What a receiver was sent."""

    path: str
    headers: dict[str, str]
    body: str

    @property
    def document(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True)
class Receiver:
    """Answers with each of `answers` in turn, the last again and again."""

    answers: list[web.Response]
    requests: list[Request] = field(default_factory=list[Request])
    address: str = ""

    async def take(self, request: web.Request) -> web.Response:
        text = await request.text()
        self.requests.append(Request(request.raw_path, dict(request.headers), text))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.Response(status=answer.status, text=answer.text, headers=answer.headers)


@asynccontextmanager
async def receiver(*answers: web.Response, tls: ssl.SSLContext | None = None) -> AsyncGenerator[Receiver, None]:
    """A receiver; without `answers` it says 200."""
    taken = Receiver(list(answers) or [web.Response()])
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", taken.take)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
        await site.start()
        taken.address = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
        yield taken
    finally:
        await runner.cleanup()


@asynccontextmanager
async def liar(talk: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> AsyncGenerator[str, None]:
    """The address of a server that reads a request and then does `talk`."""
    tasks: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        with suppress(ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            await talk(writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def tell(hook: Webhook, env: dict[str, str] | None = None, notification: Notification = NOTIFICATION) -> str:
    """What the hook answers, to somebody hasty."""
    return await HookNotifier(env or {}, "windlass/1", HASTY).tell(hook, notification)


def webhook(address: str, shape: HookFormat = HookFormat.TEXT, **more: str) -> Webhook:
    """A webhook at `address`."""
    return Webhook(address, "", shape, **more)
