"""Progress of one promotion, folded from its events: what moved, how fast, and how it ended.

What is done never falls and never passes what there is to do, whatever an engine says.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, assert_never

from tui.domain.events import (
    ApprovalGiven,
    BlobAdvanced,
    Direction,
    Ending,
    Event,
    HookAnswered,
    HookFailed,
    How,
    LineLogged,
    PromotionCancelled,
    PromotionFailed,
    PromotionNoted,
    PromotionRefused,
    PromotionStarted,
    PromotionSucceeded,
    Recorded,
    Step,
    StepStarted,
    TagLocked,
    TagMoved,
    TagRemoved,
    TagUnlocked,
    Verified,
)
from tui.domain.reference import Digest, Reference

_SAMPLE_SECONDS: Final = 0.25
"""Bytes are gathered for as long before they count as a speed: single chunks arrive in bursts."""

_WINDOW_SECONDS: Final = 5.0
"""How far back the smoothed speed looks, roughly."""

DIRECTIONS: Final = {Step.PULL: Direction.PULL, Step.PUSH: Direction.PUSH}
"""The steps in which blobs move, and which way."""


@dataclass(frozen=True, slots=True)
class BlobProgress:
    """How far one blob is in one direction, in bytes."""

    digest: str
    direction: Direction
    done: int
    total: int
    how: How

    @property
    def is_done(self) -> bool:
        """True where all of it is there; a blob of unknown size (0) is not."""
        return self.how is not How.TRANSFERRED or 0 < self.total == self.done

    def advance(self, event: BlobAdvanced) -> "BlobProgress":
        """The blob after `event`: a retried layer starts anew at 0, an engine may count past its end; neither shows."""
        total = max(self.total, event.total)
        arrived = total if event.how is not How.TRANSFERRED else min(event.done, total)
        return BlobProgress(self.digest, self.direction, max(self.done, arrived), total, event.how)


@dataclass(frozen=True, slots=True)
class Speed:
    """Bytes a second, smoothed exponentially over the last seconds."""

    since: datetime
    moved: int = 0
    rate: float = 0.0

    def advance(self, at: datetime, moved: int) -> "Speed":
        """The speed after `moved` more bytes until `at`."""
        seconds = (at - self.since).total_seconds()
        if seconds < 0:  # the clock was set back: measure from here
            return Speed(at, self.moved, self.rate)
        if seconds < _SAMPLE_SECONDS:
            return Speed(self.since, self.moved + moved, self.rate)
        seen = (self.moved + moved) / seconds
        weight = 1 - math.exp(-seconds / _WINDOW_SECONDS) if self.rate else 1.0
        return Speed(at, 0, self.rate + weight * (seen - self.rate))


@dataclass(frozen=True, slots=True)
class Totals:
    """One direction's sums: bytes, and layers that are all there, some of them without having moved."""

    done: int = 0
    total: int = 0
    layers_done: int = 0
    layers: int = 0
    mounted: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """One promotion so far. Pull and push are counted apart: an engine's layer has another id in each direction."""

    promotion: str
    source: Reference
    target: Reference
    started_at: datetime
    at: datetime
    engine: str = ""
    overwrites: Digest | None = None
    step: Step | None = None
    blobs: Mapping[tuple[Direction, str], BlobProgress] = field(
        default_factory=dict[tuple[Direction, str], BlobProgress]
    )
    speeds: Mapping[Direction, Speed] = field(default_factory=dict[Direction, Speed])
    moved: Direction | None = None
    """The direction in which a blob moved last."""
    note: str = ""
    """What was said last in this step, by an engine that moves no bytes through here."""
    written: Digest | None = None
    verified: Digest | None = None
    ending: Ending | None = None

    @staticmethod
    def begin(record: Recorded) -> "Progress":
        """The progress after a promotion's first record."""
        return Progress(record.promotion, record.source, record.target, record.at, record.at).advance(record)

    def advance(self, record: Recorded) -> "Progress":
        """The progress after `record`. Other promotions' records, and what follows an ending, change nothing."""
        if record.promotion != self.promotion or self.is_over:
            return self
        after = self._after(record.event, record.at)
        return after if after.at == record.at else replace(after, at=record.at)

    def _after(self, event: Event, at: datetime) -> "Progress":
        match event:
            case PromotionStarted(engine, overwrites):
                return replace(self, engine=engine, overwrites=overwrites)
            case StepStarted(step):
                return replace(self, step=step, note="")
            case BlobAdvanced():
                return self._moved(event, at)
            case TagMoved(_, new):
                return replace(self, written=new)
            case Verified(digest):
                return replace(self, verified=digest)
            case PromotionSucceeded() | PromotionRefused() | PromotionFailed() | PromotionCancelled():
                return replace(self, ending=event)
            case LineLogged(text):
                return replace(self, note=text)
            case HookFailed(hook, cause):
                return replace(self, note=f"{hook} was not told: {cause}")
            case TagLocked() | TagUnlocked() | TagRemoved() | ApprovalGiven() | PromotionNoted() | HookAnswered():
                return self
            case _:  # pragma: no cover
                assert_never(event)

    def _moved(self, event: BlobAdvanced, at: datetime) -> "Progress":
        key = (event.direction, event.digest)
        old = self.blobs.get(key) or BlobProgress(event.digest, event.direction, 0, 0, event.how)
        new = old.advance(event)
        bytes_moved = new.done - old.done if event.how is How.TRANSFERRED else 0
        speed = self.speeds.get(event.direction) or Speed(self.at)
        return replace(
            self,
            at=at,
            blobs={**self.blobs, key: new},
            speeds={**self.speeds, event.direction: speed.advance(at, bytes_moved)},
            moved=event.direction,
        )

    def totals(self, direction: Direction) -> Totals:
        """The sums of one direction."""
        return _sum(blob for blob in self.blobs.values() if blob.direction is direction)

    @property
    def direction(self) -> Direction | None:
        """The direction worth showing now: the step's, else the one that moved last."""
        wanted = DIRECTIONS.get(self.step) if self.step else None
        return wanted if wanted in self.speeds else self.moved

    @property
    def current(self) -> Totals:
        """The sums of the direction worth showing; all zero before anything moved."""
        return self.totals(self.direction) if self.direction else Totals()

    @property
    def active(self) -> tuple[BlobProgress, ...]:
        """The blobs on their way in the direction worth showing."""
        return tuple(
            blob for blob in self.blobs.values() if blob.direction is self.direction and blob.done and not blob.is_done
        )

    @property
    def rate(self) -> float:
        """Bytes a second in the direction worth showing."""
        speed = self.speeds.get(self.direction) if self.direction else None
        return speed.rate if speed else 0.0

    @property
    def eta(self) -> int | None:
        """Seconds until that direction is through; None where nothing can be said."""
        left = self.current.total - self.current.done
        return math.ceil(left / self.rate) if self.rate > 0 and left and not self.is_over else None

    @property
    def is_over(self) -> bool:
        """True once an ending came; nothing follows it."""
        return self.ending is not None


def _sum(blobs: Iterable[BlobProgress]) -> Totals:
    chosen = tuple(blobs)
    return Totals(
        done=sum(blob.done for blob in chosen),
        total=sum(blob.total for blob in chosen),
        layers_done=sum(blob.is_done for blob in chosen),
        layers=len(chosen),
        mounted=sum(blob.how is How.MOUNTED for blob in chosen),
        skipped=sum(blob.how is How.SKIPPED for blob in chosen),
    )
