"""Every gate refuses and admits, headless and on the board: by real settings files and registries."""

import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from tests.e2e.gates_cases import CASES, FREE, QUESTIONS, Case
from tests.e2e.gates_world import API, NEW, OLD, World, world
from tests.ui.plans import Clock
from tui.domain.environment import EngineName
from tui.domain.plan import Request
from tui.domain.reference import Digest, Tag
from tui.settings.load import load_settings
from tui.ui.screens.plan import PlanScreen
from tui.wiring.workbench import open_workbench

IMAGE = "shop/api:1.0.0"
cases = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@asynccontextmanager
async def arranged(folder: Path, case: Case) -> AsyncGenerator[World]:
    async with world(folder) as made:
        made.settle(case.prod if "protected" in case.prod else FREE + case.prod)
        await case.arrange(made)
        yield made


def before(case: Case) -> Digest | None:
    """What prod holds before anything is promoted."""
    return OLD.digest if case.gate in {"overwrite", "lock"} else None


def tag_of(words: tuple[str, ...]) -> str:
    return words[words.index("--as") + 1] if "--as" in words else "1.0.0"


@cases
async def test_headless_a_gate_refuses_with_its_remedy_and_admits_when_that_is_done(tmp_path: Path, case: Case) -> None:
    async with arranged(tmp_path, case) as made:
        refused = await made.windlass("promote", IMAGE, "--to", "prod", *case.words)
        assert refused.code == 5, refused.err
        assert f"refused by {case.gate}: " in refused.err
        assert case.remedy in refused.err
        assert made.held() == before(case)
        await case.mend(made)
        done = await made.windlass("promote", IMAGE, "--to", "prod", *case.mended)
        assert done.code == 0, done.err
        assert made.held(tag_of(case.mended)) == NEW.digest


@pytest.mark.parametrize("case", QUESTIONS.values(), ids=QUESTIONS)
async def test_headless_what_asks_refuses_where_nobody_said_yes(tmp_path: Path, case: Case) -> None:
    async with arranged(tmp_path, case) as made:
        refused = await made.windlass("promote", IMAGE, "--to", "prod", *case.words)
        assert refused.code == 5, refused.err
        assert case.remedy in refused.err
        assert case.gate in refused.err
        assert made.held() == before(case)
        planned = await made.windlass("plan", IMAGE, "--to", "prod")
        assert planned.code == 0
        assert case.gate in planned.out
        done = await made.windlass("promote", IMAGE, "--to", "prod", *case.mended)
        assert done.code == 0, done.err
        assert made.held() == NEW.digest


async def test_a_process_journals_its_refusal(tmp_path: Path) -> None:
    async with arranged(tmp_path, CASES["not approved"]) as made:
        assert (await made.process("promote", IMAGE, "--to", "prod", "--yes")).code == 5
        with sqlite3.connect(made.journal) as database:
            kept = "".join(map(str, database.iterdump()))
    assert "PromotionRefused" in kept
    assert "windlass approve" in kept


# On the board


class Stage(App[None]):
    """Shows the plan dialog and keeps its answer."""

    def __init__(self, screen: PlanScreen) -> None:
        super().__init__()
        self.dialog = screen
        self.answers: list[object] = []

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.answers.append)

    def read(self, query: str) -> str:
        """What the dialog says, on one line."""
        return " ".join(str(self.dialog.query_one(query, Static).content).split())


@asynccontextmanager
async def dialog(made: World, words: tuple[str, ...]) -> AsyncGenerator[tuple[Stage, Pilot[Any], Clock]]:
    """The plan dialog on the settings of `made`, for what `words` ask for."""
    settings, clock = load_settings(made.config), Clock()
    is_read_only = "--read-only" in words
    async with open_workbench(settings, read_only=is_read_only, journal_file=made.journal) as bench:
        base, prod, _ = settings.path.environments
        engine = EngineName(words[words.index("--engine") + 1]) if "--engine" in words else EngineName.AUTO
        request = Request(base, prod, API, Tag("1.0.0"), Tag(tag_of(words)), engine)
        app = Stage(PlanScreen(bench, (request,), clock=clock))
        async with app.run_test(size=(160, 50)) as pilot:
            await app.workers.wait_for_complete()
            await pilot.pause()
            yield app, pilot, clock


async def press(pilot: Pilot[Any], clock: Clock, key: str) -> None:
    clock.wait()
    await pilot.press(key)
    await pilot.pause()


@cases
async def test_on_the_board_a_gate_refuses_with_its_remedy_and_y_does_not_go(
    tmp_path: Path, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    async with arranged(tmp_path, case) as made:
        async with dialog(made, case.words) as (app, pilot, clock):
            assert f"gate {case.gate}" in app.read("#plan-text")
            assert case.remedy in app.read("#plan-text")
            await press(pilot, clock, "y")
            assert app.answers == []
            assert f"gate {case.gate} refuses" in app.read("#plan-message")
        await case.mend(made)
        async with dialog(made, case.mended) as (app, pilot, clock):
            await press(pilot, clock, "y")
            assert app.answers
            assert app.answers != [None]
        assert made.held() == before(case)


@pytest.mark.parametrize("key", ["y", "enter"])
async def test_on_the_board_a_protected_target_wants_its_name(
    tmp_path: Path, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    async with arranged(tmp_path, QUESTIONS["protected"]) as made, dialog(made, ()) as (app, pilot, clock):
        assert "protected" in app.read("#plan-text")
        await press(pilot, clock, key)
        await press(pilot, clock, "enter")
        assert app.answers == []


async def test_on_the_board_what_would_be_replaced_is_shown_and_enter_does_not_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    async with arranged(tmp_path, QUESTIONS["overwrite"]) as made, dialog(made, ()) as (app, pilot, clock):
        assert str(OLD.digest) in app.read("#plan-text")
        await press(pilot, clock, "enter")
        assert app.answers == []
