"""What Resource Manager refuses, in the shape that Azure's management APIs share: `{"error": {code, message}}`."""

from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler


class ArmRefused(Exception):
    """A request that is not fulfilled: status, code, sentence, and perhaps headers."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def error_body(code: str, message: str) -> dict[str, object]:
    """The JSON that says `code` and `message`."""
    return {"error": {"code": code, "message": message}}


@web.middleware
async def answer_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns an ArmRefused, and what the router itself refuses, into a response."""
    try:
        return await handler(request)
    except ArmRefused as refused:
        body = error_body(refused.code, refused.message)
        return web.json_response(body, status=refused.status, headers=refused.headers)
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed) as unrouted:
        body = error_body("NotFound", f"No route is registered for {request.method} {request.path}.")
        return web.json_response(body, status=unrouted.status)
