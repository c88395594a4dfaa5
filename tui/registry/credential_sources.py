"""Credentials that are had anew each time: of an Azure login, or given in the environment or a file."""

from collections.abc import Callable
from typing import Final

from tui.domain.claims import is_of_azure, registry_of
from tui.domain.text import clean
from tui.ports.azure import AzureLogin
from tui.ports.errors import LoginError
from tui.registry.credentials import Credential, NoCredentials

REGISTRY_SCOPE: Final = "https://containerregistry.azure.net/.default"
"""What an Azure token for a registry's data plane is asked for (azure-containerregistry, `DEFAULT_AUDIENCE`).

One for Azure Resource Manager is taken as well, unless the registry's policy `azureADAuthenticationAsArmPolicy` is off.
"""


class AzureCredentials:
    """An Azure login, for registries that exchange its tokens. `tenant` is empty for the login's own."""

    def __init__(self, login: AzureLogin, scope: str = REGISTRY_SCOPE, tenant: str = "") -> None:
        self._login = login
        self._scope = scope
        self._tenant = tenant

    async def find(self) -> Credential:
        """The credential; the login remembers its token. Raises NoCredentials with the login's own sentence."""
        try:
            token = await self._login.token(self._scope)
        except LoginError as error:
            raise NoCredentials(str(error)) from None
        return Credential(azure_token=token.value, tenant=self._tenant)


class GivenToken:
    """A token that `read` gives: the environment's or a file's, read again each time, as it may be replaced.

    With a `user` it is that user's password. Without, it is one of Azure's if it says so itself, and else a refresh
    token of the registry (`az acr login --expose-token`). `read` raises LoginError where there is none.

    One that names the registry of Azure's that issued it goes to `host` only if that is the one; empty trusts any.
    """

    def __init__(self, read: Callable[[], str], user: str = "", tenant: str = "", host: str = "") -> None:
        self._read = read
        self._user = user
        self._tenant = tenant
        self._host = host

    async def find(self) -> Credential:
        """The credential. Raises NoCredentials."""
        try:
            token = self._read().strip()
        except LoginError as error:
            raise NoCredentials(str(error)) from None
        if not token:
            raise NoCredentials('the token that auth = "token" names is empty')
        if self._user:
            return Credential(self._user, token)
        if is_of_azure(token):
            return Credential(azure_token=token, tenant=self._tenant)
        owner, host = registry_of(token).lower(), self._host.lower()
        if owner and host and owner not in {host, host.partition(":")[0]}:
            mend = "name another with token_env, or set send_azure_token = true if it is the same registry"
            raise NoCredentials(f"the token that is given is for {clean(owner, 100)}: {mend}")
        return Credential(identity_token=token)
