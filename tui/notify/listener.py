"""Hearing from a registry, or whoever stands in for one, that something was pushed.

It listens on this machine alone, and to nobody who does not show the secret. What a message says is not believed: it
only has us look, so that whoever learns the secret can at most have us look too often.
"""

import asyncio
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
_PATIENCE: Final = 10.0
_IDLE: Final = 1.0
"""Seconds for which a connection is kept after an answer, also to one whose message was not read to its end."""


@asynccontextmanager
async def listening(
    port: int, secret: str, heard: Callable[[], None], patience: float = _PATIENCE
) -> AsyncGenerator[int, None]:
    """Calls `heard` for each POST that shows `secret`, as `Authorization: Bearer`; the port, which 0 leaves open.

    A message may take `patience` seconds to arrive. Raises HookError where the port cannot be had.
    """
    from aiohttp import web

    async def receive(request: "web.Request") -> "web.Response":
        if not _shows(request.headers.get("Authorization", ""), secret):
            return web.Response(status=HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
        try:
            async with asyncio.timeout(patience):
                await request.read()
        except TimeoutError:
            return web.Response(status=HTTPStatus.REQUEST_TIMEOUT)
        heard()
        return web.Response(status=HTTPStatus.ACCEPTED)

    application = web.Application(client_max_size=_BODY_LIMIT)
    application.router.add_post("/{path:.*}", receive)
    runner = web.AppRunner(application, access_log=None, keepalive_timeout=_IDLE, lingering_time=_IDLE)
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


def _shows(authorization: str, secret: str) -> bool:
    """Whether it is the secret, found out in a time that tells nothing; the scheme may be in any case (RFC 9110)."""
    scheme, _, shown = authorization.partition(" ")
    is_secret = hmac.compare_digest(shown.strip().encode(errors="replace"), secret.encode())
    return scheme.lower() == "bearer" and is_secret
