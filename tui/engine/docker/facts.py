"""What a Docker Engine is: its version, its image store and its host's platform, from `/version` and `/info`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, cast

from tui.domain.platform import Platform
from tui.domain.text import clean

_SNAPSHOTTER: Final = "io.containerd.snapshotter.v1"
_FIELD_LIMIT: Final = 64


class Store(StrEnum):
    """How an engine keeps images, which decides what a push writes."""

    CLASSIC = "classic"
    """Unpacked, in a graph driver: manifests are made anew when it pushes."""
    CONTAINERD = "containerd"
    """As they were pulled, byte for byte."""


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """An engine as the forecast needs it. `architecture` is spelled as in image configs: `amd64`."""

    version: str
    store: Store
    os: str
    architecture: str

    @property
    def title(self) -> str:
        """What sentences call it."""
        return f"Docker Engine {self.version} ({self.store} image store)"

    @property
    def platform(self) -> Platform:
        """The platform of its host, without a variant: the engine does not tell one."""
        return Platform(self.os, self.architecture)

    @property
    def major(self) -> int:
        """The first number of the version; 0 where it has none, as in a build of one's own."""
        found = re.match(r"v?(\d+)", self.version)
        return int(found[1]) if found else 0

    def runs(self, platform: Platform) -> bool:
        """True where `platform` is the host's own; the variant is left out of account."""
        return (platform.os, platform.architecture) == (self.os, self.architecture)


def read_facts(version: Mapping[str, Any], info: Mapping[str, Any]) -> EngineFacts:
    """The facts in the answers to `/version` and `/info`. What they leave out reads `unknown`."""
    return EngineFacts(_text(version, "Version"), _store(info), _text(version, "Os"), _text(version, "Arch"))


def _text(document: Mapping[str, Any], key: str) -> str:
    return clean(str(document.get(key) or "unknown"), _FIELD_LIMIT)


def _store(info: Mapping[str, Any]) -> Store:
    """The containerd store shows as a driver-type in the driver's status (moby, `image-service` of the daemon)."""
    status: object = info.get("DriverStatus")
    rows = cast("Iterable[object]", status) if isinstance(status, list) else ()
    return Store.CONTAINERD if any(row == ["driver-type", _SNAPSHOTTER] for row in rows) else Store.CLASSIC
