"""Where a registry is and how it is spoken to."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tui.domain.azure import is_azure
from tui.registry.urls import Url

_HUB: Final = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io"})
_HUB_API: Final = "registry-1.docker.io"

_KNOWN_REALMS: Final = {
    **dict.fromkeys(_HUB, ("auth.docker.io",)),
    "registry.gitlab.com": ("gitlab.com",),
}
"""Token services that are known to stand on another host than their registry."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A registry `host[:port]`; https unless `plain_http`, trusting `ca_file` (PEM) as well where it is given.

    `realm_hosts` are further hosts, by name, that may issue this registry's tokens and so see its credentials.
    `takes_azure_tokens` is somebody's explicit word that it may be shown an Azure login although its host is none of
    Azure's.
    """

    host: str
    plain_http: bool = False
    ca_file: str | None = None
    realm_hosts: tuple[str, ...] = ()
    takes_azure_tokens: bool = False

    @property
    def is_hub(self) -> bool:
        """True for Docker Hub, under any of its names."""
        return self.host in _HUB

    @property
    def is_azure(self) -> bool:
        """True where its host is one of Azure's own."""
        return is_azure(self.root.host)

    @property
    def is_trusted_by_azure(self) -> bool:
        """True where it may be shown an Azure token. In plain http a name proves nothing: then only on request."""
        return self.takes_azure_tokens or (self.is_azure and not self.plain_http)

    @property
    def base_url(self) -> str:
        """Scheme and authority of the API: `https://registry-1.docker.io` for Docker Hub's `docker.io`."""
        scheme = "http" if self.plain_http else "https"
        return f"{scheme}://{_HUB_API if self.is_hub else self.host}"

    @property
    def root(self) -> Url:
        """The base URL, taken apart."""
        return _root(self.base_url)

    @property
    def realms(self) -> frozenset[str]:
        """The host names that may issue this registry's tokens."""
        return frozenset((self.root.host, *_KNOWN_REALMS.get(self.host, ()), *self.realm_hosts))


@lru_cache(maxsize=256)
def _root(base_url: str) -> Url:
    """Every request asks for it."""
    return Url.parse(base_url)
