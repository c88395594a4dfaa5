"""Where promotions are remembered."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from tui.domain.events import Recorded
from tui.domain.history import History
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import Snapshot


class Journal(Protocol):
    """Records what happened, before it is shown, and what was seen."""

    async def record(self, event: Recorded) -> None:
        """Keeps `event`; it is on disk when this returns."""
        ...

    async def remember(self, snapshot: Snapshot, covers: Callable[[Tag], bool]) -> None:
        """Keeps the newest snapshot of a repository in an environment, and every change of a tag.

        Nothing is kept of a repository that no environment was ever seen to have: a slip in a name leaves no trace.
        A tag that the last snapshot had and this one has not is gone, if `covers` says that it was looked for.
        """
        ...

    async def recall(self, environments: Sequence[str]) -> Sequence[Snapshot]:
        """The newest snapshots kept for `environments`, marked as remembered."""
        ...

    async def held_since(self, environment: str, repository: Repository, tag: Tag, digest: Digest) -> datetime | None:
        """Since when `tag` was seen to hold `digest` without a break; None where it was last seen otherwise."""
        ...

    async def history(
        self, environments: Sequence[str], repository: Repository | None = None, tag: Tag | None = None
    ) -> History:
        """What `environments` were seen to hold under `tag` (or any), and what was promoted there. Oldest first.

        Without a repository only promotions are told: the sightings of everything are too many to be of use.
        """
        ...

    async def last_changes(self, environments: Sequence[str]) -> Mapping[tuple[str, Repository, Tag], datetime]:
        """Since when each tag of `environments` was seen to hold what it was last seen to hold; gone ones are out."""
        ...


class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> datetime:
        """Now, in UTC."""
        ...
