"""The management clients of one cloud: one for each subscription, all over the same connections."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from tui.azure.clouds import Cloud
from tui.azure.wording import silence
from tui.domain.notices import Notice
from tui.ports.azure import AzureLogin

if TYPE_CHECKING:
    from aiohttp import ClientSession
    from azure.mgmt.containerregistry.aio import ContainerRegistryManagementClient

CONNECT_TIME: Final = 10
READ_TIME: Final = 60
"""Seconds; azure-core's own are 300 each, for which nobody looks at a screen."""


class Management:
    """Clients of Azure Resource Manager, made when they are wanted. They follow no redirect and register nothing.

    `ca_file` is a PEM file to trust in addition; `interval` the seconds between two looks at an operation where Azure
    names none.
    """

    def __init__(
        self,
        login: AzureLogin,
        cloud: Cloud,
        observe: Callable[[Notice], None],
        *,
        ca_file: str | None = None,
        interval: float = 2,
    ) -> None:
        self._login = login
        self._cloud = cloud
        self._observe = observe
        self._ca_file = ca_file
        self._interval = interval
        self._session: ClientSession | None = None
        self._transport: Any = None  # an AioHttpTransport, which azure-core gives no type
        self._clients: dict[str, ContainerRegistryManagementClient] = {}

    def client(self, subscription: str) -> "ContainerRegistryManagementClient":
        """The client for `subscription` (its id)."""
        key = subscription.lower()
        if key not in self._clients:
            self._clients[key] = self._make(subscription)
        return self._clients[key]

    async def close(self) -> None:
        """Closes the connections."""
        if self._session:
            await self._session.close()

    def _make(self, subscription: str) -> "ContainerRegistryManagementClient":
        silence()
        from azure.core.pipeline import policies
        from azure.mgmt.containerregistry.aio import ContainerRegistryManagementClient
        from azure.mgmt.core.policies import AsyncARMChallengeAuthenticationPolicy

        from tui.azure.pipeline import Bearer, Fence, Patience

        bearer: Any = Bearer(self._login)
        passed: list[Any] = [
            policies.RequestIdPolicy(),
            policies.HeadersPolicy(),
            policies.UserAgentPolicy("windlass"),
            Fence(self._cloud),
            Patience(self._observe),
            AsyncARMChallengeAuthenticationPolicy(bearer, self._cloud.scope),
        ]
        return ContainerRegistryManagementClient(
            bearer,
            subscription,
            self._cloud.base_url,
            credential_scopes=[self._cloud.scope],
            policies=passed,
            transport=self._connections(),
            polling_interval=self._interval,
        )

    def _connections(self) -> Any:
        if self._transport is None:
            import ssl

            import aiohttp
            from azure.core.pipeline.transport import AioHttpTransport

            trust = ssl.create_default_context()
            if self._ca_file:
                trust.load_verify_locations(self._ca_file)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=trust),
                trust_env=False,  # it would take ~/.netrc as well, and that in place of the token
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,  # the transport does that
            )
            self._transport = AioHttpTransport(
                session=self._session, session_owner=False, connection_timeout=CONNECT_TIME, read_timeout=READ_TIME
            )
        return self._transport
