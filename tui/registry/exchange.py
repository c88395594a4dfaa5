"""An Azure login's token, exchanged for a refresh token of the registry's own (ACR, `POST /oauth2/exchange`)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from tui.ports.errors import Forbidden, InvalidAnswer, Unauthorised
from tui.registry.credentials import Credential
from tui.registry.endpoint import Endpoint
from tui.registry.limits import Timing
from tui.registry.realm import exchange_place
from tui.registry.redact import Secrets
from tui.registry.request import Answer, Request
from tui.registry.roles import login_not_taken
from tui.registry.token_request import Token, make_exchange_request, read_refresh_token
from tui.registry.urls import RefusedUrl, Url

_PAUSE: Final = 30.0
"""Seconds that a refused login is not shown again: a survey asks hundreds of times."""
_NOT_TRUSTED: Final = (
    "it is offered an Azure login, but its host is none of Azure's: the Azure login is not shown to it; "
    "set send_azure_token = true for it if it is to be trusted"
)


class Exchange:
    """The refresh token that the registry gave for an Azure login; one for all that ask, until shortly before its end.

    An Azure token opens every registry that its owner may use. It is shown to this one only where its host is one of
    Azure's or somebody asked for that, and only at the registry's own origin.
    """

    def __init__(
        self, endpoint: Endpoint, fetch: Callable[[Request], Awaitable[Answer]], timing: Timing, secrets: Secrets
    ) -> None:
        self._endpoint = endpoint
        self._fetch = fetch
        self._timing = timing
        self._secrets = secrets
        self._lock = asyncio.Lock()
        self._kept: tuple[str, Token] | None = None
        self._rejected = ("", 0.0, "")

    @property
    def newest(self) -> str:
        """The refresh token that was given last, good or not; empty where there is none."""
        return self._kept[1].value if self._kept else ""

    def kept(self, service: str) -> str:
        """The refresh token for `service` that is still good; empty where there is none."""
        if self._kept is None or self._kept[0] != service or self._kept[1].is_stale(self._timing.monotonic()):
            return ""
        return self._kept[1].value

    def drop(self, refresh_token: str) -> None:
        """Forgets `refresh_token`, which was not taken, unless there is a newer one already."""
        if self._kept is not None and self._kept[1].value == refresh_token:
            self._kept = None

    async def refresh_token(self, request: Request, realm: Url, service: str, credential: Credential) -> str:
        """A refresh token for the Azure token in `credential`. Raises RegistryError."""
        place = self._place(request, realm)
        async with self._lock:
            return self.kept(service) or await self._exchange(request, place, service, credential)

    def _place(self, request: Request, realm: Url) -> Url:
        if not self._endpoint.is_trusted_by_azure:
            raise Unauthorised(request.operation, self._endpoint.host, _NOT_TRUSTED)
        try:
            return exchange_place(realm, self._endpoint)
        except RefusedUrl as error:
            raise InvalidAnswer(request.operation, self._endpoint.host, str(error)) from None

    async def _exchange(self, request: Request, place: Url, service: str, credential: Credential) -> str:
        rejected, until, said = self._rejected
        if credential.azure_token == rejected and self._timing.monotonic() < until:
            raise self._not_taken(request, credential, said)
        try:
            answer = await self._fetch(make_exchange_request(request.operation, place, service, credential))
        except (Unauthorised, Forbidden) as error:
            self._rejected = credential.azure_token, self._timing.monotonic() + _PAUSE, error.detail
            raise self._not_taken(request, credential, error.detail) from None
        token = self._read(request, answer)
        self._kept = service, token
        return token.value

    def _not_taken(self, request: Request, credential: Credential, said: str) -> Unauthorised:
        host = self._endpoint.host
        return Unauthorised(request.operation, host, login_not_taken(host, credential.tenant, said))

    def _read(self, request: Request, answer: Answer) -> Token:
        try:
            token = read_refresh_token(answer.body, self._timing)
        except ValueError as error:
            detail = f"its exchange gives no refresh token for the Azure login: {error}"
            raise InvalidAnswer(request.operation, self._endpoint.host, detail) from None
        self._secrets.keep_for_a_while(token.value)
        return token
