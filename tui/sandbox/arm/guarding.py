"""What stands before the routes: counting, faults, the API version, and the bearer token."""

from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from tui.sandbox.arm.errors import ArmRefused
from tui.sandbox.arm.state import ARM, Arm
from tui.sandbox.paths import route_of

_POLLS: Final = {"result", "status"}


@web.middleware
async def count_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts by method and route, so that a test can say what was asked for and what was not."""
    request.app[ARM].requests[request.method, route_of(request)] += 1
    return await handler(request)


@web.middleware
async def inject_faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Cuts off or throttles. Raises ArmRefused: 429."""
    faults = request.app[ARM].faults
    if route_of(request) in _POLLS and faults.take("cut_off"):
        return _hung_up(request)
    if faults.take("throttled"):
        message = "The request is being throttled as the limit has been reached for the operation type."
        raise ArmRefused(429, "TooManyRequests", message, {"Retry-After": str(faults.retry_after)})
    return await handler(request)


@web.middleware
async def authorise(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets through who shows a bearer token and names the version of the API. Raises ArmRefused: 401, 400."""
    arm = request.app[ARM]
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if not kind:
        raise _unauthorised(
            arm, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."
        )
    if arm.faults.unauthorised or kind.lower() != "bearer" or not token.strip():
        raise _unauthorised(arm, "InvalidAuthenticationToken", "The access token is invalid.")
    if "api-version" not in request.query:
        message = "The api-version query parameter (?api-version=) is required for all requests."
        raise ArmRefused(400, "MissingApiVersionParameter", message)
    return await handler(request)


def _unauthorised(arm: Arm, code: str, message: str) -> ArmRefused:
    place = f'authorization_uri="https://login.windows.net/{arm.tenant}"'
    challenge = f'Bearer {place}, error="invalid_token", error_description="{message}"'
    return ArmRefused(401, code, message, {"WWW-Authenticate": challenge})


def _hung_up(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()
