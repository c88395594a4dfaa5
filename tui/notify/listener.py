"""Hearing from a registry, or whoever stands in for one, that something was pushed.

It listens on this machine alone, and to nobody who does not show the secret. What a message says is not believed: it
only has us look, so that whoever learns the secret can at most have us look too often.
"""

import hmac
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from tui.ports.errors import HookError

if TYPE_CHECKING:
    from aiohttp import web

LOOPBACK: Final = "127.0.0.1"
_BODY_LIMIT: Final = 256 * 1024
"""Bytes of a message; a registry's own are a few hundred."""


@asynccontextmanager
async def listening(port: int, secret: str, heard: Callable[[], None]) -> AsyncGenerator[int, None]:
    """Calls `heard` for each POST that shows `secret`, as `Authorization: Bearer`; the port, which 0 leaves open.

    Raises HookError where the port cannot be had.
    """
    from aiohttp import web

    async def receive(request: "web.Request") -> "web.Response":
        shown = request.headers.get("Authorization", "").encode(errors="replace")
        if not hmac.compare_digest(shown, f"Bearer {secret}".encode()):
            return web.Response(status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
        await request.read()
        heard()
        return web.Response(status=HTTPStatus.ACCEPTED)

    application = web.Application(client_max_size=_BODY_LIMIT)
    application.router.add_post("/{path:.*}", receive)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, LOOPBACK, port)
        try:
            await site.start()
        except OSError as error:
            reason = f"cannot listen on {LOOPBACK}:{port}: {error.strerror}; name another port with --listen"
            raise HookError(reason) from error
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
