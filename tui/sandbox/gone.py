"""Clients that go away in the middle of a request: killed, cancelled or unplugged. That is no fault of a server."""

from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

_NOBODY_READS: Final = 499
"""The status of an answer that is sent to nobody, as nginx counts a request that its client closed."""


@web.middleware
async def let_go(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Ends a request in silence if its client went away while bytes were received or sent; what arrived is kept."""
    try:
        return await handler(request)
    except ConnectionError:
        if request.transport is not None and not request.transport.is_closing():
            raise
        return web.Response(status=_NOBODY_READS)
