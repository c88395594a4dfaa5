"""The history of tags: what each environment was seen to hold, what promotions put there and undos took away."""

from dataclasses import dataclass
from datetime import datetime

from tui.domain.past import undone_by
from tui.domain.reference import Digest, Repository, Tag


@dataclass(frozen=True, slots=True)
class Sighting:
    """From `at` on, `tag` was seen to hold `digest`; None where it was no longer there.

    It is written only when a tag changed, so a sighting lasts until the next of the same tag. `at` is when a survey
    looked, so that the change itself came some time before.
    """

    environment: str
    repository: Repository
    tag: Tag
    digest: Digest | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Landing:
    """A promotion of this journal's wrote `digest` under `tag`, and found it there when it read back.

    `promotion` is its id; `source` the full reference that it was read from, which is in the environment `origin`; that
    is empty where none of today's environments has it. Of an undo, `origin` is the environment itself: it puts back
    what was there before. `replaced` is what the tag held when it began, None where there was none, or the journal does
    not tell. `occasion` and `by` are as in PromotionStarted.
    """

    environment: str
    repository: Repository
    tag: Tag
    digest: Digest
    at: datetime
    promotion: str
    source: str
    origin: str = ""
    replaced: Digest | None = None
    occasion: str = ""
    by: str = ""

    @property
    def undoes(self) -> str:
        """The id of the promotion that this one undid; empty where it is no undo."""
        return undone_by(self.occasion)


@dataclass(frozen=True, slots=True)
class Removal:
    """An undo of this journal's took `tag` away, which held `digest`. `promotion` is the id of the undo itself.

    `occasion` and `by` are as in TagRemoved.
    """

    environment: str
    repository: Repository
    tag: Tag
    digest: Digest
    at: datetime
    promotion: str
    occasion: str = ""
    by: str = ""

    @property
    def undoes(self) -> str:
        """The id of the promotion that created the tag."""
        return undone_by(self.occasion)


@dataclass(frozen=True, slots=True)
class History:
    """Sightings, landings and removals, each the oldest first."""

    sightings: tuple[Sighting, ...] = ()
    landings: tuple[Landing, ...] = ()
    removals: tuple[Removal, ...] = ()

    def of(self, environment: str) -> "History":
        """What of it happened in `environment`."""
        return History(
            tuple(item for item in self.sightings if item.environment == environment),
            tuple(item for item in self.landings if item.environment == environment),
            tuple(item for item in self.removals if item.environment == environment),
        )

    @property
    def standing(self) -> tuple[Landing, ...]:
        """The landings that no undo took back, neither itself nor by taking the tag away since."""
        undone = {item.undoes for item in (*self.landings, *self.removals)}
        taken = {(item.environment, item.repository, item.tag): item.at for item in self.removals}

        def stands(landing: Landing) -> bool:
            gone = taken.get((landing.environment, landing.repository, landing.tag))
            return landing.promotion not in undone and (gone is None or landing.at > gone)

        return tuple(item for item in self.landings if stands(item))
