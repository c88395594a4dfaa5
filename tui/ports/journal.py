"""Where promotions are remembered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tui.domain.events import Recorded
from tui.domain.reference import Digest, Repository
from tui.domain.snapshot import Snapshot


class Journal(Protocol):
    """Records what happened, before it is shown, and what was seen."""

    async def record(self, event: Recorded) -> None:
        """Keeps `event`; it is on disk when this returns."""
        ...

    async def remember(self, snapshot: Snapshot) -> None:
        """Keeps the newest snapshot of a repository in an environment, and when each digest was first seen."""
        ...

    async def recall(self, environments: Sequence[str]) -> Sequence[Snapshot]:
        """The newest snapshots kept for `environments`, marked as remembered."""
        ...

    async def first_seen(self, environment: str, repository: Repository, digest: Digest) -> datetime | None:
        """When `digest` was first seen in `environment`'s `repository`; None if it never was."""
        ...


class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> datetime:
        """Now, in UTC."""
        ...
