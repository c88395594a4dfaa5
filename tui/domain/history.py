"""The history of tags: what each environment was seen to hold, and what promotions put there. Oldest first."""

from dataclasses import dataclass
from datetime import datetime

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
    is empty where none of today's environments has it.
    """

    environment: str
    repository: Repository
    tag: Tag
    digest: Digest
    at: datetime
    promotion: str
    source: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """Sightings and landings, each the oldest first."""

    sightings: tuple[Sighting, ...] = ()
    landings: tuple[Landing, ...] = ()

    def of(self, environment: str) -> "History":
        """What of it happened in `environment`."""
        return History(
            tuple(item for item in self.sightings if item.environment == environment),
            tuple(item for item in self.landings if item.environment == environment),
        )
