"""What was read of one repository in one environment, and when; or why it was not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tui.domain.reference import Digest, Repository, Tag


class FailureKind(StrEnum):
    """Why something was not read: the word the board and the headless output use."""

    UNREACHABLE = "unreachable"
    UNAUTHORISED = "unauthorised"
    FORBIDDEN = "forbidden"
    THROTTLED = "throttled"
    INVALID = "invalid"
    UNLISTED = "unlisted"
    """The catalog may not be read; only what the settings name is."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something was not read. `mark` is what a cell has room for (`401`); `detail` is the sentence."""

    kind: FailureKind
    operation: str
    detail: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class TagEntry:
    """One tag as read. `digest` is None where the tag is listed but could not be resolved (`failure` says why)."""

    tag: Tag
    digest: Digest | None
    created: datetime | None = None
    pushed: datetime | None = None
    locked: bool = False
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The tags of a repository in an environment at one moment; an empty one means the repository is not there."""

    environment: str
    repository: Repository
    taken_at: datetime
    entries: Mapping[Tag, TagEntry] = field(default_factory=dict[Tag, TagEntry])
    is_remembered: bool = False
    """True for one drawn from the journal until a live one lands."""
    others: tuple[Tag, ...] | None = ()
    """Tags that the registry lists as well and the scope leaves out: with them, all are known as of one moment. None
    where that cannot be said, as of what was read page by page over a long time."""


@dataclass(frozen=True, slots=True)
class Loading:
    """Not read yet, or not whole: of tags that are not among `entries`, nothing is known."""

    entries: Mapping[Tag, TagEntry] = field(default_factory=dict[Tag, TagEntry], hash=False)


@dataclass(frozen=True, slots=True)
class Unread:
    """Reading was tried and failed."""

    failure: Failure


Reading = Snapshot | Loading | Unread


def is_live(reading: Reading) -> bool:
    """True where it was read in this session: what is remembered may be otherwise by now."""
    return isinstance(reading, Snapshot) and not reading.is_remembered
