"""Serving a Resource Manager on loopback, in the event loop of the caller."""

import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from tui.sandbox.arm.routes import new_application
from tui.sandbox.arm.state import Arm

_LOOPBACK: Final = "127.0.0.1"
_GRACE: Final = 0.2
"""Seconds that open requests get when the server stops."""


@asynccontextmanager
async def serve_arm(
    arm: Arm, ssl_context: ssl.SSLContext | None = None, *, host: str = _LOOPBACK, port: int = 0
) -> AsyncGenerator[str, None]:
    """Serves `arm` until the context ends and yields its base URL. Raises OSError if the port is taken.

    Operations that still run when it ends stay unfinished.
    """
    runner = web.AppRunner(new_application(arm), access_log=None, shutdown_timeout=_GRACE)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, ssl_context=ssl_context).start()
        yield f"{'https' if ssl_context else 'http'}://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
