"""The guard of a registry: checks Authorization headers, issues tokens, and knows what each is good for."""

import math
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, assert_never

from tui.sandbox.acr.jwt import shaped
from tui.sandbox.auth import Acr, Anonymous, Auth, Basic, Bearer, credentials
from tui.sandbox.scopes import Scope

GUEST: Final = "guest"
"""The identity of a client that did not say who it is."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows, until when on the registry's clock, and who it was issued to."""

    scopes: frozenset[Scope]
    expires: float
    identity: str


class Guard:
    """Checks requests against one way of authentication, and issues tokens for it.

    `clock` gives seconds by which tokens expire, `wall` the same moment in seconds since 1970.
    """

    def __init__(self, auth: Auth, clock: Callable[[], float], wall: Callable[[], float]) -> None:
        self.auth = auth
        self._clock = clock
        self._wall = wall
        self._grants: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}

    def admits(self, authorization: str) -> bool:
        """Whether the Authorization header is good for anything at all."""
        match self.auth:
            case Anonymous():
                return True
            case Basic(user, password):
                return credentials(authorization) == (user, password)
            case Bearer():
                return self._grant(authorization) is not None
            case Acr():
                return self._open_to(authorization) or self._grant(authorization) is not None
            case _:
                assert_never(self.auth)

    def allows(self, authorization: str, scope: Scope) -> bool:
        """Whether the Authorization header allows this one action. Only tokens have scopes."""
        if isinstance(self.auth, Bearer | Acr) and not self._open_to(authorization):
            grant = self._grant(authorization)
            return grant is not None and scope in grant.scopes
        return self.admits(authorization)

    def identity(self, authorization: str) -> str:
        """Who sends this header: the user, or who its token was issued to."""
        grant = self._grant(authorization)
        known = credentials(authorization)
        return grant.identity if grant else known[0] if known else GUEST

    def issue(self, scopes: Iterable[Scope], lifetime: float, identity: str) -> str:
        """A new token for `scopes`, good for `lifetime` seconds."""
        return self._keep(self._grants, Grant(frozenset(scopes), self._clock() + lifetime, identity))

    def issue_refresh(self, identity: str, lifetime: float = math.inf) -> str:
        """A new refresh token: it stands for the credentials of `identity` for `lifetime` seconds."""
        return self._keep(self._refresh, Grant(frozenset(), self._clock() + lifetime, identity))

    def refreshed(self, token: str) -> str | None:
        """The identity that the refresh token `token` stands for; None if it is unknown or too old."""
        grant = self._refresh.get(token)
        return grant.identity if grant and grant.expires > self._clock() else None

    def _open_to(self, authorization: str) -> bool:
        return isinstance(self.auth, Acr) and self.auth.open and not authorization

    def _grant(self, authorization: str) -> Grant | None:
        kind, _, token = authorization.partition(" ")
        grant = self._grants.get(token) if kind.lower() == "bearer" else None
        return grant if grant and grant.expires > self._clock() else None

    def _keep(self, kept: dict[str, Grant], grant: Grant) -> str:
        """Tokens of one kind live equally long, so those that expired stand in front and are forgotten."""
        while kept and kept[oldest := next(iter(kept))].expires <= self._clock():
            del kept[oldest]
        token = self._text(grant)
        kept[token] = grant
        return token

    def _text(self, grant: Grant) -> str:
        if not isinstance(self.auth, Acr):
            return secrets.token_urlsafe(24)
        now = self._wall()
        return shaped(grant.scopes, grant.identity, issued=now, expires=now + grant.expires - self._clock())
