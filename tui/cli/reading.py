"""A survey, taken to its end: the board, and what could not be read."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import assert_never

from tui.cli.output import Console
from tui.domain.board import Board, Row
from tui.domain.drift import State
from tui.domain.reference import Repository
from tui.domain.scope import Scope
from tui.domain.snapshot import Failure, FailureKind
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


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read; without a repository it is the environment's catalog."""

    environment: str
    repository: Repository | None
    failure: Failure

    @property
    def sentence(self) -> str:
        """For people."""
        return f"{self.environment}: cannot {self.failure.operation}: {self.failure.detail}"


@dataclass(frozen=True, slots=True)
class Findings:
    """What a survey found. `remarks` are problems that keep nothing from being complete.

    `passed_over` are repositories that a catalog named and that were not asked for.
    """

    board: Board
    taken_at: datetime
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()
    passed_over: frozenset[Repository] = frozenset()


async def read_everything(bench: Workbench, scope: Scope, console: Console) -> Findings:
    """Surveys `scope`, and shows how far it is where that can be drawn."""
    reading = _Reading(Board(bench.path))
    async with aclosing(bench.survey(scope)) as events:
        async for event in events:
            reading.take(event)
            if console.shows_progress:
                console.progress(reading.progress)
    remarks, problems = _sort_out(reading)
    return Findings(reading.board, datetime.now(UTC), problems, remarks, frozenset(reading.passed_over))


@dataclass(slots=True)
class _Reading:
    """A survey under way."""

    board: Board
    problems: list[Problem] = field(default_factory=list[Problem])
    passed_over: set[Repository] = field(default_factory=set[Repository])
    done: int = 0

    def take(self, event: SurveyEvent) -> None:
        match event:
            case RepositoriesFound(repositories, passed_over):
                self.passed_over.update(passed_over)
                self.board = self.board.with_repositories(repositories)
            case SnapshotBegun():
                pass  # nobody looks before all is read
            case SnapshotTaken(snapshot):
                self.done += 1
                self.board = self.board.with_reading(snapshot.environment, snapshot.repository, snapshot)
            case SnapshotFailed(environment, repository, reading):
                self.done += 1
                self.board = self.board.with_reading(environment, repository, reading)
                self.problems.append(Problem(environment, repository, reading.failure))
            case CatalogFailed(environment, failure) | CatalogClosed(environment, failure):
                self.problems.append(Problem(environment, None, failure))
            case _:
                assert_never(event)

    @property
    def progress(self) -> str:
        total = len(self.board.sections) * len(self.board.path.environments)
        return f"read {self.done} of {total} repositories in {len(self.board.path.environments)} environments"


def _sort_out(reading: _Reading) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Remarks and problems: a catalog that may not be listed is no loss where the base's told the repositories.

    The catalog is asked only where globs need it, so without the base's own nobody knows what is not seen.
    """
    base = reading.board.path.base.name
    unlisted = [each for each in reading.problems if each.failure.kind is FailureKind.UNLISTED]
    is_known = bool(reading.board.sections) and base not in {each.environment for each in unlisted}
    harmless = unlisted if is_known else []
    return tuple(harmless), tuple(each for each in reading.problems if each not in harmless)


def unresolved(findings: Findings, rows: Sequence[Row]) -> tuple[Problem, ...]:
    """The tags among `rows` that are listed but point to nothing that could be read."""
    return tuple(
        Problem(name, row.repository, entry.failure)
        for row in rows
        for name, entry in zip(findings.board.path.names, row.entries, strict=True)
        if entry is not None and entry.failure is not None
    )


def is_incomplete(rows: Sequence[Row], problems: tuple[Problem, ...]) -> bool:
    """True where something was not read."""
    return bool(problems) or any(State.UNKNOWN in row.states for row in rows)
