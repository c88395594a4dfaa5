"""A registry's token service: from a challenge to a token, with whatever credentials there are."""

from collections.abc import Awaitable, Callable
from typing import Final

from tui.ports.errors import (
    Forbidden,
    InvalidAnswer,
    NotFound,
    RegistryError,
    Unauthorised,
    Unsupported,
)
from tui.registry.challenge import Challenge
from tui.registry.credentials import Credential, CredentialSource, NoCredentials
from tui.registry.endpoint import Endpoint
from tui.registry.exchange import Exchange
from tui.registry.limits import Timing
from tui.registry.realm import checked_realm
from tui.registry.redact import Secrets
from tui.registry.request import Answer, Request
from tui.registry.roles import rights_missing
from tui.registry.token_request import Token, basic_authorization, make_token_request, read_token
from tui.registry.urls import RefusedUrl, Url

_PROVEN: Final = 300.0
"""Seconds that a refresh token, refused although it was new, is not thought to be what the refusals are about."""


class TokenService:
    """Issues tokens for one registry. Nothing is kept here but what an Azure login was exchanged for."""

    def __init__(
        self,
        endpoint: Endpoint,
        credentials: CredentialSource,
        fetch: Callable[[Request], Awaitable[Answer]],
        timing: Timing,
        secrets: Secrets,
    ) -> None:
        self._endpoint = endpoint
        self._credentials = credentials
        self._fetch = fetch
        self._timing = timing
        self._secrets = secrets
        self._exchange = Exchange(endpoint, self._ask, timing, secrets)
        self._proven = ("", 0.0)

    async def credential(self, request: Request) -> Credential | None:
        """The registry's credential, known as a secret from now on. Raises Unauthorised where none can be looked up."""
        try:
            credential = await self._credentials.find()
        except NoCredentials as error:
            raise self._unauthorised(request, self._secrets.redact(str(error))) from None
        if credential is not None:
            self._secrets.keep(*credential.secrets)
            if credential.password:
                self._secrets.keep(basic_authorization(credential).removeprefix("Basic "))
        return credential

    @property
    def refresh_token(self) -> str:
        """What the Azure login was last exchanged for; empty where it was not."""
        return self._exchange.newest

    def no_credentials(self) -> str:
        """What to do where there are none."""
        return f"no credentials are known for it: try {self._login()}"

    async def issue(self, request: Request, challenge: Challenge) -> Token:
        """A new token for what `challenge` names. Raises RegistryError, never NotFound."""
        realm = self._realm(request, challenge)
        if self._exchange.kept(challenge.service):
            return await self._issue_to_azure(request, realm, challenge, None)
        credential = await self.credential(request)
        if credential is not None and credential.azure_token:
            return await self._issue_to_azure(request, realm, challenge, credential)
        try:
            return await self._issue(request, realm, challenge, credential)
        except (Unauthorised, Forbidden) as error:
            raise self._unauthorised(request, self._refusal(error, credential)) from None

    async def _issue_to_azure(
        self, request: Request, realm: Url, challenge: Challenge, credential: Credential | None
    ) -> Token:
        """A token for an exchanged login. A refresh token that is not taken is exchanged for once more."""
        refresh_token = await self._refresh_token(request, realm, challenge, credential)
        try:
            return await self._issue(request, realm, challenge, Credential(identity_token=refresh_token))
        except (Unauthorised, InvalidAnswer) as error:
            if self._is_proven(refresh_token):
                raise self._no_rights(request, challenge, error) from None
        self._exchange.drop(refresh_token)
        refresh_token = await self._refresh_token(request, realm, challenge, None)
        try:
            return await self._issue(request, realm, challenge, Credential(identity_token=refresh_token))
        except (Unauthorised, InvalidAnswer) as error:
            self._proven = refresh_token, self._timing.monotonic() + _PROVEN
            raise self._no_rights(request, challenge, error) from None

    async def _refresh_token(
        self, request: Request, realm: Url, challenge: Challenge, credential: Credential | None
    ) -> str:
        """The one kept, else one for the token in `credential`; without, the login is asked anew."""
        if kept := self._exchange.kept(challenge.service):
            return kept
        credential = credential or await self.credential(request)
        if credential is None or not credential.azure_token:
            raise self._unauthorised(request, self.no_credentials())
        return await self._exchange.refresh_token(request, realm, challenge.service, credential)

    def _is_proven(self, refresh_token: str) -> bool:
        proven, until = self._proven
        return refresh_token == proven and self._timing.monotonic() < until

    async def _issue(self, request: Request, realm: Url, challenge: Challenge, credential: Credential | None) -> Token:
        answer = await self._ask(make_token_request(request.operation, realm, challenge, credential))
        try:
            token = read_token(answer.body, self._timing)
        except ValueError as error:
            raise self._invalid(request, f"its token service gives no token: {error}") from None
        self._secrets.keep_for_a_while(token.value)
        return token

    async def _ask(self, request: Request) -> Answer:
        """The token service's answer. That the service is not there says nothing of what a token was wanted for."""
        try:
            return await self._fetch(request)
        except (NotFound, Unsupported) as error:
            raise self._invalid(request, f"its token service gives no token ({error.detail})") from None

    def _realm(self, request: Request, challenge: Challenge) -> Url:
        try:
            return checked_realm(challenge.realm, self._endpoint)
        except RefusedUrl as error:
            raise self._invalid(request, str(error)) from None

    def _refusal(self, error: RegistryError, credential: Credential | None) -> str:
        whose = "without credentials" if credential is None else "for these credentials"
        hint = self.no_credentials() if credential is None else f"log in again, for example with {self._login()}"
        return f"its token service gives no token {whose} ({error.detail}); {hint}"

    def _login(self) -> str:
        """The command that logs in to the registry."""
        host = self._endpoint.host
        return f"az acr login --name {host.partition('.')[0]}" if self._endpoint.is_azure else f"docker login {host}"

    def _no_rights(self, request: Request, challenge: Challenge, error: RegistryError) -> Forbidden:
        told = f"{rights_missing(challenge.scopes)} ({error.detail})"
        return Forbidden(request.operation, self._endpoint.host, told)

    def _unauthorised(self, request: Request, detail: str) -> Unauthorised:
        return Unauthorised(request.operation, self._endpoint.host, detail)

    def _invalid(self, request: Request, detail: str) -> InvalidAnswer:
        return InvalidAnswer(request.operation, self._endpoint.host, detail)
