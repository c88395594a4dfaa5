"""What a registry client or a login says while it works, so that waiting is seen and never silent."""

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


@dataclass(frozen=True, slots=True)
class SignInRequested:
    """Somebody has to open `address` in a browser and enter `code`; everything that needs the login waits for it.

    `seconds` is how long the code is good for.
    """

    address: str
    code: str
    seconds: float


@dataclass(frozen=True, slots=True)
class SignInEnded:
    """The sign-in that was requested is over: `failure` says why it failed, empty where somebody is signed in."""

    failure: str = ""


RegistryNotice = RetryScheduled | RequestAnswered | WarningReceived
"""What is said of one registry."""

Notice = RegistryNotice | SignInRequested | SignInEnded
