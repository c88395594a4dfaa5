"""Which environments the sample world has; light to import, so that a screen can be drawn before they exist."""

from dataclasses import dataclass
from typing import Final

from tui.domain.environment import Kind


@dataclass(frozen=True, slots=True)
class Site:
    """An environment of the sample world."""

    name: str
    kind: Kind = Kind.OCI
    protected: bool = False


SITES: Final = (
    Site("base"),
    Site("dev"),
    Site("test", Kind.ACR),
    Site("prod", Kind.ACR, protected=True),
)
"""In the order of the promotion path."""
