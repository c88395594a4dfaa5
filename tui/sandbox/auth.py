"""Who may do what: anonymous, Basic, or Bearer tokens with scopes from the registry's own token service.

The challenges are those of the token specification that registries share: `Bearer realm=, service=, scope=`, a scope
being `repository:NAME:pull,push` or `registry:catalog:*`.
"""

import base64
import binascii
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, assert_never

from aiohttp import web
from aiohttp.typedefs import Handler

from tui.sandbox.errors import Code, Refused
from tui.sandbox.paths import route_of

Scope = tuple[str, str, str]
"""Kind, name and a single action, such as `("repository", "shop/api", "pull")`."""

_ACTIONS: Final = {"GET": ("pull",), "HEAD": ("pull",), "DELETE": ("delete",)}
_CHANGES: Final = ("pull", "push")


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


Auth = Anonymous | Basic | Bearer


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows, and until when on the registry's clock."""

    scopes: frozenset[Scope]
    expires: float


class Guard:
    """Checks requests against one way of authentication, and issues tokens for it. `clock` gives seconds."""

    def __init__(self, auth: Auth, clock: Callable[[], float]) -> None:
        self.auth = auth
        self._clock = clock
        self._grants: dict[str, Grant] = {}
        self._refresh: set[str] = set()

    def admits(self, authorization: str) -> bool:
        """Whether the Authorization header is good for anything at all."""
        match self.auth:
            case Anonymous():
                return True
            case Basic(user, password):
                return credentials(authorization) == (user, password)
            case Bearer():
                return self._grant(authorization) is not None
            case _:
                assert_never(self.auth)

    def allows(self, authorization: str, scope: Scope) -> bool:
        """Whether the Authorization header allows this one action. Only tokens have scopes."""
        if isinstance(self.auth, Bearer):
            return scope in self._granted(authorization)
        return self.admits(authorization)

    def issue(self, scopes: Iterable[Scope], lifetime: float) -> str:
        """A new token for `scopes`, good for `lifetime` seconds."""
        token = secrets.token_urlsafe(24)
        self._grants[token] = Grant(frozenset(scopes), self._clock() + lifetime)
        return token

    def issue_refresh(self) -> str:
        """A new refresh token: it stands for the user's password."""
        token = secrets.token_urlsafe(24)
        self._refresh.add(token)
        return token

    def refreshes(self, token: str) -> bool:
        """Whether `token` is a refresh token of this registry."""
        return token in self._refresh

    def _grant(self, authorization: str) -> Grant | None:
        kind, _, token = authorization.partition(" ")
        grant = self._grants.get(token) if kind.lower() == "bearer" else None
        return grant if grant and grant.expires > self._clock() else None

    def _granted(self, authorization: str) -> frozenset[Scope]:
        grant = self._grant(authorization)
        return grant.scopes if grant else frozenset()


GUARD: web.AppKey[Guard] = web.AppKey("guard", Guard)


@web.middleware
async def authorise(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets a request through that may do what it asks. Raises Refused: UNAUTHORIZED with a challenge."""
    guard, header = request.app[GUARD], request.headers.get("Authorization", "")
    if route_of(request) != "token":
        scopes = _needed(request)
        if not guard.admits(header) or not all(guard.allows(header, scope) for scope in scopes):
            raise unauthorised(request)
    return await handler(request)


def unauthorised(request: web.Request) -> Refused:
    """The refusal of `request`, with the challenge that names the scopes it needs."""
    challenge = _challenge(request, request.app[GUARD].auth, _needed(request))
    return Refused(Code.UNAUTHORIZED, "authentication required", headers={"WWW-Authenticate": challenge})


def may_pull(request: web.Request, repository: str) -> bool:
    """Whether the client of `request` may pull from `repository` too."""
    header = request.headers.get("Authorization", "")
    return request.app[GUARD].allows(header, ("repository", repository, "pull"))


def credentials(authorization: str) -> tuple[str, str] | None:
    """User and password of a Basic Authorization header (RFC 7617), if it is one."""
    kind, _, encoded = authorization.partition(" ")
    try:
        user, separator, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if kind.lower() == "basic" and separator else None


def written(scopes: Iterable[Scope]) -> str:
    """`scopes` as a challenge names them: the actions on one thing together, the things apart by spaces."""
    actions: dict[tuple[str, str], list[str]] = {}
    for kind, name, action in scopes:
        actions.setdefault((kind, name), []).append(action)
    return " ".join(f"{kind}:{name}:{','.join(found)}" for (kind, name), found in actions.items())


def read(texts: Iterable[str]) -> list[Scope]:
    """The scopes in what a client sent; what is none is left out."""
    parts = [part.rsplit(":", 1) for text in texts for part in text.split()]
    things = [(part[0].partition(":"), part[1]) for part in parts if len(part) > 1]
    return [(kind, name, action) for (kind, _, name), found in things for action in found.split(",") if name]


def _needed(request: web.Request) -> list[Scope]:
    if route_of(request) == "catalog":
        return [("registry", "catalog", "*")]
    name = request.match_info.get("name")
    if name is None:
        return []
    actions = _CHANGES if route_of(request) == "upload" else _ACTIONS.get(request.method, _CHANGES)
    source = request.query.get("from") if "mount" in request.query else None
    scopes = [("repository", name, action) for action in actions]
    return [*scopes, ("repository", source, "pull")] if source else scopes


def _challenge(request: web.Request, auth: Auth, scopes: list[Scope]) -> str:
    if not isinstance(auth, Bearer):
        return 'Basic realm="sandbox"'
    scope = f',scope="{written(scopes)}"' if scopes else ""
    return f'Bearer realm="{request.scheme}://{request.host}/token",service="{auth.service}"{scope}'
