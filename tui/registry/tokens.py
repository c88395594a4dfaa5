"""Authorization for one registry: Basic, or bearer tokens kept for each scope until they expire.

A request is sent as last time it was taken, so that a challenge is answered once for each scope and not once for each
request; many requests that need the same token at once ask for it once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Final

from tui.ports.errors import Forbidden, InvalidAnswer, RegistryError, Unauthorised
from tui.registry.challenge import Challenge
from tui.registry.credentials import Credential, CredentialSource, NoCredentials
from tui.registry.endpoint import Endpoint
from tui.registry.limits import Timing
from tui.registry.realm import checked_realm
from tui.registry.redact import redact
from tui.registry.request import Answer, Request
from tui.registry.token_request import Token, basic_authorization, make_token_request, read_token
from tui.registry.urls import RefusedUrl

_PAUSE: Final = 30.0
"""Seconds that a refused password is not sent again: a survey asks hundreds of times, and accounts get locked."""


class Tokens:
    """What one registry takes as authorization, by the scopes of the request."""

    def __init__(
        self,
        endpoint: Endpoint,
        credentials: CredentialSource,
        fetch: Callable[[Request], Awaitable[Answer]],
        timing: Timing,
    ) -> None:
        self._endpoint = endpoint
        self._credentials = credentials
        self._fetch = fetch
        self._timing = timing
        self._basic: str | None = None
        self._rejected = ("", 0.0)
        self._challenges: dict[tuple[str, ...], Challenge] = {}
        self._tokens: dict[Challenge, Token] = {}
        self._flights: dict[Challenge, asyncio.Task[Token]] = {}
        self._known: set[str] = set()

    @property
    def secrets(self) -> Iterable[str]:
        """Everything that must not be shown."""
        return (*self._known, *(token.value for token in self._tokens.values()))

    def redact(self, text: str) -> str:
        """`text` without secrets, fit to show."""
        return redact(text, self.secrets)

    async def ready(self, request: Request) -> str | None:
        """The Authorization that `request` needs, as far as is known; None before the first challenge."""
        if self._basic is not None:
            return self._basic
        challenge = self._challenges.get(request.scopes)
        return await self._bearer(request, challenge, None) if challenge else None

    async def answer(self, request: Request, challenges: tuple[Challenge, ...], refused: str | None) -> str:
        """The Authorization that `challenges` ask for, after `refused` was not taken. Raises RegistryError."""
        for challenge in challenges:
            if challenge.scheme == "bearer" and challenge.realm:
                wanted = _with_scopes(challenge, request.scopes)
                self._challenges[request.scopes] = wanted
                return await self._bearer(request, wanted, refused)
        if any(challenge.scheme == "basic" for challenge in challenges):
            return await self._answer_basic(request, refused)
        raise self._unauthorised(request, "it asks for a kind of authentication that is not known here")

    async def close(self) -> None:
        """Stops asking for tokens."""
        flights = [*self._flights.values()]
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    async def _answer_basic(self, request: Request, refused: str | None) -> str:
        credential = await self._credential(request)
        if credential is None:
            raise self._unauthorised(request, self._no_credentials())
        if credential.identity_token:
            raise self._unauthorised(request, "it asks for a user name and password, but an identity token is stored")
        basic = self._basic_of(credential)
        if basic == refused:
            self._basic, self._rejected = None, (basic, self._timing.monotonic() + _PAUSE)
        if self._was_rejected(basic):
            raise self._unauthorised(request, "it does not take the user name and password")
        self._basic = basic
        return basic

    def _was_rejected(self, basic: str) -> bool:
        rejected, until = self._rejected
        return basic == rejected and self._timing.monotonic() < until

    async def _bearer(self, request: Request, challenge: Challenge, refused: str | None) -> str:
        token = self._tokens.get(challenge)
        if token is None or token.is_stale(self._timing.monotonic()) or token.bearer == refused:
            token = await self._fly(request, challenge)
        return token.bearer

    async def _fly(self, request: Request, challenge: Challenge) -> Token:
        """A new token; all who want it meanwhile wait for the same one, and one of them leaving ends it for none."""
        flight = self._flights.get(challenge)
        if flight is None:
            flight = asyncio.create_task(self._renew(request, challenge))
            self._flights[challenge] = flight
            flight.add_done_callback(lambda done: self._landed(challenge, done))
        return await asyncio.shield(flight)

    def _landed(self, challenge: Challenge, flight: "asyncio.Task[Token]") -> None:
        self._flights.pop(challenge, None)
        if not flight.cancelled() and flight.exception() is None:
            self._tokens[challenge] = flight.result()

    async def _renew(self, request: Request, challenge: Challenge) -> Token:
        try:
            realm = checked_realm(challenge.realm, self._endpoint)
        except RefusedUrl as error:
            raise InvalidAnswer(request.operation, self._endpoint.host, str(error)) from None
        credential = await self._credential(request)
        if credential is not None and not credential.identity_token:
            self._basic_of(credential)  # so that it is known as a secret before it goes out
        asked = make_token_request(request.operation, realm, challenge, credential)
        try:
            answer = await self._fetch(asked)
        except (Unauthorised, Forbidden) as error:
            raise self._unauthorised(request, self._refusal(error, credential)) from None
        return self._read(request, answer)

    def _read(self, request: Request, answer: Answer) -> Token:
        try:
            return read_token(answer.body, self._timing)
        except ValueError as error:
            detail = f"its token service gives no token: {error}"
            raise InvalidAnswer(request.operation, self._endpoint.host, detail) from None

    async def _credential(self, request: Request) -> Credential | None:
        try:
            credential = await self._credentials.find()
        except NoCredentials as error:
            raise self._unauthorised(request, self.redact(str(error))) from None
        if credential is not None:
            self._known |= {secret for secret in (credential.password, credential.identity_token) if secret}
        return credential

    def _basic_of(self, credential: Credential) -> str:
        basic = basic_authorization(credential)
        self._known.add(basic.removeprefix("Basic "))
        return basic

    def _refusal(self, error: RegistryError, credential: Credential | None) -> str:
        whose = "without credentials" if credential is None else "for these credentials"
        hint = f"; {self._no_credentials()}" if credential is None else ""
        return f"its token service gives no token {whose} ({error.detail}){hint}"

    def _no_credentials(self) -> str:
        return f"no credentials are known for it: try docker login {self._endpoint.host}"

    def _unauthorised(self, request: Request, detail: str) -> Unauthorised:
        return Unauthorised(request.operation, self._endpoint.host, detail)


def _with_scopes(challenge: Challenge, wanted: tuple[str, ...]) -> Challenge:
    """The challenge's own scopes and, of those `wanted`, the ones for what it does not speak of.

    A registry that is asked to mount may name only the repository that is written; the one that is read needs a scope
    as well.
    """
    named = {scope.rpartition(":")[0] for scope in challenge.scopes}
    missing = tuple(scope for scope in wanted if scope.rpartition(":")[0] not in named)
    return replace(challenge, scopes=challenge.scopes + missing, error="")
