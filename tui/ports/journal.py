"""Where promotions are remembered."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from tui.domain.events import Recorded
from tui.domain.past import ChainCheck, Past
from tui.domain.reference import Digest, Reference, Repository, Tag
from tui.domain.snapshot import Snapshot

if TYPE_CHECKING:
    from tui.domain.history import History


class Journal(Protocol):
    """Records what happened, before it is shown, and what was seen."""

    async def record(self, event: Recorded) -> None:
        """Keeps `event`, also if the caller is cancelled meanwhile; it is on disk when this returns.

        A blob's progress may wait for the event that follows it.
        """
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
    ) -> "History":
        """What `environments` were seen to hold under `tag` (or any), and what promotions and undos did. Oldest first.

        Without a repository only promotions are told: the sightings of everything are too many to be of use.
        """
        ...

    async def last_changes(self, environments: Sequence[str]) -> Mapping[tuple[str, Repository, Tag], datetime]:
        """Since when each tag of `environments` was seen to hold what it was last seen to hold; gone ones are out."""
        ...

    async def promotions(self, environments: Sequence[str], limit: int | None = None) -> Sequence[Past]:
        """The promotions into `environments`, the newest first, at most `limit`."""
        ...

    async def unended(self, environments: Sequence[str]) -> Sequence[Past]:
        """The promotions into `environments` without an ending, the newest first; what runs is one of them.

        Those to whose tag a later promotion succeeded are left out. It takes no longer where the journal is long.
        """
        ...

    async def promotion(self, name: str) -> Sequence[Recorded]:
        """Every event of one promotion, in order, but the advances of blobs. `name` is its id, or how it begins.

        Empty where there is none. Raises JournalError as well where several begin like that.
        """
        ...

    async def check(self) -> ChainCheck:
        """Follows the chain of all events: whether one was edited, put in or taken out since it was recorded."""
        ...

    def holding(self, target: Reference) -> AbstractAsyncContextManager[None]:
        """The turn to write `target`'s tag: of all processes that share the journal, one has it at a time.

        A process that dies gives it back. Raises TurnTaken where it is not had within a minute, and JournalError where
        turns cannot be had at all.
        """
        ...

    async def followed(self, environment: str) -> Collection[tuple[Repository, Tag, Digest]]:
        """What was settled for `environment`: it is never followed again."""
        ...

    async def settle(self, environment: str, images: Collection[tuple[Repository, Tag, Digest]]) -> None:
        """Keeps that `images` are dealt with for `environment`: known when following began, promoted, or given up."""
        ...

    async def await_first(self, environment: str, repositories: Collection[Repository]) -> None:
        """Keeps that `repositories`, and no others, could not be read since following began for `environment`.

        What they hold when they first can be is not new.
        """
        ...

    async def awaited(self, environment: str) -> Collection[Repository]:
        """The repositories that `await_first` kept last."""
        ...

    async def is_following(self, environment: str) -> bool:
        """True once anything, or nothing at all, was settled for `environment`: following has begun there before."""
        ...


class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> datetime:
        """Now, in UTC."""
        ...
