"""Logins to Azure: one for each tenant, asked once and shared by everything that needs it."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from tui.azure.credentials import (
    AZURE_CLI,
    AZURE_DEFAULT,
    AZURE_DEVICE_CODE,
    CLI_TIME,
    Credential,
    MakeCredential,
    make_credential,
)
from tui.azure.login_failures import login_failure, login_timeout
from tui.azure.shared import Shared
from tui.azure.sign_in import SignIn
from tui.domain.notices import Notice
from tui.ports.azure import AzureLogin, AzureToken
from tui.ports.errors import LoginError
from tui.usecases.concurrency import aside

EARLY: Final = 300.0
"""Seconds before its end at which a token is renewed. Azure's own libraries give a new one from then on."""
RETRY: Final = 30.0
"""Seconds until a login is asked again that failed, or that gave the old token again: hundreds of requests may want
one, and each question may start a program."""
SECONDS: Final = {AZURE_CLI: CLI_TIME + 5.0, AZURE_DEFAULT: 120.0, AZURE_DEVICE_CODE: 60.0}
"""How long each method may take; a device code as long as it lives, from when it is shown."""


class Logins:
    """Hands out logins. `observe` is told of sign-ins; `make` makes credentials, `clock` tells the time since 1970."""

    def __init__(
        self,
        observe: Callable[[Notice], None],
        *,
        make: MakeCredential = make_credential,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._observe = observe
        self._make = make
        self._clock = clock
        self._logins: dict[tuple[str, str], SharedLogin] = {}

    def login(self, method: str, tenant: str = "") -> AzureLogin:
        """The login of `method` (`azure-cli`, `azure-default`, `azure-device-code`) for `tenant`, empty for its own.

        The same for the same arguments. Nothing is asked before a token is. Raises ValueError for another method.
        """
        if method not in SECONDS:
            raise ValueError(f"no such login: {method}")
        key = method, tenant.lower()
        if key not in self._logins:
            asked = _Asked(method, tenant, self._make, self._observe)
            self._logins[key] = SharedLogin(asked.token, self._clock)
        return self._logins[key]

    async def close(self) -> None:
        """Stops waiting for sign-ins that go on."""
        for login in self._logins.values():
            await login.close()


class SharedLogin:
    """An AzureLogin that asks `ask` as seldom as it can: once for each scope, and again before the token ends."""

    def __init__(self, ask: Callable[[str], Awaitable[AzureToken]], clock: Callable[[], float]) -> None:
        self._ask = ask
        self._clock = clock
        self._scopes: dict[str, _Remembered] = {}

    async def token(self, scope: str) -> AzureToken:
        """A token for `scope`, remembered or new. Raises LoginError."""
        if scope not in self._scopes:
            self._scopes[scope] = _Remembered(lambda: self._ask(scope), self._clock)
        return await self._scopes[scope].token()

    async def close(self) -> None:
        """Stops waiting for answers."""
        for remembered in self._scopes.values():
            await remembered.close()


class _Remembered:
    """The token for one scope, or why there is none."""

    def __init__(self, ask: Callable[[], Awaitable[AzureToken]], clock: Callable[[], float]) -> None:
        self._ask = ask
        self._clock = clock
        self._token: AzureToken | None = None
        self._failure = ""
        self._asked_again_at = 0.0
        self._asking = Shared(self._learn)

    async def token(self) -> AzureToken:
        if self._wants_asking():
            await self._asking.result()
        if self._token and self._token.expires_at > self._clock():
            return self._token
        raise LoginError(self._failure or "Azure gave a token that had ended already: check this machine's clock")

    async def close(self) -> None:
        await self._asking.stop()

    def _wants_asking(self) -> bool:
        now = self._clock()
        has_ended = self._token is not None and self._token.expires_at <= now
        return now >= self._asked_again_at or (has_ended and not self._failure)

    async def _learn(self) -> None:
        """Asks. A renewal that fails takes nothing away: the old token is good to its end."""
        try:
            self._token, self._failure = await self._ask(), ""
        except LoginError as error:
            self._failure = str(error)
        now = self._clock()
        is_good = self._token is not None and not self._failure
        ends_at = self._token.expires_at if self._token and is_good else now
        self._asked_again_at = max(ends_at - EARLY, now + RETRY)


class _Asked:
    """One credential in a thread, asked one question at a time: nobody is to sign in twice for two scopes."""

    def __init__(self, method: str, tenant: str, make: MakeCredential, observe: Callable[[Notice], None]) -> None:
        self._method = method
        self._tenant = tenant
        self._make = make
        self._sign_in = SignIn(observe)
        self._credential: Credential | None = None
        self._turn = asyncio.Lock()

    async def token(self, scope: str) -> AzureToken:
        """A new token for `scope`. Raises LoginError."""
        async with self._turn:
            failure = "it was broken off"
            try:
                found = await self._wait(scope)
                failure = ""
                return found
            except LoginError as error:
                failure = str(error)
                raise
            finally:
                self._sign_in.end(failure)

    async def _wait(self, scope: str) -> AzureToken:
        seconds = SECONDS[self._method]
        try:
            async with asyncio.timeout(seconds) as deadline:
                self._sign_in.begin(deadline)
                return await aside(lambda: self._fetch(scope))
        except TimeoutError:
            raise login_timeout(self._method, seconds) from None
        except Exception as error:  # noqa: BLE001 - the room's edge: whatever azure-identity raises becomes a LoginError
            raise login_failure(self._method, self._tenant, error) from None  # the cause may quote a token

    def _fetch(self, scope: str) -> AzureToken:
        if self._credential is None:
            self._credential = self._make(self._method, self._tenant, self._sign_in.prompt)
        grant = self._credential.get_token(scope)
        return AzureToken(grant.token, float(grant.expires_on))
