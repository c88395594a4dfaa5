"""Promotions as the journal tells them afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tui.domain.reference import Digest, Reference

_UNDO: Final = "undo "
"""How the occasion of an undo begins; the id follows."""


def undo_of(promotion: str) -> str:
    """The occasion of what undoes `promotion`."""
    return _UNDO + promotion


def undone_by(occasion: str) -> str:
    """The id of the promotion that what came of `occasion` undid; empty where that is no undo."""
    return occasion.removeprefix(_UNDO) if occasion.startswith(_UNDO) else ""


class Outcome(StrEnum):
    """How a promotion ended, as far as the journal knows."""

    SUCCEEDED = "succeeded"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RUNNING = "running"
    """Without an ending, and the process that carries it out lives."""
    INTERRUPTED = "interrupted"
    """Without an ending, and nobody carries it out any more: the process was killed, or its machine went down."""


@dataclass(frozen=True, slots=True)
class Past:
    """One promotion (or the taking away of a tag). `source` carries the digest that was promoted.

    `replaced` is what the target's tag held when it began, None where there was none. `moved` says that the tag was
    written (or taken away), as the journal saw it; of one that was interrupted just then, only the registry knows.
    `detail` is the reason of a refusal or a failure.
    """

    promotion: str
    began: datetime
    source: Reference
    target: Reference
    outcome: Outcome
    engine: str = ""
    replaced: Digest | None = None
    moved: bool = False
    untagged: bool = False
    """True where it was about taking the tag away, and nothing promoted."""
    ended: datetime | None = None
    occasion: str = ""
    by: str = ""
    detail: str = ""

    @property
    def undoes(self) -> str:
        """The id of the promotion that this one undid; empty where it is no undo."""
        return undone_by(self.occasion)


def undone_among(pasts: Iterable[Past]) -> frozenset[str]:
    """The ids of the promotions that others of `pasts` undid."""
    return frozenset(past.undoes for past in pasts if past.moved and past.undoes)


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What was found when the journal's chain was followed to its end.

    `events` counts the events looked at; `head` is the last link, which can be noted elsewhere: a journal that was
    rewritten as a whole has another. `broken_at` is the number of the first event that is not as it was recorded, None
    where all are; `finding` says in a sentence what is wrong there.
    """

    events: int
    head: str
    broken_at: int | None = None
    finding: str = ""
