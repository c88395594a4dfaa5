"""What happens during a promotion, as values. Each is journalled before it is shown."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tui.domain.reference import Digest, Reference


class Step(StrEnum):
    """The steps of a promotion, named alike whatever the engine."""

    PULL = "pull"
    TAG = "tag"
    PUSH = "push"
    VERIFY = "verify"
    LOCK = "lock"
    UNLOCK = "unlock"
    UNTAG = "untag"
    RECORD = "record"
    NOTIFY = "notify"
    APPROVE = "approve"


class Direction(StrEnum):
    """Which way a blob moves."""

    PULL = "pull"
    PUSH = "push"


class How(StrEnum):
    """How a blob got to where it was to be."""

    TRANSFERRED = "transferred"
    MOUNTED = "mounted"
    SKIPPED = "skipped"


class Side(StrEnum):
    """The side of a promotion on which something failed."""

    SOURCE = "source"
    TARGET = "target"
    ENGINE = "engine"


@dataclass(frozen=True, slots=True)
class PromotionStarted:
    """Execution began; `overwrites` is what the target's tag held.

    `occasion` is what it came from, as `tui.domain.plan.Request` has it; `by` is who the target's registry takes this
    client for, empty where it takes it for nobody.
    """

    engine: str
    overwrites: Digest | None
    size: int
    occasion: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step began; `detail` says on what."""

    step: Step
    detail: str = ""


@dataclass(frozen=True, slots=True)
class BlobAdvanced:
    """A blob moved on: `done` of `total` bytes.

    `digest` is the blob's digest, or the short id that an engine gives (a Docker Engine names a pushed layer by its
    uncompressed content, so a layer has another id in each direction).
    """

    digest: str
    direction: Direction
    done: int
    total: int
    how: How = How.TRANSFERRED


@dataclass(frozen=True, slots=True)
class LineLogged:
    """A line for people: a retry, a warning, a decision."""

    text: str


@dataclass(frozen=True, slots=True)
class TagMoved:
    """The target's tag was written."""

    old: Digest | None
    new: Digest


@dataclass(frozen=True, slots=True)
class Verified:
    """The target was read back and holds what the source holds, with `companions` signatures, SBOMs and the like."""

    digest: Digest
    companions: int = 0


@dataclass(frozen=True, slots=True)
class TagLocked:
    """The target's tag, which holds `digest`, was locked: nobody moves or deletes it until it is unlocked."""

    digest: Digest


@dataclass(frozen=True, slots=True)
class TagUnlocked:
    """The target's tag, which holds `digest`, was unlocked: it can be moved again."""

    digest: Digest


@dataclass(frozen=True, slots=True)
class TagRemoved:
    """The target's tag, which held `digest`, was taken away; the image stays.

    `occasion` and `by` are as in PromotionStarted.
    """

    digest: Digest
    occasion: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class PromotionNoted:
    """The promotion is recorded in the target's registry, by the referrer `note`."""

    note: Digest


@dataclass(frozen=True, slots=True)
class ApprovalGiven:
    """The source's digest was approved for the target by `by`; the referrer `approval` says so."""

    approval: Digest
    by: str


@dataclass(frozen=True, slots=True)
class HookAnswered:
    """`hook` was told of the promotion, and answered."""

    hook: str
    answer: str


@dataclass(frozen=True, slots=True)
class HookFailed:
    """`hook` could not be told; that undoes nothing."""

    hook: str
    cause: str


@dataclass(frozen=True, slots=True)
class PromotionSucceeded:
    """Done; `seconds` from start to read-back."""

    seconds: float


@dataclass(frozen=True, slots=True)
class PromotionRefused:
    """Nothing was written: a gate said no. `by` is to whom, where no beginning tells that."""

    gate: str
    reason: str
    remedy: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class PromotionFailed:
    """It failed while doing `operation`; with `verify`, the target was written and reads back differently."""

    operation: str
    side: Side
    cause: str


@dataclass(frozen=True, slots=True)
class PromotionCancelled:
    """Stopped on request; the target's tag is as it was unless TagMoved came before."""


EngineEvent = StepStarted | BlobAdvanced | LineLogged | TagMoved
"""What an engine may say."""

Ending = PromotionSucceeded | PromotionRefused | PromotionFailed | PromotionCancelled
"""What a promotion ends with; nothing follows it."""

Aftermath = PromotionNoted | HookAnswered | HookFailed
"""What may follow once the target is right; none of it changes how the promotion ended."""

Mark = Verified | TagLocked | TagUnlocked | TagRemoved | ApprovalGiven
"""What was found of a tag or a digest, or done to it, beside the work of an engine."""

Event = PromotionStarted | EngineEvent | Mark | Aftermath | Ending


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event with the promotion it belongs to and when it happened."""

    promotion: str
    at: datetime
    source: Reference
    target: Reference
    event: Event
