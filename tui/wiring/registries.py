"""From an environment and its connection to the client of its registry."""

import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, assert_never

from tui.domain.environment import Environment, Kind
from tui.settings.model import AuthMethod, Connection
from tui.wiring.azure import AzureParts

if TYPE_CHECKING:
    from tui.domain.notices import Notice
    from tui.ports.bookmarks import UploadBookmarks
    from tui.ports.registry import Registry
    from tui.registry.client import RegistryClient
    from tui.registry.credentials import CredentialSource


def open_registry(
    environment: Environment,
    connection: Connection,
    azure: AzureParts,
    observe: Callable[["Notice"], None],
    bookmarks: "UploadBookmarks",
    stack: AsyncExitStack,
) -> "Registry":
    """The client, which `stack` closes; it finds interrupted uploads again by `bookmarks`.

    Of kind `acr` it can lock tags as well (`tui.ports.registry.TagLocker`).
    """
    from tui.registry.endpoint import Endpoint

    endpoint = Endpoint(
        environment.registry,
        connection.plain_http,
        connection.ca,
        takes_azure_tokens=connection.trusts_with_azure_token,
    )
    client = _client_of(environment.kind)(
        endpoint, _credentials(environment, connection, azure), observe=observe, bookmarks=bookmarks
    )
    stack.push_async_callback(client.close)
    return client


def _client_of(kind: Kind) -> "type[RegistryClient]":
    match kind:
        case Kind.OCI:
            from tui.registry.client import RegistryClient

            return RegistryClient
        case Kind.ACR:
            from tui.registry.acr.client import AcrClient

            return AcrClient
        case _:
            assert_never(kind)


def _credentials(environment: Environment, connection: Connection, azure: AzureParts) -> "CredentialSource":
    from tui.registry.credentials import Anonymous, DockerStore

    match connection.auth:
        case AuthMethod.ANONYMOUS:
            return Anonymous()
        case AuthMethod.DOCKER:
            return DockerStore(environment.registry)
        case AuthMethod.TOKEN:
            from tui.registry.credential_sources import GivenToken
            from tui.settings.tokens import read_token

            host = "" if connection.trusts_with_azure_token else environment.registry
            source = connection.token
            return GivenToken(lambda: read_token(source, os.environ), source.user, connection.tenant, host)
        case AuthMethod.AZURE_CLI | AuthMethod.AZURE_DEFAULT | AuthMethod.AZURE_DEVICE_CODE:
            from tui.registry.credential_sources import AzureCredentials

            login = azure.login(connection)
            assert login is not None  # noqa: S101 - these are the methods that have one
            return AzureCredentials(login, tenant=connection.tenant)
        case _:
            assert_never(connection.auth)
