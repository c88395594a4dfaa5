"""The credentials of azure-identity, made in the thread that uses them: importing them takes half a second."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Final, Protocol, cast

from tui.azure.wording import silence

if TYPE_CHECKING:
    from azure.identity import DefaultAzureCredential

AZURE_CLI: Final = "azure-cli"
AZURE_DEFAULT: Final = "azure-default"
AZURE_DEVICE_CODE: Final = "azure-device-code"

CLI_TIME: Final = 30
"""Seconds that `az` gets: it starts slowly, and may renew its own login first. azure-identity's 10 are too few."""

_ANY_TENANT: Final = "organizations"

Prompt = Callable[[str, str, datetime], None]
"""Told of the address to open, the code to enter there, and when the code ends; called in the credential's thread."""


class Grant(Protocol):
    """A token as azure-identity gives it; `expires_on` is in seconds since the epoch."""

    @property
    def token(self) -> str: ...

    @property
    def expires_on(self) -> int: ...


class Credential(Protocol):
    """What is asked for tokens; blocks."""

    def get_token(self, *scopes: str) -> Grant:
        """A token for `scopes`."""
        ...


MakeCredential = Callable[[str, str, Prompt], Credential]
"""Makes the credential of a method for a tenant (empty: the login's own); the prompt is for a device code."""


def make_credential(method: str, tenant: str, prompt: Prompt) -> Credential:
    """The credential of azure-identity that `method` names. `AZURE_AUTHORITY_HOST` says which cloud's sign-in."""
    silence()
    match method:
        case "azure-cli":
            from azure.identity import AzureCliCredential

            return AzureCliCredential(tenant_id=tenant, process_timeout=CLI_TIME)
        case "azure-default":
            return _default(tenant)
        case "azure-device-code":
            from azure.identity import DeviceCodeCredential

            return DeviceCodeCredential(prompt_callback=prompt, tenant_id=tenant or _ANY_TENANT)
        case _:
            raise ValueError(f"no such login: {method}")


def _default(tenant: str) -> Credential:
    from azure.identity import DefaultAzureCredential

    if not tenant:
        return DefaultAzureCredential(process_timeout=CLI_TIME)
    wide = DefaultAzureCredential(
        process_timeout=CLI_TIME,
        shared_cache_tenant_id=tenant,
        workload_identity_tenant_id=tenant,
        additionally_allowed_tenants=[tenant],
    )
    return _InTenant(wide, tenant)


class _InTenant:
    """The default credential in one tenant, which it takes with each question only."""

    def __init__(self, inner: "DefaultAzureCredential", tenant: str) -> None:
        self._inner = inner
        self._tenant = tenant

    def get_token(self, *scopes: str) -> Grant:
        """A token of the tenant's."""
        return cast("Grant", self._inner.get_token(*scopes, tenant_id=self._tenant))
