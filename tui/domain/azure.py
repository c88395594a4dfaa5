"""Azure's own hosts. What is shown a login because of its name stands here and nowhere else."""

from collections.abc import Mapping
from typing import Final

CLOUDS: Final[Mapping[str, str]] = {
    ".azurecr.io": "management.azure.com",
    ".azurecr.cn": "management.chinacloudapi.cn",
    ".azurecr.us": "management.usgovcloudapi.net",
}
"""The suffix of each cloud's registries, and the host of its Azure Resource Manager; the public cloud first."""

LOGIN_HOSTS: Final = frozenset(
    {
        "sts.windows.net",
        "login.microsoftonline.com",
        "login.microsoftonline.us",
        "login.partner.microsoftonline.cn",
        "login.chinacloudapi.cn",
        "sts.chinacloudapi.cn",
    }
)
"""Hosts that issue Azure's tokens (msal, `WELL_KNOWN_AUTHORITY_HOSTS`; the last for version 1 tokens in China)."""


def is_azure(registry: str) -> bool:
    """True where `registry` (`host[:port]`) is one of Azure's own hosts."""
    return registry.partition(":")[0].endswith(tuple(CLOUDS))
