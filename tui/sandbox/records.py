"""What a registry keeps beside content: when a part of a repository came and changed, and what may be done to it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Attributes:
    """What may be done to a repository, a tag or a manifest: Azure's changeable attributes."""

    deletable: bool = True
    writable: bool = True
    listed: bool = True
    readable: bool = True


FREE = Attributes()
"""Everything may be done."""


@dataclass(frozen=True, slots=True)
class Record:
    """When something came, when it last changed, and what may be done to it. Both times are in UTC."""

    created: datetime
    updated: datetime
    attributes: Attributes = FREE
