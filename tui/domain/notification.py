"""What is told of a promotion to those who wait for it."""

from dataclasses import dataclass
from datetime import datetime

from tui.domain.reference import Digest, Reference


@dataclass(frozen=True, slots=True)
class Notification:
    """That `target`, of the environment `environment`, now holds `digest`; a manifest of `size` bytes.

    `source` carries the digest too, and `origin` is the name of its environment. `replaced` is what the tag held
    before. `is_test` says that nothing happened: somebody tries whether it arrives.
    """

    promotion: str
    at: datetime
    environment: str
    origin: str
    source: Reference
    target: Reference
    digest: Digest
    media_type: str
    size: int
    engine: str
    replaced: Digest | None = None
    by: str = ""
    is_test: bool = False
