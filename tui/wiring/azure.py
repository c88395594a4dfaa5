"""Azure in a workbench: who logs in where, and who has Azure import into which environment."""

import os
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, assert_never

from tui.domain.azure import is_azure
from tui.domain.environment import Environment
from tui.settings.model import AuthMethod, AzureSettings, Connection, TokenSource

if TYPE_CHECKING:
    from tui.azure.arm import Arm
    from tui.azure.clouds import Cloud
    from tui.azure.login import Logins
    from tui.domain.notices import Notice
    from tui.ports.azure import AzureLogin, Importer, RegistryFinder


class AzureParts:
    """The logins of one workbench, and Azure Resource Manager as each of them sees it. Nothing is asked here."""

    def __init__(self, settings: AzureSettings, observe: Callable[["Notice"], None]) -> None:
        self._settings = settings
        self._observe = observe
        self._logins: Logins | None = None
        self._arms: dict[tuple[AzureLogin, Cloud], Arm] = {}
        self._given: dict[TokenSource, AzureLogin] = {}

    def login(self, connection: Connection) -> "AzureLogin | None":
        """The Azure login that `connection` means; None where it is another kind of credential."""
        match connection.auth:
            case AuthMethod.AZURE_CLI | AuthMethod.AZURE_DEFAULT | AuthMethod.AZURE_DEVICE_CODE:
                return self._known().login(connection.auth.value, connection.tenant)
            case AuthMethod.TOKEN:
                return None if connection.token.user else self._of_token(connection.token)
            case AuthMethod.DOCKER | AuthMethod.ANONYMOUS:
                return None
            case _:
                assert_never(connection.auth)

    def importer(self, connections: Mapping[Environment, Connection]) -> "Importer":
        """Has Azure import into environments, each with its own login and in its own cloud."""
        from tui.azure.importers import ByTarget

        return ByTarget(lambda target: self._importer_into(target, connections[target]))

    def _importer_into(self, target: Environment, connection: Connection) -> "Arm | str":
        login = self.login(connection)
        if login is None:
            return f'{target.name} is reached without an Azure login: set auth = "azure-cli" for it'
        if not self._settings.arm and not is_azure(target.registry):
            return f"{target.registry} is none of Azure's hosts: [azure] arm says who manages it"
        return self.arm(login, target.registry)

    def arm(self, login: "AzureLogin", registry: str) -> "Arm":
        """Azure Resource Manager for `registry` (`host[:port]`, or empty), as `login` sees it."""
        from tui.azure.arm import Arm
        from tui.azure.clouds import cloud_at, cloud_of

        cloud = cloud_at(self._settings.arm) if self._settings.arm else cloud_of(registry)
        key = login, cloud
        if key not in self._arms:
            self._arms[key] = Arm(
                login,
                cloud,
                subscriptions=self._settings.subscriptions,
                ca_file=self._settings.ca,
                observe=self._observe,
            )
        return self._arms[key]

    async def close(self) -> None:
        """Closes connections and stops waiting for sign-ins."""
        for arm in self._arms.values():
            await arm.close()
        if self._logins is not None:
            await self._logins.close()

    def _known(self) -> "Logins":
        from tui.azure.login import Logins

        self._logins = self._logins or Logins(self._observe)
        return self._logins

    def _of_token(self, source: TokenSource) -> "AzureLogin":
        from tui.azure.given import GivenLogin
        from tui.settings.tokens import read_token

        if source not in self._given:
            self._given[source] = GivenLogin(lambda: read_token(source, os.environ))
        return self._given[source]


@asynccontextmanager
async def open_finder(
    auth: AuthMethod, settings: AzureSettings, observe: Callable[["Notice"], None]
) -> "AsyncGenerator[RegistryFinder, None]":
    """Finds the registries that the login `auth` can see; closed with the context."""
    parts = AzureParts(settings, observe)
    login = parts.login(Connection(auth, tenant=settings.tenant))
    if login is None:
        raise ValueError(f"{auth} is no Azure login")
    try:
        yield parts.arm(login, "")
    finally:
        await parts.close()
