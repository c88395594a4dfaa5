"""Progress of one promotion, folded from its events: what moved, how fast, and how it ended.

What is done never falls and never passes what there is to do, whatever an engine says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from tui.domain.events import Direction, Ending, How, Recorded, Step
from tui.domain.reference import Digest, Reference


@dataclass(frozen=True, slots=True)
class BlobProgress:
    """How far one blob is in one direction, in bytes."""

    digest: str
    direction: Direction
    done: int
    total: int
    how: How


@dataclass(frozen=True, slots=True)
class Totals:
    """One direction's sums: bytes, and layers that are all there."""

    done: int = 0
    total: int = 0
    layers_done: int = 0
    layers: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """One promotion so far. `rate` is in bytes a second, smoothed; pull and push are counted apart."""

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
    rate: float = 0.0
    written: Digest | None = None
    verified: Digest | None = None
    ending: Ending | None = None

    @classmethod
    def begin(cls, record: Recorded) -> Self:
        """The progress after a promotion's first record."""
        return cls(record.promotion, record.source, record.target, record.at, record.at).advance(record)

    def advance(self, record: Recorded) -> Self:
        """The progress after `record`. Records of other promotions change nothing."""
        raise NotImplementedError

    def totals(self, direction: Direction) -> Totals:
        """The sums of one direction."""
        raise NotImplementedError

    @property
    def direction(self) -> Direction | None:
        """The direction that is worth showing now: the step's, else the last that moved."""
        raise NotImplementedError

    @property
    def current(self) -> Totals:
        """The sums of the direction worth showing."""
        raise NotImplementedError

    @property
    def eta(self) -> int | None:
        """Seconds until the current direction is through; None where nothing can be said."""
        raise NotImplementedError

    @property
    def is_over(self) -> bool:
        """True once an ending came; nothing follows it."""
        return self.ending is not None
