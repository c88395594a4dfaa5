"""What a registry client says while it works, so that waiting is seen and never silent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryScheduled:
    """A request was throttled or failed and is tried again after `delay` seconds."""

    registry: str
    operation: str
    cause: str
    delay: float


@dataclass(frozen=True, slots=True)
class RequestAnswered:
    """A request was answered after `seconds`: the registry is alive."""

    registry: str
    seconds: float


@dataclass(frozen=True, slots=True)
class WarningReceived:
    """A registry sent a `Warning: 299` header; told once, never acted upon."""

    registry: str
    text: str


Notice = RetryScheduled | RequestAnswered | WarningReceived
