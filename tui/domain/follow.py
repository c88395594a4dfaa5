"""What is told while environments follow each other."""

from dataclasses import dataclass
from datetime import datetime

from tui.domain.events import Recorded
from tui.domain.plan import Plan
from tui.domain.reference import Digest, Reference


@dataclass(frozen=True, slots=True)
class Began:
    """Following begins for `environment`: `known` tags of the environment before are not new."""

    environment: str
    known: int


@dataclass(frozen=True, slots=True)
class Looked:
    """A look at all environments has ended; `new` tags were found. The next is at `next_at`, None after the last."""

    new: int
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Waits:
    """A new tag is not promoted: a gate says no, it cannot be planned, or it failed. Told when the reason changes.

    `is_final` says that it is left to people; else every look tries again. The digest is None where it is not known.
    """

    target: Reference
    digest: Digest | None
    reason: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class Unread:
    """An environment could not be read, whole or in part; the next look tries again."""

    environment: str
    cause: str


@dataclass(frozen=True, slots=True)
class Advanced:
    """Something happened while `plan` was carried out; it is in the journal already."""

    record: Recorded
    plan: Plan


FollowEvent = Began | Looked | Waits | Unread | Advanced
