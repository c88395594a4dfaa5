"""Servers of one handler."""

from contextlib import AsyncExitStack

import pytest
from aiohttp import web


@pytest.fixture
async def aiohttp_servers():
    """Serves a handler for every path; the base URL."""
    async with AsyncExitStack() as stack:

        async def serve(handler, ssl_context=None):
            application = web.Application()
            application.router.add_route("*", "/{path:.*}", handler)
            runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=ssl_context).start()
            return f"{'https' if ssl_context else 'http'}://127.0.0.1:{runner.addresses[0][1]}"

        yield serve
