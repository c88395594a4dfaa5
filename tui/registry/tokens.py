"""Authorization for one registry: Basic, or bearer tokens kept for each scope until they expire.

A request is sent as last time one of its kind was taken, so that a challenge is met once for each kind and not once
for each request or repository; many requests that need the same token at once ask for it once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from tui.ports.errors import InvalidAnswer, Unauthorised
from tui.registry.challenge import Challenge
from tui.registry.challenges import Challenges
from tui.registry.credentials import Credential, CredentialSource
from tui.registry.endpoint import Endpoint
from tui.registry.limits import Timing
from tui.registry.redact import Secrets
from tui.registry.request import Answer, Request
from tui.registry.token_request import Token, basic_authorization
from tui.registry.token_service import TokenService

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
        self._timing = timing
        self.secrets = Secrets()
        self._service = TokenService(endpoint, credentials, fetch, timing, self.secrets)
        self._basic: str | None = None
        self._rejected = ("", 0.0)
        self._wants_basic = False
        self._challenges = Challenges()
        self._tokens: dict[Challenge, Token] = {}
        self._flights: dict[Challenge, asyncio.Task[Token]] = {}

    async def lead(self, request: Request) -> asyncio.Lock | None:
        """A lock, held, where `request` is the first of its kind: the others wait until it is released."""
        if self._basic is not None or not request.is_repeatable:
            return None
        return await self._challenges.lead(request.scopes)

    def meet(self, request: Request, challenges: tuple[Challenge, ...]) -> None:
        """Learns what a request without Authorization was answered: nothing in `challenges` where it was taken."""
        bearer = _bearer_in(challenges)
        if bearer is not None:
            self._challenges.learn(request.scopes, _with_scopes(bearer, request.scopes))
        self._wants_basic = self._wants_basic or (bearer is None and _asks_for_basic(challenges))
        self._challenges.meet(request.scopes)

    async def ready(self, request: Request) -> str | None:
        """The Authorization that `request` needs, as far as is known or foreseen; None before the first challenge."""
        if self._basic is not None:
            return self._basic
        challenge = self._challenges.find(request.scopes)
        if challenge is not None and not self._challenges.is_foreseen(request.scopes):
            return await self._bearer(request, challenge, None)
        try:
            if challenge is not None:
                return await self._bearer(request, challenge, None)
            return await self._answer_basic(request, None) if self._wants_basic else None
        except (Unauthorised, InvalidAnswer):
            return None  # it was a guess: the registry shall say itself what it wants

    async def answer(self, request: Request, challenges: tuple[Challenge, ...], refused: str | None) -> str:
        """The Authorization that `challenges` ask for, after `refused` was not taken. Raises RegistryError."""
        bearer = _bearer_in(challenges)
        if bearer is not None:
            wanted = _with_scopes(bearer, request.scopes)
            self._challenges.learn(request.scopes, wanted)
            return await self._bearer(request, wanted, refused)
        if _asks_for_basic(challenges):
            return await self._answer_basic(request, refused)
        raise self._unauthorised(request, "it asks for a kind of authentication that is not known here")

    def refuse(self, authorization: str | None) -> None:
        """Forgets a token that was not taken although it was thought good, so that the next request has another."""
        self._tokens = {key: token for key, token in self._tokens.items() if token.bearer != authorization}

    async def credential(self, request: Request) -> Credential | None:
        """The registry's credential. Raises Unauthorised where none can be looked up."""
        return await self._service.credential(request)

    @property
    def issued(self) -> tuple[str, ...]:
        """What the registry gave so far: the newest refresh token, then access tokens."""
        return (self._service.refresh_token, *(token.value for token in self._tokens.values()))

    async def close(self) -> None:
        """Stops asking for tokens."""
        flights = [*self._flights.values()]
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    async def _answer_basic(self, request: Request, refused: str | None) -> str:
        credential = await self._service.credential(request)
        if credential is None:
            raise self._unauthorised(request, self._service.no_credentials())
        if credential.identity_token or credential.azure_token:
            have = "an Azure login is there" if credential.azure_token else "an identity token is stored"
            raise self._unauthorised(request, f"it asks for a user name and password, but {have}")
        basic = basic_authorization(credential)
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
        if token is None or self._is_old(token, request) or token.bearer == refused:
            token = await self._fly(request, challenge)
        return token.bearer

    def _is_old(self, token: Token, request: Request) -> bool:
        now = self._timing.monotonic()
        return token.is_stale(now) if request.is_repeatable else token.is_aged(now)

    async def _fly(self, request: Request, challenge: Challenge) -> Token:
        """A new token; all who want it meanwhile wait for the same one, and one of them leaving ends it for none."""
        flight = self._flights.get(challenge)
        if flight is None:
            flight = asyncio.create_task(self._service.issue(request, challenge))
            self._flights[challenge] = flight
            flight.add_done_callback(lambda done: self._landed(challenge, done))
        return await asyncio.shield(flight)

    def _landed(self, challenge: Challenge, flight: "asyncio.Task[Token]") -> None:
        self._flights.pop(challenge, None)
        if not flight.cancelled() and flight.exception() is None:
            self._tokens[challenge] = flight.result()

    def _unauthorised(self, request: Request, detail: str) -> Unauthorised:
        return Unauthorised(request.operation, self._endpoint.host, detail)


def _bearer_in(challenges: tuple[Challenge, ...]) -> Challenge | None:
    return next((challenge for challenge in challenges if challenge.scheme == "bearer" and challenge.realm), None)


def _asks_for_basic(challenges: tuple[Challenge, ...]) -> bool:
    return any(challenge.scheme == "basic" for challenge in challenges)


def _with_scopes(challenge: Challenge, wanted: tuple[str, ...]) -> Challenge:
    """The challenge's own scopes and, of those `wanted`, the ones for what it does not speak of.

    A registry that is asked to mount may name only the repository that is written; the one that is read needs a scope
    as well.
    """
    named = {scope.rpartition(":")[0] for scope in challenge.scopes}
    missing = tuple(scope for scope in wanted if scope.rpartition(":")[0] not in named)
    return replace(challenge, scopes=challenge.scopes + missing, error="")
