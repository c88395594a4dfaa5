"""Running surveys: what the registries tell goes into the board, many results at a time.

Only a fresh snapshot changes a cell, and of two that were read at the same time the one asked for later counts.
"""

import asyncio
import gc
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, cast

from textual.app import App
from textual.worker import Worker

from tui.domain.board import Board
from tui.domain.environment import Environment, Kind
from tui.domain.notices import (
    Notice,
    RegistryNotice,
    RequestAnswered,
    RetryScheduled,
    SignInEnded,
    SignInRequested,
    WarningReceived,
)
from tui.domain.reference import Repository
from tui.domain.scope import Scope
from tui.domain.snapshot import Failure, Reading, Snapshot
from tui.ports.errors import WindlassError
from tui.ports.journal import Clock
from tui.ui.board_fold import Result, apply
from tui.ui.health import Health, observed
from tui.ui.messages import BoardChanged, Said
from tui.ui.view import View
from tui.usecases.attention import Attention
from tui.usecases.survey import (
    CatalogClosed,
    CatalogFailed,
    RepositoriesFound,
    SnapshotBegun,
    SnapshotFailed,
    SnapshotTaken,
    SurveyEvent,
)
from tui.usecases.workbench import Workbench

Tell = Callable[[BoardChanged | Said], object]
GROUP: Final = "survey"
_TOLD: Final = 3
"""Repositories of an environment whose failures are told one by one."""


@dataclass(slots=True)
class _Run:
    """One survey under way. `is_whole` ones know in the end which repositories are gone."""

    number: int
    is_whole: bool
    found: set[Repository] = field(default_factory=set[Repository])
    has_failed: bool = False
    unread: Counter[str] = field(default_factory=Counter[str])


class SurveyRunner:
    """Holds the board and keeps it fresh. `tell` hears that something changed; `board` is then worth drawing again."""

    def __init__(self, app: App[Any], workbench: Workbench, clock: Clock, tell: Tell) -> None:
        self._app = app
        self._workbench = workbench
        self._clock = clock
        self._tell = tell
        self._board = Board(workbench.path)
        self._pending: list[Result] = []
        self._newest: dict[tuple[str, Repository], int] = {}
        self._runs = 0
        self._whole: Worker[None] | None = None
        self.health = {name: Health() for name in workbench.path.names}
        self.read_at: datetime | None = None
        self.recalled = asyncio.Event()
        """Set once the board holds what the journal remembers."""
        self.attention = Attention()
        workbench.notices.subscribe(self._hear)

    @property
    def board(self) -> Board:
        """The board with everything that was told so far."""
        if self._pending:
            self._board = apply(self._board, self._pending)
            self._pending.clear()
        return self._board

    @property
    def is_reading(self) -> bool:
        """True while everything is being read."""
        return self._whole is not None and not self._whole.is_finished

    def look_at(self, view: View) -> None:
        """Reads what is in sight before all else; where nothing is yet, that with which the board will begin."""
        rows = [row.repository for row in view.visible]
        self.attention.repositories = tuple(
            dict.fromkeys(rows or [item.section.repository for item in view.chosen[:1]])
        )

    def start(self) -> None:
        """Draws what the journal remembers, then reads what may have changed since: in most registries, everything."""
        self._whole = self._work(self._begin())

    def refresh_all(self) -> None:
        """Reads everything, whatever is remembered, unless that is being done already."""
        if not self.is_reading:
            self._whole = self._work(self._survey(None))

    def refresh(self, repositories: Sequence[Repository]) -> None:
        """Reads `repositories` alone."""
        if repositories:
            self._work(self._survey(self._workbench.scope.only(repositories)))

    def current_health(self) -> dict[str, Health]:
        """Each environment's health, with what the board itself shows of it."""
        board, now = self.board, self._clock()
        return {name: observed(self.health[name].as_of(now), board, at) for at, name in enumerate(board.path.names)}

    def _work(self, coroutine: Any) -> Worker[None]:
        return self._app.run_worker(coroutine, group=GROUP, exit_on_error=False)

    async def _begin(self) -> None:
        try:
            remembered = await self._workbench.recall()
        except Exception as error:  # noqa: BLE001 - a worker's edge: without a memory the survey still goes on
            self._tell(Said(f"the journal could not be read: {error}", "error"))
            remembered = ()
        self._pending += [(item.environment, item.repository, item) for item in remembered]
        gc.freeze()  # a look for garbage among six hundred thousand entries holds every key up for 70 ms
        self.recalled.set()
        self._tell(BoardChanged())
        await self._survey(None, remembered)

    async def _survey(self, scope: Scope | None, known: Sequence[Snapshot] = ()) -> None:
        self._runs += 1
        run = _Run(self._runs, is_whole=scope is None)
        if run.is_whole:
            self.health = {name: replace(old, failure=None, expected=0, landed=0) for name, old in self.health.items()}
        try:
            async with aclosing(self._workbench.survey(scope, self.attention, known)) as events:
                async for event in events:
                    self._take(event, run)
                    self._tell(BoardChanged())
        except WindlassError as error:
            self._tell(Said(str(error), "error"))
            return
        except Exception as error:  # noqa: BLE001 - a worker's edge: a broken survey is a line in the log, not the end
            self._tell(Said(f"the survey broke off: {describe(error)}", "error"))
            return
        finally:
            self._tell(BoardChanged())
        self._end(run)

    def _take(self, event: SurveyEvent, run: _Run) -> None:
        match event:
            case RepositoriesFound(repositories):
                run.found.update(repositories)
                self._board = self.board.with_repositories(repositories)
                self._expect(len(repositories) if run.is_whole else 0)
            case SnapshotBegun(environment, repository, reading):
                self._pending.append((environment, repository, reading))
            case SnapshotTaken(snapshot):
                self._land(snapshot.environment, snapshot.repository, snapshot, run)
            case SnapshotFailed(environment, repository, reading):
                self._land(environment, repository, reading, run)
                self._warn(f"{environment}/{repository}", reading.failure, environment, run)
            case CatalogFailed(environment, failure):
                run.has_failed = True
                self.health[environment] = replace(self.health[environment], failure=failure)
                self._tell(Said(f"{environment}: cannot {failure.operation}: {failure.detail}", "error"))
            case CatalogClosed(environment, failure):
                run.has_failed = True
                self._tell(Said(f"{environment}: cannot {failure.operation}: {failure.detail}"))

    def _warn(self, place: str, failure: Failure, environment: str, run: _Run) -> None:
        """Says the first few failures of an environment; a dead registry has as many as there are repositories."""
        run.unread[environment] += 1
        if run.unread[environment] <= _TOLD:
            self._tell(Said(f"{place}: cannot {failure.operation}: {failure.detail}", "warning"))

    def _expect(self, count: int) -> None:
        self.health = {name: replace(old, expected=old.expected + count) for name, old in self.health.items()}

    def _land(self, environment: str, repository: Repository, reading: Reading, run: _Run) -> None:
        """Takes in a reading, unless a survey that began later has already brought one."""
        if run.is_whole:
            old = self.health[environment]
            self.health[environment] = replace(old, landed=old.landed + 1, awaits_sign_in=False)
        place = (environment, repository)
        if self._newest.get(place, 0) <= run.number:
            self._newest[place] = run.number
            self._pending.append((environment, repository, reading))

    def _end(self, run: _Run) -> None:
        """What no catalog names any more goes away, if all of them answered."""
        for environment, count in run.unread.items():
            if count > _TOLD:
                self._tell(Said(f"{environment}: {count - _TOLD} more repositories could not be read", "warning"))
        if run.is_whole:
            self.read_at = self._clock()
            if not run.has_failed:
                board = self.board
                self._board = board.without(board.sections.keys() - run.found)

    def _hear(self, notice: Notice) -> None:
        match notice:
            case SignInRequested():
                self._await_sign_in(lambda environment: environment.kind is Kind.ACR)
            case SignInEnded():
                self._await_sign_in(lambda _: False)
            case RetryScheduled() | RequestAnswered() | WarningReceived():
                self._hear_registry(notice)

    def _await_sign_in(self, waits: Callable[[Environment], bool]) -> None:
        """Nobody says whose login it is: an environment of Azure's counts as waiting until something of it is read."""
        for environment in self._workbench.path.environments:
            old = self.health[environment.name]
            self.health[environment.name] = replace(old, awaits_sign_in=waits(environment))
        self._tell(BoardChanged())

    def _hear_registry(self, notice: RegistryNotice) -> None:
        now = self._clock()
        for environment in self._workbench.path.environments:
            if environment.registry == notice.registry:
                self.health[environment.name] = self.health[environment.name].hear(notice, now)
        if isinstance(notice, WarningReceived):
            self._tell(Said(f"{notice.registry} warns: {notice.text}", "warning"))


def describe(error: BaseException) -> str:
    """What went wrong in a few words; of several things at once, the first."""
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    return f"{type(error).__name__}: {error}"
