"""Azure's clouds: where Azure Resource Manager is, and which token it takes."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from tui.domain.azure import CLOUDS

_SCOPE: Final = "/.default"
_HOST: Final = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")


@dataclass(frozen=True, slots=True)
class Cloud:
    """A cloud: the base URL of its Azure Resource Manager, and the scope of the tokens for it."""

    base_url: str
    scope: str

    def holds(self, url: str) -> bool:
        """True where `url` may be shown a token: the base URL's own origin or, of Azure's own hosts, a part of one.

        Regions answer under names of their own (`eastus.management.azure.com`), which nobody but Azure can hold.
        """
        base, asked = _origin(self.base_url), _origin(url)
        if base == asked:
            return True
        return self in _CLOUDS.values() and asked[::2] == base[::2] and asked[1].endswith(f".{base[1]}")


def host_of(url: str) -> str:
    """The host in `url`, to be named; "no host" where it holds none that can be read."""
    return _origin(url)[1] or "no host"


def _origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of `url`. What is odd has none, and is the same as no other: two readers of an odd URL
    can see two hosts."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "", "", None
    host = parts.hostname or ""
    if "@" in parts.netloc or not _HOST.fullmatch(host):
        return "", "", None
    return parts.scheme, host, port or {"https": 443, "http": 80}.get(parts.scheme)


def _cloud(host: str) -> Cloud:
    return Cloud(f"https://{host}", f"https://{host}{_SCOPE}")


_CLOUDS: Final = {suffix: _cloud(host) for suffix, host in CLOUDS.items()}
PUBLIC: Final = next(iter(_CLOUDS.values()))


def cloud_of(registry: str) -> Cloud:
    """The cloud that `registry` (`host[:port]`) is in; the public one where its name does not say."""
    host = registry.partition(":")[0]
    return next((cloud for suffix, cloud in _CLOUDS.items() if host.endswith(suffix)), PUBLIC)


def cloud_at(base_url: str) -> Cloud:
    """The Azure Resource Manager at `base_url`, which takes the tokens of the public cloud unless it is another's."""
    base_url = base_url.rstrip("/")
    known = next((cloud for cloud in _CLOUDS.values() if cloud.base_url == base_url), None)
    return known or Cloud(base_url, PUBLIC.scope)
