"""Who may do what: anonymous, Basic, or Bearer tokens with scopes from the registry's own token service.

The challenges are those of the token specification that registries share: `Bearer realm=, service=, scope=`. Azure
Container Registry adds `error="insufficient_scope"` or `"invalid_token"` where a token came and was not enough.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, assert_never

from aiohttp import web
from aiohttp.typedefs import Handler

from tui.sandbox.errors import Code, Refused
from tui.sandbox.paths import route_of
from tui.sandbox.scopes import Scope, needed, needed_by_azure, written

if TYPE_CHECKING:
    from tui.sandbox.guard import Guard

TOKEN_ROUTES: Final = frozenset({"token", "exchange", "acr-token"})
"""The routes that give tokens, so that nobody needs one there."""

_UNKNOWN: Final = "authentication required"
_UNKNOWN_TO_AZURE: Final = "authentication required, visit https://aka.ms/acr/authorization for more information."


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Everybody may do everything."""


@dataclass(frozen=True, slots=True)
class Basic:
    """One user, who may do everything."""

    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Bearer:
    """Tokens from `/token` on the same host: the user gets every scope, a guest only the actions in `guest`."""

    user: str
    password: str
    lifetime: float = 300.0
    """Seconds until a token expires."""
    guest: frozenset[str] = frozenset()
    service: str = "sandbox"


@dataclass(frozen=True, slots=True)
class Acr:
    """Azure Container Registry: an Azure token buys a refresh token, that buys access tokens for single scopes."""

    lifetime: float = 3600.0
    """Seconds until an access token expires."""
    refresh_lifetime: float = 10800.0
    """Seconds until a refresh token expires."""
    user: str = ""
    """The name of a repository-scoped token; without one there is none."""
    password: str = ""
    guest: frozenset[str] = frozenset()
    """The actions that a client without credentials gets: anonymous pull."""
    open: bool = False
    """Whether `/v2/` takes requests without a token too; one that comes with a token is still held to its scopes."""
    azure_tokens: frozenset[str] | None = None
    """The Azure tokens that are taken; None takes any."""
    repository_permissions: Mapping[str, frozenset[str]] | None = None
    """The actions allowed by repository ("ABAC Repository Permissions"): no others, and never the catalog."""


Auth = Anonymous | Basic | Bearer | Acr

GUARD: web.AppKey["Guard"] = web.AppKey("guard")


@web.middleware
async def authorise(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets a request through that may do what it asks. Raises Refused: UNAUTHORIZED with a challenge."""
    if route_of(request) not in TOKEN_ROUTES and not _let_in(request):
        raise unauthorised(request)
    return await handler(request)


def unauthorised(request: web.Request) -> Refused:
    """The refusal of `request`, with the challenge that names the scopes it needs."""
    auth = request.app[GUARD].auth
    headers = {"WWW-Authenticate": _challenge(request, auth)}
    if not isinstance(auth, Acr):
        return Refused(Code.UNAUTHORIZED, _UNKNOWN, headers=headers)
    detail = [{"Type": kind, "Name": name, "Action": action} for kind, name, action in needed_by_azure(request)]
    return Refused(Code.UNAUTHORIZED, _UNKNOWN_TO_AZURE, detail=detail, headers=headers)


def may_pull(request: web.Request, repository: str) -> bool:
    """Whether the client of `request` may pull from `repository` too."""
    return request.app[GUARD].allows(_authorization(request), ("repository", repository, "pull"))


def credentials(authorization: str) -> tuple[str, str] | None:
    """User and password of a Basic Authorization header (RFC 7617), if it is one."""
    kind, _, encoded = authorization.partition(" ")
    try:
        user, separator, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if kind.lower() == "basic" and separator else None


def _let_in(request: web.Request) -> bool:
    guard, header = request.app[GUARD], _authorization(request)
    if not header and route_of(request).startswith("acr-"):
        return False
    return guard.admits(header) and all(guard.allows(header, scope) for scope in _needed(request))


def _authorization(request: web.Request) -> str:
    return request.headers.get("Authorization", "")


def _needed(request: web.Request) -> list[Scope]:
    return needed_by_azure(request) if isinstance(request.app[GUARD].auth, Acr) else needed(request)


def _challenge(request: web.Request, auth: Auth) -> str:
    host = f"{request.scheme}://{request.host}"
    found = written(_needed(request))
    scope = f',scope="{found}"' if found else ""
    match auth:
        case Anonymous() | Basic():
            return 'Basic realm="sandbox"'
        case Bearer(service=service):
            return f'Bearer realm="{host}/token",service="{service}"{scope}'
        case Acr():
            return f'Bearer realm="{host}/oauth2/token",service="{request.host}"{scope}{_shortcoming(request)}'
        case _:
            assert_never(auth)


def _shortcoming(request: web.Request) -> str:
    header = _authorization(request)
    if not header:
        return ""
    return ',error="insufficient_scope"' if request.app[GUARD].admits(header) else ',error="invalid_token"'
