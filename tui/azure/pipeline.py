"""What every request to Azure Resource Manager passes on its way. Imports azure-core: import it where it is used."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from aiohttp import ClientConnectorError
from azure.core.credentials import AccessToken
from azure.core.exceptions import (
    AzureError,
    ServiceRequestError,
    ServiceRequestTimeoutError,
    ServiceResponseError,
)
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import AsyncHTTPPolicy
from azure.core.rest import AsyncHttpResponse, HttpRequest

from tui.azure.clouds import Cloud, host_of
from tui.domain.notices import Notice, RetryScheduled
from tui.domain.proxies import proxy_for
from tui.ports.azure import AzureLogin
from tui.ports.errors import LoginError

NAME: Final = "Azure Resource Manager"
"""What it is called in errors and notices."""
ATTEMPTS: Final = 5
LONGEST_WAIT: Final = 120.0
"""Seconds; whoever is asked to wait longer is better told so."""
TRANSIENT: Final = frozenset({408, 429, 500, 502, 503, 504})
"""Statuses that a later try may turn into a good answer."""
_FIRST_DELAY: Final = 0.5
_LONGEST_DELAY: Final = 20.0

Request = PipelineRequest[HttpRequest]
Response = PipelineResponse[HttpRequest, AsyncHttpResponse]
Sleep = Callable[[float], Awaitable[None]]


class ElsewhereError(Exception):
    """An answer refers to another host, which is not to see the token."""


class Bearer:
    """An AzureLogin in the form that the management client takes."""

    def __init__(self, login: AzureLogin) -> None:
        self._login = login

    async def get_token(self, *scopes: str, claims: str | None = None, **_: Any) -> AccessToken:
        """The token of the login. Raises LoginError, also where Azure challenges it with `claims` to be met."""
        if claims:
            raise LoginError("Azure wants you to sign in once more (a claims challenge): run `az logout`, `az login`")
        token = await self._login.token(scopes[0])
        return AccessToken(token.value, int(token.expires_at))

    async def close(self) -> None:
        """The login outlives it."""

    async def __aenter__(self) -> "Bearer":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class Fence(AsyncHTTPPolicy[HttpRequest, AsyncHttpResponse]):
    """Lets requests pass to one cloud only: links to further pages and to operations are followed with the token."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__()
        self._cloud = cloud

    async def send(self, request: Request) -> Response:
        """Raises ElsewhereError."""
        url = request.http_request.url
        if not self._cloud.holds(url):
            raise ElsewhereError(host_of(url))
        # The SDK sends a token over plain http only where that is said for each request; the base URL was chosen.
        request.context.options["enforce_https"] = False
        request.context.options["proxy"] = _proxy(url)
        return await self.next.send(request)


class Patience(AsyncHTTPPolicy[HttpRequest, AsyncHttpResponse]):
    """Tries again, and tells of each wait before it begins. The SDK's own policy waits in silence.

    What may have begun an import is not sent again, except where Azure says that it did not (429) or no connection
    came about: azure-core calls a connection that broke off *after* the request "not sent", too.
    """

    def __init__(self, observe: Callable[[Notice], None], sleep: Sleep = asyncio.sleep) -> None:
        super().__init__()
        self._observe = observe
        self._sleep = sleep

    async def send(self, request: Request) -> Response:
        """The answer, be it good or bad. Raises AzureError where there is none."""
        tries = 0
        while True:
            tries += 1
            try:
                response = await self.next.send(request)
            except (ServiceRequestError, ServiceResponseError) as error:
                if tries >= ATTEMPTS or not _may_repeat(request.http_request, error):
                    raise
                await self._wait(request, cause_of(error), None, tries)
                continue
            after = _asked_wait(response)
            if tries >= ATTEMPTS or not _is_transient(request, response) or (after or 0) > LONGEST_WAIT:
                return response
            await self._wait(request, f"it answers {response.http_response.status_code}", after, tries)

    async def _wait(self, request: Request, cause: str, after: float | None, tries: int) -> None:
        jitter = random.random()  # noqa: S311 - spreads requests, guards nothing
        delay = jitter * min(_LONGEST_DELAY, _FIRST_DELAY * 2**tries) if after is None else after + jitter
        self._observe(RetryScheduled(NAME, _operation(request.http_request), cause, delay))
        await self._sleep(delay)


def _proxy(url: str) -> str | None:
    """The proxy that the environment names for `url`, as every other client on the machine would use it."""
    parts = urlsplit(url)
    return proxy_for(parts.scheme, parts.hostname or "", parts.port, getproxies(), proxy_bypass)


def cause_of(error: AzureError) -> str:
    """What happened to a request that was not answered, without its URL."""
    inner = error.inner_exception
    if isinstance(error, ServiceRequestTimeoutError) or isinstance(inner, TimeoutError):
        return "no answer in time"
    if isinstance(inner, ClientConnectorError):
        return f"no connection to {inner.host}:{inner.port}"
    return "the connection broke off"


def _may_repeat(request: HttpRequest, error: AzureError) -> bool:
    never_connected = isinstance(error, ServiceRequestTimeoutError) or isinstance(
        error.inner_exception, ClientConnectorError
    )
    return request.method == "GET" or never_connected


def _is_transient(request: Request, response: Response) -> bool:
    status = response.http_response.status_code
    return status == 429 or (request.http_request.method == "GET" and status in TRANSIENT)


def _asked_wait(response: Response) -> float | None:
    """Seconds in Retry-After, where it holds a number, which Azure's does."""
    header = response.http_response.headers.get("Retry-After", "")
    return float(header[:9]) if header.isascii() and header.isdigit() else None


def _operation(request: HttpRequest) -> str:
    path = urlsplit(request.url).path.lower()
    if request.method == "POST":
        return "begin an import"
    if "/operation" in path:
        return "look after an import"
    return "list registries" if path.endswith("/registries") else "list subscriptions"
