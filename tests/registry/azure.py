"""A stub that authorises as Azure Container Registry does: an exchange, refresh tokens, tokens for each scope."""

import base64
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web

from tests.registry.stub import json_answer, problem
from tui.domain.content import digest_of
from tui.ports.azure import AzureToken
from tui.registry.credentials import Credential

AZURE_TOKEN = "planted-azure-token-0123456789"
TENANT = "contoso.example"


def web_token(**claims: object) -> str:
    """A JSON web token that nobody signed."""
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJhbGciOiJub25lIn0.{payload}.c2ln"


@dataclass
class Login:
    """An Azure login that gives a new token each time it is asked, or raises `failure`."""

    failure: Exception | None = None
    scopes: list[str] = field(default_factory=list)

    async def token(self, scope: str) -> AzureToken:
        self.scopes.append(scope)
        if self.failure is not None:
            raise self.failure
        return AzureToken(AZURE_TOKEN, 2e9)


class Planted:
    """A source of the planted Azure token."""

    async def find(self) -> Credential:
        return Credential(azure_token=AZURE_TOKEN)


@dataclass
class Azure:
    """A registry that answers any HEAD and GET once it is shown a token for its scope."""

    exchange: web.Response | None = None
    """What the exchange is answered in place of a refresh token."""
    refresh_claims: dict[str, object] | None = None
    """Claims of the refresh tokens; None makes them opaque."""
    realm: Callable[[str], str] = lambda host: f"http://{host}/oauth2/token"
    rightless: set[str] = field(default_factory=set)
    """Scopes whose tokens are given but do not serve."""
    denied: set[str] = field(default_factory=set)
    """Scopes for which the token service gives no token."""
    refresh_tokens: list[str] = field(default_factory=list)
    """Those that are good."""
    issued: int = 0
    tokens: dict[str, str] = field(default_factory=dict)
    """Scopes by token."""
    counts: Counter[str] = field(default_factory=Counter)

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        self.counts[request.path] += 1
        form = {key: str(value) for key, value in (await request.post()).items()}
        match request.path:
            case "/oauth2/exchange":
                return self._exchange(form)
            case "/oauth2/token":
                return self._grant(form)
            case _:
                return self._serve(request)

    def _exchange(self, form: dict[str, str]) -> web.Response:
        if self.exchange is not None:
            return self.exchange
        if (form["grant_type"], form["access_token"]) != ("access_token", AZURE_TOKEN):
            return problem(401, "UNAUTHORIZED", f"who is {form['access_token']}?")
        self.issued += 1
        claims = self.refresh_claims
        token = f"refresh-token-{self.issued}" if claims is None else web_token(number=self.issued, **claims)
        self.refresh_tokens.append(token)
        return json_answer({"refresh_token": token})

    def _grant(self, form: dict[str, str]) -> web.Response:
        if form["refresh_token"] not in self.refresh_tokens or form["scope"] in self.denied:
            return problem(401, "UNAUTHORIZED", f"not {form['refresh_token']}")
        token = f"access-token-{len(self.tokens)}-abcdef"
        self.tokens[token] = "" if form["scope"] in self.rightless else form["scope"]
        return json_answer({"access_token": token})

    def _serve(self, request: web.Request) -> web.Response:
        name = request.path.removeprefix("/v2/").partition("/manifests/")[0]
        scope = "registry:catalog:*" if name == "_catalog" else f"repository:{name}:pull"
        if self.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer ")) == scope:
            return web.Response(headers={"Docker-Content-Digest": str(digest_of(b"x")), "Content-Length": "1"})
        challenge = f'Bearer realm="{self.realm(request.host)}",service="{request.host}",scope="{scope}"'
        return problem(401, "UNAUTHORIZED", "authentication required", WWW_Authenticate=challenge)
