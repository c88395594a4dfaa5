"""What an examination finds."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How it is with what was looked at."""

    OK = "ok"
    WARNING = "warning"
    """It works, but not as well as it could, or not for everything."""
    WRONG = "wrong"
    """It does not work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `what` is a sentence, `mend` the command or the line that mends it."""

    area: str
    health: Health
    what: str
    mend: str = ""


def fine(area: str, what: str) -> Finding:
    """What works."""
    return Finding(area, Health.OK, what)


def doubtful(area: str, what: str, mend: str) -> Finding:
    """What deserves a look."""
    return Finding(area, Health.WARNING, what, mend)


def wrong(area: str, what: str, mend: str) -> Finding:
    """What does not work."""
    return Finding(area, Health.WRONG, what, mend)


def worst(findings: Iterable[Finding]) -> Health:
    """How it is with the whole."""
    found = {finding.health for finding in findings}
    return next((health for health in (Health.WRONG, Health.WARNING) if health in found), Health.OK)
