"""Settings: what `windlass.toml` says, checked and complete."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tui.domain.environment import PromotionPath
from tui.domain.scope import Scope


class AuthMethod(StrEnum):
    """Where the credentials for a registry come from; none of them ever stands in the settings file."""

    AZURE_CLI = "azure-cli"
    AZURE_DEFAULT = "azure-default"
    AZURE_DEVICE_CODE = "azure-device-code"
    DOCKER = "docker"
    TOKEN = "token"  # noqa: S105 - the name of a method, no secret
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True)
class TokenSource:
    """Where a token is read from, each time it is needed: the environment variable `variable`, or the file `file`.

    With a `user` it is that user's password (a robot account, a token of ACR's). Without, it is one of Azure's or a
    refresh token of the registry (`az acr login --expose-token`).
    """

    variable: str = "WINDLASS_TOKEN"
    file: str | None = None
    user: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """How an environment's registry is spoken to. `ca` is the absolute path of a PEM file to trust in addition.

    `tenant` is the Azure tenant to log in to: the environment's own, else that of `[azure]`, empty for the login's.
    `trusts_with_azure_token` is the explicit
    wish that the Azure login may be shown to this registry although its host is none of Azure's.
    """

    auth: AuthMethod
    plain_http: bool = False
    ca: str | None = None
    token: TokenSource = TokenSource()
    tenant: str = ""
    trusts_with_azure_token: bool = False


@dataclass(frozen=True, slots=True)
class AzureSettings:
    """Where Azure Resource Manager is and what of it is looked at.

    `arm` is a base URL, empty for that of the registry's own cloud; `ca` is the absolute path of a PEM file to trust in
    addition. Without `subscriptions` every one that the login can see is looked through.
    """

    tenant: str = ""
    subscriptions: tuple[str, ...] = ()
    arm: str = ""
    ca: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything in the file `origin`. There is a connection for every environment, by its name.

    `keys` maps the id of a binding to the key that it is moved to.
    """

    path: PromotionPath
    scope: Scope
    connections: Mapping[str, Connection]
    origin: str
    keys: Mapping[str, str] = field(default_factory=dict[str, str])
    azure: AzureSettings = AzureSettings()
