"""A scripted world for tests of the board: four environments in memory, with every state somewhere."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Any

from textual.pilot import Pilot

from tests.fakes import NOW, FakeJournal, FakeLocker, FakeMemory, FakeRegistry, FrozenClock, Shelf
from tui.domain.environment import EngineName, Environment, Kind, PromotionPath
from tui.domain.reference import Repository, Tag
from tui.domain.scope import Scope
from tui.engine.acr_import import AcrImportEngine
from tui.engine.direct import DirectEngine
from tui.ports.azure import ImportAdvanced, ImportJob
from tui.ui.app import WindlassApp
from tui.ui.cell_look import Look, cell_look
from tui.ui.glyphs import UNICODE
from tui.ui.presentation import remembered_at
from tui.ui.screens.board import BoardScreen
from tui.ui.survey_runner import SurveyRunner
from tui.ui.widgets.log_pane import LogPane
from tui.ui.widgets.tag_matrix import TagMatrix
from tui.usecases.tools import Tools
from tui.usecases.workbench import Notices, Workbench

NAMES = ("base", "dev", "test", "prod")


@dataclass(slots=True)
class Azure:
    """Imports between registries in memory as Azure does; while `gate` is not set, imports do not end."""

    registries: dict[str, FakeRegistry]
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    running: int = 0

    async def refusal(self, source: Environment, target: Environment) -> str:
        """Everything may be imported."""
        del source, target
        return ""

    async def run(self, job: ImportJob) -> AsyncGenerator[ImportAdvanced, None]:
        """Copies an image of one platform."""
        self.running += 1
        try:
            yield ImportAdvanced("InProgress", 0.0)
            await self.gate.wait()
        finally:
            self.running -= 1
        origin = self.registries[job.source.name].shelves[job.origin]
        shelf = self.registries[job.target.name].shelves.setdefault(job.place, Shelf())
        shelf.blobs.update(origin.blobs)
        shelf.manifests[job.digest] = origin.manifests[job.digest]


@dataclass(slots=True)
class World:
    """Registries by environment, and what was journalled."""

    path: PromotionPath
    registries: dict[str, FakeRegistry]
    journal: FakeJournal
    clock: FrozenClock
    workbench: Workbench
    azure: "Azure"

    def app(self, **options: Any) -> WindlassApp:
        """The application on this world."""
        return WindlassApp(self.workbench, title="shop", clock=self.clock, **options)


def make_world(*, fill: bool = True) -> World:
    """Environments base, dev, test and prod, the first and the last of them Azure's; prod can lock.

    `fill` gives them images in every state.
    """
    clock, journal = FrozenClock(), FakeJournal()
    base = Environment("base", "base.example", kind=Kind.ACR)
    others = (Environment(name, f"{name}.example") for name in NAMES[1:-1])
    prod = Environment("prod", "prod.example", kind=Kind.ACR, protected=True)
    path = PromotionPath((base, *others, prod))
    registries = {name: FakeRegistry(f"{name}.example", clock) for name in NAMES}
    if fill:
        _fill(registries)
    by_environment = {environment: registries[environment.name] for environment in path.environments}
    lockers = {prod: FakeLocker(registries["prod"])}
    azure, direct = Azure(registries), DirectEngine(by_environment)
    azure.gate.set()
    engines = {
        EngineName.DIRECT: direct,
        EngineName.ACR_IMPORT: AcrImportEngine(azure, by_environment, direct),
    }
    tools = Tools(by_environment, engines, journal, FakeMemory(), clock, lockers)
    return World(path, registries, journal, clock, Workbench(path, Scope(), tools, Notices()), azure)


def _fill(registries: dict[str, FakeRegistry]) -> None:
    for tag in ("1.14.2", "1.14.1", "1.13.0"):
        for name in NAMES[: {"1.14.2": 2, "1.14.1": 3, "1.13.0": 4}[tag]]:
            registries[name].put("shop/api", tag, f"api {tag}")
    registries["prod"].put("shop/api", "1.14.1", "built by hand")
    registries["prod"].put("shop/api", "hotfix", "nobody knows")
    for name in NAMES:
        registries[name].put("shop/web", "2.0.0", "web")


# -- looking at the application --------------------------------------------------------------------------------


async def until(pilot: Pilot[Any], condition: Callable[[], bool]) -> None:
    """Waits until `condition` holds; the limit only ends a test that would hang."""
    async with asyncio.timeout(20):
        while not condition():
            await pilot.pause(0.01)


async def opened(pilot: Pilot[Any]) -> None:
    """Waits until the board is there, filled or not."""
    await until(pilot, lambda: isinstance(pilot.app.screen_stack[0], BoardScreen))
    await until(pilot, lambda: bool(pilot.app.screen_stack[0].query(LogPane)))


async def settled(pilot: Pilot[Any]) -> None:
    """Waits until everything was read and drawn."""
    await opened(pilot)
    surveys = surveys_of(pilot)
    await until(pilot, lambda: surveys.read_at is not None and not surveys.is_reading)
    await until(pilot, lambda: len(matrix(pilot).rows) == len(surveys.board.rows))


def surveys_of(pilot: Pilot[Any]) -> SurveyRunner:
    """What reads the registries."""
    deck = app_of(pilot).deck
    assert deck is not None
    return deck.surveys


def app_of(pilot: Pilot[Any]) -> WindlassApp:
    """The application."""
    assert isinstance(pilot.app, WindlassApp)
    return pilot.app


def board(pilot: Pilot[Any]) -> BoardScreen:
    """The board, whatever lies above it."""
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, BoardScreen)
    return screen


def matrix(pilot: Pilot[Any]) -> TagMatrix:
    """The matrix."""
    return board(pilot).query_one(TagMatrix)


def log_text(pilot: Pilot[Any]) -> str:
    """Everything in the log."""
    return board(pilot).query_one(LogPane).text


def lines(pilot: Pilot[Any]) -> list[str]:
    """The matrix as it is drawn, line by line."""
    widget = matrix(pilot)
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


def screen_text(pilot: Pilot[Any]) -> str:
    """The whole screen as text."""
    compositor = pilot.app.screen._compositor
    return "\n".join(strip.text.rstrip() for strip in compositor.render_strips())


def labels(pilot: Pilot[Any]) -> list[str]:
    """The rows shown, `repository:tag`."""
    return [f"{row.repository}:{row.tag}" for row in matrix(pilot).rows]


def look(pilot: Pilot[Any], repository: str, tag: str, environment: str) -> Look:
    """How a cell looks now."""
    shown = surveys_of(pilot).board
    row = shown.find(Repository(repository), Tag(tag))
    assert row is not None
    column = NAMES.index(environment)
    taken_at = remembered_at(shown.reading(row.repository, column))
    return cell_look(shown.cell(row, column), 18, UNICODE, NOW, taken_at)
