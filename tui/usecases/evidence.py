"""Evidence: what was found of image, source and target, on which gates judge."""

from dataclasses import dataclass

from tui.domain.content import Descriptor
from tui.domain.plan import Companions, Forecast, Request
from tui.domain.reference import Digest


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the gates look at. `current` is what the target's tag holds, None where it is missing."""

    request: Request
    digest: Digest
    current: Descriptor | None
    companions: Companions
    forecast: Forecast

    @property
    def is_there(self) -> bool:
        """True where the target's tag holds the digest already, so that it will not be written."""
        return self.current is not None and self.current.digest == self.digest
