"""Survey: read the tags of every repository in every environment, and tell each result as it lands.

No environment waits for another: a repository that any catalog names is read in each of them, and a registry that is
dead or slow delays only its own cells. What is on the screen goes first.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Final

from tui.domain.entries import Entries, joined, packed, packed_page
from tui.domain.environment import Environment
from tui.domain.reference import Repository, Tag
from tui.domain.scope import Scope
from tui.domain.snapshot import FailureKind, Loading, Snapshot, Unread
from tui.ports.errors import Forbidden, JournalError, NotFound, RegistryError, Unauthorised, Unsupported
from tui.ports.journal import Clock, Journal
from tui.ports.listing import TagRenewer
from tui.ports.registry import Lister
from tui.usecases.attention import Attention, Order
from tui.usecases.board_names import board_names
from tui.usecases.concurrency import emitted
from tui.usecases.failures import failure_of
from tui.usecases.survey_events import (
    CatalogClosed,
    CatalogFailed,
    RepositoriesFound,
    SnapshotBegun,
    SnapshotFailed,
    SnapshotTaken,
    SurveyEvent,
)

__all__ = [
    "CatalogClosed",
    "CatalogFailed",
    "RepositoriesFound",
    "SnapshotBegun",
    "SnapshotFailed",
    "SnapshotTaken",
    "SurveyEvent",
    "survey",
]

_READERS: Final = 32
"""Repositories of an environment that are being read at once."""
_WORTH_TELLING: Final = 40
"""Tags in a page: the rows of a screen. Fewer are the end of a list, or all of it."""
_ONE_MOMENT: Final = timedelta(minutes=2)
"""Pages that came within this time show the registry as of one moment, as far as asking for changes since goes."""
_MEND: Final = 'where the list is closed, name them outright in the settings: repositories = ["team/app", …]'
_ONLY_NAMED: Final = "only the repositories named in the settings are read, and none that a pattern means"


async def survey(
    listers: Mapping[Environment, Lister],
    scope: Scope,
    clock: Clock,
    journal: Journal,
    attention: Attention | None = None,
    known: Iterable[Snapshot] = (),
) -> AsyncGenerator[SurveyEvent, None]:
    """Reads what `scope` asks for and yields each result as it lands; ends when everything was read or failed.

    Where a registry can tell what changed since one of the snapshots in `known`, it is asked for no more.
    """
    work = _Survey(listers, scope, clock, journal, Order(attention), known)
    async with aclosing(emitted(work.run)) as results:
        async for result in results:
            yield result


@dataclass(frozen=True, slots=True)
class _Found:
    """The tags of a repository that the scope asks for, and those that it leaves out; None where not all are known as
    of one moment."""

    entries: Entries
    others: tuple[Tag, ...] | None


class _Survey:
    """One survey under way: where its results go, and the repositories it already knows."""

    def __init__(
        self,
        listers: Mapping[Environment, Lister],
        scope: Scope,
        clock: Clock,
        journal: Journal,
        order: Order,
        known: Iterable[Snapshot],
    ) -> None:
        self._listers = listers
        self._scope = scope
        self._clock = clock
        self._journal = journal
        self._order = order
        self._remembered = {(item.environment, item.repository): item for item in known if item.entries}
        self._emit: Callable[[SurveyEvent], None] = lambda _: None
        self._known: set[Repository] = set()
        self._empty: list[Snapshot] = []
        self._waiting = {environment: dict[Repository, None]() for environment in listers}
        self._readers: Counter[Environment] = Counter()

    async def run(self, emit: Callable[[SurveyEvent], None]) -> None:
        """Reads everything, and hands each result to `emit` as it lands."""
        self._emit = emit
        async with asyncio.TaskGroup() as group:
            self._discover(self._scope.named, group)
            if self._scope.needs_catalog:
                for environment in self._listers:
                    group.create_task(self._list(environment, group))
        for snapshot in self._empty:
            await self._remember(snapshot)

    async def _list(self, environment: Environment, group: asyncio.TaskGroup) -> None:
        try:
            async with aclosing(self._listers[environment].repositories()) as pages:
                async for page in pages:
                    self._discover(board_names(environment, page, self._listers), group)
        except RegistryError as error:
            self._emit(self._no_catalog(environment, error))

    def _no_catalog(self, environment: Environment, error: RegistryError) -> CatalogFailed | CatalogClosed:
        """What a catalog that was not listed means. That a 401 is more than that, the repositories tell when read."""
        failure = failure_of(error)
        if not isinstance(error, NotFound | Forbidden | Unsupported | Unauthorised):
            return CatalogFailed(environment.name, failure)
        if self._scope.named:
            told = replace(failure, kind=FailureKind.UNLISTED, detail=f"{failure.detail}; {_ONLY_NAMED}")
            return CatalogClosed(environment.name, told)
        if isinstance(error, Unauthorised):
            return CatalogFailed(environment.name, failure)
        told = replace(failure, kind=FailureKind.UNLISTED, detail=f"{failure.detail}; {_MEND}")
        return CatalogFailed(environment.name, told)

    def _discover(self, repositories: Sequence[Repository], group: asyncio.TaskGroup) -> None:
        unknown = {name: self._scope.has_repository(name) for name in repositories if name not in self._known}
        new = tuple(name for name, is_wanted in unknown.items() if is_wanted)
        if not unknown:
            return
        self._known.update(unknown)
        self._emit(RepositoriesFound(new, tuple(name for name, is_wanted in unknown.items() if not is_wanted)))
        self._order.add(new)
        for environment, waiting in self._waiting.items():
            waiting.update(dict.fromkeys(new))
            for _ in range(min(_READERS - self._readers[environment], len(new))):
                self._readers[environment] += 1
                group.create_task(self._read_on(environment))

    async def _read_on(self, environment: Environment) -> None:
        """One reader: it takes repository after repository until none waits any more."""
        waiting = self._waiting[environment]
        while waiting:
            repository = self._order.take(waiting)
            async with self._order.turn(repository):
                await self._read(environment, repository)
        self._readers[environment] -= 1

    async def _read(self, environment: Environment, repository: Repository) -> None:
        try:
            found = await self._renewed(environment, repository) or await self._whole(environment, repository)
        except RegistryError as error:
            self._emit(SnapshotFailed(environment.name, repository, Unread(failure_of(error))))
            return
        snapshot = Snapshot(environment.name, repository, self._clock(), found.entries, others=found.others)
        if found.entries:
            await self._remember(snapshot)
        else:  # the journal keeps it where it knows the repository: another environment may be about to tell
            self._empty.append(snapshot)
        self._emit(SnapshotTaken(snapshot))

    async def _remember(self, snapshot: Snapshot) -> None:
        with suppress(JournalError):  # what was read is worth showing even where it cannot be kept
            await self._journal.remember(snapshot, self._scope.has_tag)

    async def _renewed(self, environment: Environment, repository: Repository) -> _Found | None:
        """All tags, where the registry can tell what changed since they were remembered; None where it cannot."""
        lister, known = self._listers[environment], self._remembered.get((environment.name, repository))
        if known is None or not isinstance(lister, TagRenewer) or not self._tells_all(known):
            return None
        others, held = known.others or (), packed(known.entries)
        with suppress(NotFound):
            place, rank = environment.locate(repository), partial(self._order.rank, repository)
            changed = await lister.renew(place, held, others, rank)
            return None if changed is None else self._sorted_out(held.updated(changed), others)
        return None

    def _tells_all(self, known: Snapshot) -> bool:
        """True where all is known of before: of what the scope left out and asks for now, no entry was kept."""
        is_short = known.others is None or any(map(self._scope.has_tag, known.others))
        return not is_short and packed(known.entries).are_resolved

    async def _whole(self, environment: Environment, repository: Repository) -> _Found:
        """All tags. What changes on pages while others come in slowly, no later reading of the newest would tell."""
        found, began = list[Entries](), None
        rank = partial(self._order.rank, repository)
        with suppress(NotFound):
            async with aclosing(self._listers[environment].tags(environment.locate(repository), rank)) as pages:
                async for page in pages:
                    found.append(packed_page(page))
                    began = began or self._clock()
                    if len(found[-1]) >= _WORTH_TELLING and rank() == 0:
                        wanted = joined(found).only(self._scope.has_tag)
                        self._emit(SnapshotBegun(environment.name, repository, Loading(wanted)))
        is_slow = began and not timedelta() <= self._clock() - began <= _ONE_MOMENT
        sorted_out = self._sorted_out(joined(found), ())
        return replace(sorted_out, others=None) if is_slow else sorted_out

    def _sorted_out(self, entries: Entries, others: Sequence[Tag]) -> _Found:
        """What the scope asks for of `entries`, and the tags that it leaves out, with `others` of before."""
        shown = entries.only(self._scope.has_tag)
        if shown is entries:
            return _Found(shown, tuple(others))
        names = frozenset(shown)
        return _Found(shown, tuple(dict.fromkeys([*others, *(tag for tag in entries if tag not in names)])))
