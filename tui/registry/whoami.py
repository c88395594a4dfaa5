"""Who a registry takes this client for: the name that an approval and a note carry.

With a user name and password it is the user. Behind a token it is whom the registry says that it issued it to, so
that somebody is called the same however they logged in. Where no token is there yet, one request has one issued.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Final

from tui.domain.claims import subject_of
from tui.domain.text import clean
from tui.ports.errors import RegistryError
from tui.registry.credentials import Credential
from tui.registry.endpoint import Endpoint
from tui.registry.redact import redact
from tui.registry.request import Answer, Request
from tui.registry.tokens import Tokens

_LIMIT: Final = 255
_OPERATION: Final = "find out who is logged in"

_NOBODY: Final = frozenset(
    {
        "00000000-0000-0000-0000-000000000000",  # Azure: the password is a token
        "<token>",  # docker login: an identity token
        "AWS",  # Amazon ECR
        "oauth2accesstoken",  # Google Artifact Registry, as the next two
        "_json_key",
        "_json_key_base64",
    }
)
"""User names that are the same for everybody, and name nobody."""


class Whoami:
    """Finds it out once, and remembers it as long as the client lives."""

    def __init__(self, endpoint: Endpoint, tokens: Tokens, call: Callable[[Request], Awaitable[Answer]]) -> None:
        self._tokens = tokens
        self._call = call
        self._greeting = Request(_OPERATION, "GET", endpoint.root.at("/v2/"))
        self._lock = asyncio.Lock()
        self._known = ""

    async def identity(self) -> str:
        """The name, cleaned; empty for nobody. Raises RegistryError."""
        async with self._lock:
            self._known = self._known or await self._find()
            return self._known

    async def _find(self) -> str:
        credential = await self._tokens.credential(self._greeting)
        if credential is None:
            return ""
        if credential.username and credential.username not in _NOBODY:
            return clean(credential.username, _LIMIT).strip()
        return self._said(credential) or await self._ask(credential)

    async def _ask(self, credential: Credential) -> str:
        """Has the registry issue a token; where that says nothing, the login's own name is as good as there is."""
        try:
            await self._call(self._greeting)
        except RegistryError:
            if name := self._said(credential):
                return name
            raise
        return self._said(credential) or self._name(credential.azure_token)

    def _said(self, credential: Credential) -> str:
        """What the registry's own tokens say; those that live long come first."""
        refresh_token, *access_tokens = self._tokens.issued
        given = (refresh_token, credential.identity_token, credential.password, *access_tokens)
        return next(self._names(given), "")

    def _names(self, tokens: tuple[str, ...]) -> Iterator[str]:
        return (name for name in map(self._name, tokens) if name)

    def _name(self, token: str) -> str:
        """Whom `token` was issued to. A registry could answer with a secret that it was shown: that is cut out."""
        return redact(subject_of(token), self._tokens.secrets, _LIMIT).strip()
