"""The token service of Azure Container Registry: an Azure token for a refresh token, that for access tokens.

Azure/acr, "AAD-OAuth.md" and "Token-BasicAuth.md". An access token gets those of the asked scopes that its identity
may have, perhaps none; what it lacks shows when it is used.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

from aiohttp import web

from tui.domain.claims import subject_of
from tui.sandbox.auth import GUARD, Acr, credentials
from tui.sandbox.errors import Code, Refused
from tui.sandbox.guard import GUEST, Guard
from tui.sandbox.scopes import Scope, read

NOBODY: Final = "00000000-0000-0000-0000-000000000000"
"""The user name whose password is a refresh token."""

_GRANTS: Final = frozenset({"access_token", "access_token_refresh_token", "refresh_token"})
_REFUSAL: Final = "authentication required, visit https://aka.ms/acr/authorization for more information."


async def exchange(request: web.Request) -> web.Response:
    """A refresh token for an Azure token. Raises Refused: UNAUTHORIZED; UNSUPPORTED for another grant type."""
    guard, auth = _acr(request)
    form = await _form(request)
    if form.get("grant_type") not in _GRANTS:
        raise _unsupported_grant()
    token = form.get("access_token") or form.get("refresh_token", "")
    known = bool(token) if auth.azure_tokens is None else token in auth.azure_tokens
    if not known or form.get("service") != request.host:
        raise _refusal()
    refresh = guard.issue_refresh(_identity(token), auth.refresh_lifetime)
    return _answer("refresh_token", refresh)


async def get_token(request: web.Request) -> web.Response:
    """An access token for who Basic names, or for a guest. Raises Refused: UNAUTHORIZED."""
    header = request.headers.get("Authorization")
    named = None if header is None else credentials(header) or ("", "")
    return _access(request, named, request.query.get("service"), request.query.getall("scope", []))


async def post_token(request: web.Request) -> web.Response:
    """An access token for a refresh token, a password, or for a guest who has none. Raises Refused: UNAUTHORIZED."""
    form = await request.post()
    fields = {key: str(value) for key, value in form.items()}
    scopes = [str(value) for value in form.getall("scope", [])]
    match fields.get("grant_type"):
        case "refresh_token":
            named = (NOBODY, fields.get("refresh_token", ""))
        case "password":
            named = (fields["username"], fields.get("password", "")) if "username" in fields else None
        case _:
            raise _unsupported_grant()
    return _access(request, named, fields.get("service"), scopes)


def _access(
    request: web.Request, named: tuple[str, str] | None, service: str | None, scopes: Iterable[str]
) -> web.Response:
    guard, auth = _acr(request)
    if service != request.host:
        raise _refusal()
    identity = GUEST if named is None else _known(guard, auth, *named)
    granted = [scope for scope in read(scopes) if _permits(auth, identity, scope)]
    return _answer("access_token", guard.issue(granted, auth.lifetime, identity))


def _known(guard: Guard, auth: Acr, user: str, password: str) -> str:
    """The identity of who names itself so. Raises Refused: UNAUTHORIZED."""
    identity = guard.refreshed(password) if user == NOBODY else None
    if identity is None and auth.user and (user, password) == (auth.user, auth.password):
        identity = user
    if identity is None:
        raise _refusal()
    return identity


def _permits(auth: Acr, identity: str, scope: Scope) -> bool:
    kind, name, action = scope
    if identity == GUEST and action not in auth.guest:
        return False
    if auth.repository_permissions is None:
        return True
    return kind == "repository" and action in auth.repository_permissions.get(name, frozenset())


def _identity(azure_token: str) -> str:
    """Whom Azure issued the token to; for one that does not say, a name that is its own."""
    return subject_of(azure_token) or "azure-" + hashlib.sha256(azure_token.encode()).hexdigest()[:16]


def _acr(request: web.Request) -> tuple[Guard, Acr]:
    guard = request.app[GUARD]
    if not isinstance(guard.auth, Acr):
        raise TypeError("these routes are served where the authentication is Acr's, and nowhere else")
    return guard, guard.auth


async def _form(request: web.Request) -> dict[str, str]:
    return {key: str(value) for key, value in (await request.post()).items()}


def _refusal() -> Refused:
    return Refused(Code.UNAUTHORIZED, _REFUSAL)


def _unsupported_grant() -> Refused:
    return Refused(Code.UNSUPPORTED, "the grant type is not supported")


def _answer(kind: str, token: str) -> web.Response:
    return web.json_response({kind: token}, headers={"Cache-Control": "no-store"})
