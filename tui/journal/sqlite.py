"""The journal in one SQLite file: events hash-chained as they come, observations, and the newest snapshots.

WAL lets a board read while a pipeline writes. Every event but a blob's progress is flushed to disk before `record`
returns; progress is left to the next of the others.
"""

import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tui.domain.events import BlobAdvanced, Recorded
from tui.domain.past import ChainCheck, Past
from tui.domain.reference import Digest, Reference, Repository, Tag
from tui.domain.snapshot import Snapshot
from tui.journal.chain import append, check_chain
from tui.journal.database import Database
from tui.journal.following import await_first, is_following, read_awaited, read_followed, settle
from tui.journal.promotions import read_promotion, read_promotions, read_unended
from tui.journal.schema import SCHEMA, moment_of
from tui.journal.sessions import Sessions, begins
from tui.journal.turns import Turns

if TYPE_CHECKING:
    from tui.domain.history import History


class SqliteJournal:
    """A journal in `file`, opened on first use. `places` are `registry/prefix` by environment: what is kept is kept for
    those, so that environments of one name but another registry are told apart."""

    def __init__(self, file: Path, places: Mapping[str, str]) -> None:
        self._places = places
        self._database = Database(file, SCHEMA, "journal")
        self._sessions = Sessions(file.with_name(f"{file.name}.sessions"))
        self._turns = Turns(file.with_name(f"{file.name}.turns"))

    async def record(self, event: Recorded) -> None:
        """Keeps `event`; it is on disk when this returns, with every progress before it. Raises JournalError."""
        if isinstance(event.event, BlobAdvanced):
            self._database.add_unawaited(self._append, event)
        else:
            await self._database.add(self._append, event)

    async def remember(self, snapshot: Snapshot, covers: Callable[[Tag], bool]) -> None:
        """Keeps the snapshot, and an observation of each tag that is new, moved or gone. Raises JournalError.

        An empty one of a repository that none of the places was ever seen to have is not kept: its name may be a slip.
        Nor is an empty one that comes after one that was read later: a survey hands those in at its end.
        """
        from tui.journal.snapshots import keep

        place, places = self._places[snapshot.environment], tuple(self._places.values())
        await self._database.run(lambda connection: keep(connection, place, places, snapshot, covers))

    async def recall(self, environments: Sequence[str]) -> Sequence[Snapshot]:
        """The newest snapshots kept for `environments`, marked as remembered. Raises JournalError.

        Of a repository that no environment was ever seen to have there is none.
        """
        from tui.journal.snapshots import read_known

        names, places = {self._places[name]: name for name in environments}, tuple(self._places.values())
        return await self._database.run(lambda connection: read_known(connection, names, places))

    async def held_since(self, environment: str, repository: Repository, tag: Tag, digest: Digest) -> datetime | None:
        """Since when `tag` was seen to hold `digest`; None where it was last seen otherwise. Raises JournalError."""
        place = self._places[environment]
        return await self._database.run(lambda connection: _held_since(connection, (place, repository, tag), digest))

    async def history(
        self, environments: Sequence[str], repository: Repository | None = None, tag: Tag | None = None
    ) -> "History":
        """What `environments` were seen to hold, and what was promoted there. Raises JournalError."""
        from tui.journal.history import read_history

        names = {place: name for name, place in self._places.items()}
        return await self._database.run(
            lambda connection: read_history(connection, names, environments, repository, tag)
        )

    async def last_changes(self, environments: Sequence[str]) -> Mapping[tuple[str, Repository, Tag], datetime]:
        """Since when each tag was seen to hold what it was last seen to hold. Raises JournalError."""
        from tui.journal.history import read_last_changes

        names = {self._places[name]: name for name in environments}
        return await self._database.run(lambda connection: read_last_changes(connection, names))

    async def promotions(self, environments: Sequence[str], limit: int | None = None) -> Sequence[Past]:
        """The promotions into `environments`, the newest first. Raises JournalError."""
        names = {place: name for name, place in self._places.items()}
        alive = self._sessions.is_alive
        return await self._database.run(lambda found: read_promotions(found, names, environments, alive, limit))

    async def unended(self, environments: Sequence[str]) -> Sequence[Past]:
        """The promotions into `environments` without an ending, that no later one made up for. Raises JournalError."""
        names = {place: name for name, place in self._places.items()}
        alive = self._sessions.is_alive
        return await self._database.run(lambda connection: read_unended(connection, names, environments, alive))

    async def promotion(self, name: str) -> Sequence[Recorded]:
        """Every event of one promotion, in order, but the advances of blobs. Raises JournalError."""
        return await self._database.run(lambda connection: read_promotion(connection, name))

    async def check(self) -> ChainCheck:
        """Follows the chain of all events. Raises JournalError."""
        return await self._database.run(check_chain)

    def holding(self, target: Reference) -> AbstractAsyncContextManager[None]:
        """The turn to write `target`'s tag. Raises JournalError."""
        return self._turns.holding(target)

    async def followed(self, environment: str) -> Collection[tuple[Repository, Tag, Digest]]:
        """What was settled for `environment`. Raises JournalError."""
        place = self._places[environment]
        return await self._database.run(lambda connection: read_followed(connection, place))

    async def settle(self, environment: str, images: Collection[tuple[Repository, Tag, Digest]]) -> None:
        """Keeps that `images` are dealt with for `environment`. Raises JournalError."""
        place = self._places[environment]
        await self._database.write(lambda connection: settle(connection, place, images))

    async def await_first(self, environment: str, repositories: Collection[Repository]) -> None:
        """Keeps which repositories could not be read yet since following began. Raises JournalError."""
        place = self._places[environment]
        await self._database.write(lambda connection: await_first(connection, place, repositories))

    async def awaited(self, environment: str) -> Collection[Repository]:
        """The repositories that `await_first` kept last. Raises JournalError."""
        place = self._places[environment]
        return await self._database.run(lambda connection: read_awaited(connection, place))

    async def is_following(self, environment: str) -> bool:
        """True once following has begun there. Raises JournalError."""
        place = self._places[environment]
        return await self._database.run(lambda connection: is_following(connection, place))

    async def close(self) -> None:
        """Writes what is pending and lets go of the file; what was begun here and not ended is interrupted then."""
        await self._database.close()
        self._sessions.end()

    def _append(self, connection: sqlite3.Connection, events: Sequence[Recorded]) -> None:
        append(connection, events)
        if begun := [event.promotion for event in events if begins(event)]:
            self._sessions.join(connection, begun)


def _held_since(connection: sqlite3.Connection, where: tuple[str, str, str], digest: Digest) -> datetime | None:
    """The newest observation begins the spell that lasts: one is written only when a tag moves."""
    query = (
        "SELECT digest, at FROM observations WHERE place = ? AND repository = ? AND tag = ? ORDER BY rowid DESC LIMIT 1"
    )
    row = connection.execute(query, where).fetchone()
    return moment_of(row[1]) if row and row[0] == str(digest) else None
