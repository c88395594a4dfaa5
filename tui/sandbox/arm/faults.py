"""What goes wrong in Resource Manager; to be switched on while it runs."""

from dataclasses import dataclass
from typing import Final, Literal

_MOST_MANIFESTS: Final = 50

Countdown = Literal["throttled", "cut_off"]


@dataclass(frozen=True, slots=True)
class Failure:
    """How an operation ends that fails."""

    code: str
    message: str


@dataclass(slots=True)
class ArmFaults:
    """What goes wrong. Everything is off at first; set a field to switch it on, set it back to switch it off."""

    unauthorised: bool = False
    """Every request is answered 401, whatever it carries."""
    throttled: int = 0
    """The next so many requests are answered 429."""
    retry_after: int = 1
    """Seconds that `Retry-After` tells a throttled client to wait."""
    cut_off: int = 0
    """The connection of the next so many polls is closed without an answer."""
    forbid_import: bool = False
    """An import is answered 403 AuthorizationFailed: the role is missing at the target."""
    forbid_source: bool = False
    """An import by resource id is answered 403 LinkedAuthorizationFailed: the role is missing at the source."""
    fail_operation: Failure | None = None
    """Operations end like this and copy nothing."""
    stuck: bool = False
    """Operations do not end."""
    slow: int = 0
    """Polls that an operation answers as running before it ends, however long it has run."""
    max_manifests: int = _MOST_MANIFESTS
    """Manifests of an image, children included; with more the operation fails (Azure's own limit is 50)."""

    def take(self, countdown: Countdown) -> bool:
        """Uses up one of the requests that `countdown` still hits. False if none is left."""
        match countdown:
            case "throttled":
                left, self.throttled = self.throttled, max(self.throttled - 1, 0)
            case "cut_off":
                left, self.cut_off = self.cut_off, max(self.cut_off - 1, 0)
        return left > 0
