"""Where promotions are remembered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tui.domain.events import Recorded
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import Snapshot


class Journal(Protocol):
    """Records what happened, before it is shown, and what was seen."""

    async def record(self, event: Recorded) -> None:
        """Keeps `event`; it is on disk when this returns."""
        ...

    async def remember(self, snapshot: Snapshot) -> None:
        """Keeps the newest snapshot of a repository in an environment, and every move of a tag."""
        ...

    async def recall(self, environments: Sequence[str]) -> Sequence[Snapshot]:
        """The newest snapshots kept for `environments`, marked as remembered."""
        ...

    async def held_since(self, environment: str, repository: Repository, tag: Tag, digest: Digest) -> datetime | None:
        """Since when `tag` was seen to hold `digest` without a break; None where it was last seen otherwise."""
        ...


class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> datetime:
        """Now, in UTC."""
        ...
