"""The token service of a registry with Bearer authentication: GET with Basic, and POST as OAuth 2 does it."""

from collections.abc import Sequence

from aiohttp import web

from tui.sandbox.auth import GUARD, Bearer, credentials
from tui.sandbox.errors import Code, Refused
from tui.sandbox.guard import GUEST, Guard
from tui.sandbox.scopes import Scope, read, written


async def get_token(request: web.Request) -> web.Response:
    """A token for the user whom Basic names, or for a guest. Raises Refused: UNAUTHORIZED."""
    guard, auth = _bearer(request)
    asked = read(request.query.getall("scope", []))
    header = request.headers.get("Authorization")
    if header is None:
        return _token(guard, auth, [scope for scope in asked if scope[2] in auth.guest], GUEST)
    _refuse_unless(credentials(header) == (auth.user, auth.password))
    return _token(guard, auth, asked, auth.user)


async def post_token(request: web.Request) -> web.Response:
    """A token for a password or a refresh token, in a form with `grant_type`. Raises Refused: UNAUTHORIZED."""
    guard, auth = _bearer(request)
    form = {key: str(value) for key, value in (await request.post()).items()}
    if form.get("grant_type") == "refresh_token":
        _refuse_unless(guard.refreshed(form.get("refresh_token", "")) is not None)
    else:
        _refuse_unless((form.get("username"), form.get("password")) == (auth.user, auth.password))
    return _token(guard, auth, read([form.get("scope", "")]), auth.user)


def _bearer(request: web.Request) -> tuple[Guard, Bearer]:
    guard = request.app[GUARD]
    if not isinstance(guard.auth, Bearer):
        raise Refused(Code.UNSUPPORTED, "this registry issues no tokens", status=404)
    return guard, guard.auth


def _refuse_unless(known: bool) -> None:  # noqa: FBT001 - a condition, not a mode
    if not known:
        raise Refused(Code.UNAUTHORIZED, "unknown user or wrong password")


def _token(guard: Guard, auth: Bearer, scopes: Sequence[Scope], identity: str) -> web.Response:
    token = guard.issue(scopes, auth.lifetime, identity)
    body = {
        "token": token,
        "access_token": token,
        "refresh_token": guard.issue_refresh(identity),
        "expires_in": int(auth.lifetime),
        "scope": written(scopes),
    }
    return web.json_response(body, headers={"Cache-Control": "no-store"})
