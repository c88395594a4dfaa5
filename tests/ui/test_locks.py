"""Locks on the board: shown in every size, changed only after a deliberate yes, and never without a fresh look."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.fakes import NOW, FakeLocker
from tests.ui.plans import API, NEW, OLD, PATH, PROD, Desk, plan, request
from tests.ui.test_plan_screen import dialog
from tests.ui.world import World, board, lines, log_text, look, make_world, matrix, screen_text, settled, until
from tui.domain.drift import Cell, State
from tui.domain.environment import EngineName, Kind
from tui.domain.events import PromotionCancelled, TagLocked, TagUnlocked
from tui.domain.locks import LockedPart
from tui.domain.plan import Plan, Request
from tui.domain.reference import Repository, Tag
from tui.domain.snapshot import TagEntry
from tui.domain.verdict import fails
from tui.ports.errors import Forbidden
from tui.ui import guard
from tui.ui.cell_look import cell_look
from tui.ui.glyphs import ASCII, UNICODE
from tui.ui.guard import QUIET_SECONDS
from tui.ui.plan_changes import lock_in_the_way, with_next_engine
from tui.ui.screens.plan import PlanScreen
from tui.usecases.locks import LOCK, REPOSITORY_LOCK, LockedTag, describe_lock

SMALL, LARGE = (80, 24), (160, 50)
sizes = pytest.mark.parametrize("size", [SMALL, LARGE])
TAG = Tag("1.13.0")
Run = Pilot[Any]


@pytest.fixture
def world() -> World:
    """prod holds shop/api:1.13.0 locked."""
    world = make_world()
    change(world, TAG, locked=True)
    return world


def change(world: World, tag: Tag, *, locked: bool) -> None:
    """Locks or unlocks a tag behind the board's back."""
    tags = world.registries["prod"].shelves[Repository("shop/api")].tags
    tags[tag] = replace(tags[tag], locked=locked)


async def is_locked(world: World, tag: Tag = TAG) -> bool:
    """How the tag stands in the registry itself."""
    return await FakeLocker(world.registries["prod"]).write_lock(Repository("shop/api"), tag) is not None


async def go_to(pilot: Run, tag: str, environment: int = 3) -> None:
    """Puts the cursor on a cell of shop/api."""
    rows = matrix(pilot).rows
    at = next(at for at, row in enumerate(rows) if (row.repository, row.tag) == ("shop/api", tag))
    matrix(pilot).go(at, environment)
    await pilot.pause()


async def press_slowly(pilot: Run, *keys: str) -> None:
    """Presses keys with the time between them that shows they are meant."""
    for key in keys:
        await asyncio.sleep(QUIET_SECONDS + 0.05)
        await pilot.press(key)


# -- shown -----------------------------------------------------------------------------------------------------


@sizes
async def test_a_locked_cell_carries_its_mark_and_still_its_digits(world: World, size: tuple[int, int]) -> None:
    change(world, Tag("1.14.1"), locked=True)
    async with world.app().run_test(size=size) as pilot:
        await settled(pilot)
        digest = world.registries["prod"].shelves[Repository("shop/api")].tags[Tag("1.14.1")].digest
        assert digest
        row = next(line for line in lines(pilot) if "1.14.1" in line)
        assert f"{digest.short}{UNICODE.locked}" in row.replace(" ", "")
        same = next(line for line in lines(pilot) if "1.13.0" in line)
        assert same.count(UNICODE.locked) == 1
        assert max(map(len, lines(pilot))) <= size[0]


@pytest.mark.parametrize("width", range(10, 22))
@pytest.mark.parametrize("state", [State.BASE, State.IN_SYNC, State.DIFFERS, State.EXTRA, State.UNKNOWN])
def test_the_mark_takes_at_most_the_space_before_the_next_column(width: int, state: State) -> None:
    cell = Cell(state, TagEntry(TAG, OLD, locked=True), is_remembered=True)
    for glyphs in (UNICODE, ASCII):
        text = cell_look(cell, width, glyphs, NOW, NOW).text
        assert text.endswith(glyphs.locked)
        assert len(text) <= width + 1


async def test_the_filter_finds_what_is_locked(world: World) -> None:
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("slash", *"prod:locked", "enter")
        await until(pilot, lambda: [row.tag for row in matrix(pilot).rows] == [TAG])


@sizes
async def test_help_explains_the_mark(world: World, size: tuple[int, int]) -> None:
    async with world.app().run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("question_mark")
        await until(pilot, lambda: f"{UNICODE.locked} after it: locked" in " ".join(screen_text(pilot).split()))


# -- changed ---------------------------------------------------------------------------------------------------


@sizes
async def test_unlocking_asks_for_the_name_says_what_it_means_and_looks_again(
    world: World, size: tuple[int, int]
) -> None:
    async with world.app().run_test(size=size) as pilot:
        await settled(pilot)
        await go_to(pilot, TAG)
        await pilot.press("U")
        await until(pilot, lambda: "anybody with push rights" in " ".join(screen_text(pilot).split()))
        question = str(pilot.app.screen.query_one("#confirm-question", Static).content)
        assert question.startswith("prod holds shop/api:1.13.0 locked at sha256:")
        await press_slowly(pilot, "enter", "y")
        await until(pilot, lambda: "Type its name, prod" in screen_text(pilot))
        await pilot.press(*"prod", "enter")
        await until(pilot, lambda: look(pilot, "shop/api", TAG, "prod").text == "= same")
        assert not await is_locked(world)
        assert isinstance(world.journal.records[-1].event, TagUnlocked)
        await until(pilot, lambda: "✓ unlocked" in log_text(pilot))
        said = " ".join(log_text(pilot).split())
        assert "$ windlass unlock shop/api:1.13.0 --in prod" in said
        assert "✓ unlocked prod▲/shop/api:1.13.0 at sha256:" in said
        assert said.count("shop/api:1.13.0") == 2
        assert "1 job" not in screen_text(pilot)


async def test_locking_asks_as_well(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await go_to(pilot, "1.14.1")
        await pilot.press("K")
        await until(pilot, lambda: "keeps everybody from moving" in " ".join(screen_text(pilot).split()))
        await press_slowly(pilot, "y")
        await pilot.press(*"prod", "enter")
        await until(pilot, lambda: look(pilot, "shop/api", "1.14.1", "prod").text.endswith(UNICODE.locked))
        assert isinstance(world.journal.records[-1].event, TagLocked)


@pytest.mark.parametrize("keys", [["enter"], ["n"], ["escape"], ["y", "escape", "escape"], ["y", *"prd", "enter"]])
async def test_nothing_else_unlocks(world: World, keys: list[str]) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await go_to(pilot, TAG)
        await pilot.press("U")
        await until(pilot, lambda: "push rights" in screen_text(pilot))
        await press_slowly(pilot, keys[0])
        await pilot.press(*keys[1:])
        assert await is_locked(world)
        assert world.journal.records == []


async def test_a_held_key_unlocks_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "QUIET_SECONDS", 3600.0)
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await go_to(pilot, TAG)
        await pilot.press("U", *"yyyyyyyy")
        assert "Type its name" not in screen_text(pilot)
        assert await is_locked(world)


@pytest.mark.parametrize(
    ("key", "tag", "environment", "told"),
    [
        ("K", TAG, 3, "shop/api:1.13.0 is locked already"),
        ("U", "1.14.1", 3, "shop/api:1.14.1 is not locked"),
        ("K", "1.14.2", 3, "is not known to have shop/api:1.14.2"),
        ("K", TAG, 1, "dev cannot lock tags: only an Azure Container Registry can"),
    ],
)
async def test_where_there_is_nothing_to_change_it_says_so(
    world: World, key: str, tag: str, environment: int, told: str
) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await go_to(pilot, tag, environment)
        await pilot.press(key)
        await until(pilot, lambda: told in log_text(pilot))
        assert pilot.app.screen is board(pilot)


async def test_a_read_only_session_changes_no_lock(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await go_to(pilot, TAG)
        await pilot.press("exclamation_mark", "U")
        await until(pilot, lambda: "this session is read-only" in log_text(pilot))
        assert pilot.app.screen is board(pilot)


async def test_a_failure_is_told_and_the_cell_stays_as_it_was_read(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await go_to(pilot, TAG)
        await pilot.press("U")
        await press_slowly(pilot, "y")
        world.registries["prod"].error = Forbidden("unlock", "prod.example", "it answers 403")
        await pilot.press(*"prod", "enter")
        await until(pilot, lambda: "✗ failed" in log_text(pilot) and "it answers 403" in log_text(pilot))


# -- quitting while one is changed ------------------------------------------------------------------------------


async def begin_unlocking(world: World, pilot: Run) -> None:
    """Confirms the unlocking, which the registry does not answer."""
    await settled(pilot)
    await go_to(pilot, TAG)
    await pilot.press("U")
    await press_slowly(pilot, "y")
    world.registries["prod"].gate.clear()
    await pilot.press(*"prod", "enter")
    await until(pilot, lambda: bool(world.journal.records))
    await pilot.press("q")
    await until(pilot, lambda: "A lock is being changed. Stop that and quit?" in screen_text(pilot))


async def test_quitting_waits_until_the_end_of_a_change_is_journalled(world: World) -> None:
    app = world.app()
    async with app.run_test(size=LARGE) as pilot:
        await begin_unlocking(world, pilot)
        await press_slowly(pilot, "y")
        await until(pilot, lambda: app.return_value == 0)
        assert isinstance(world.journal.records[-1].event, PromotionCancelled)


async def test_who_stays_sees_the_change_end(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await begin_unlocking(world, pilot)
        await pilot.press("n")
        world.registries["prod"].gate.set()
        await until(pilot, lambda: "✓ unlocked prod▲/shop/api:1.13.0" in log_text(pilot))


async def test_a_change_that_hangs_can_be_stopped(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await begin_unlocking(world, pilot)
        await pilot.press("n", "J")
        await until(pilot, lambda: "A lock is being changed. Stop everything?" in screen_text(pilot))
        await press_slowly(pilot, "y")
        await until(pilot, lambda: "unlocking shop/api:1.13.0 was stopped" in log_text(pilot))
        assert isinstance(world.journal.records[-1].event, PromotionCancelled)


# -- in the plan dialog ----------------------------------------------------------------------------------------


def held_back(asked: Request) -> Plan:
    """A plan that a lock refuses."""
    wanted = LockedTag(asked.target, asked.repository, asked.target_tag)
    return plan(asked, current=OLD, verdicts=(fails(LOCK, *describe_lock(LockedPart.TAG, wanted)),))


async def test_a_lock_in_the_way_of_a_plan_is_unlocked_from_there(world: World) -> None:
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        desk = world.workbench
        deck = pilot.app.deck  # type: ignore[attr-defined]
        asked: list[Request] = []

        class Planner(Desk):
            async def plan(self, request: Request) -> Plan:
                asked.append(request)
                return held_back(request) if await is_locked(world) else plan(request)

        row = next(row for row in matrix(pilot).rows if row.tag == TAG and row.repository == "shop/api")
        wanted = replace(request(desk.path.environments[3]), repository=row.repository, tag=TAG, target_tag=TAG)
        await pilot.app.push_screen(PlanScreen(Planner(), (wanted,), locks=deck.locks))
        await until(pilot, lambda: "Press U" in screen_text(pilot))
        await press_slowly(pilot, "U")
        await until(pilot, lambda: "push rights" in screen_text(pilot))
        await press_slowly(pilot, "y")
        await pilot.press(*"prod", "enter")
        await until(pilot, lambda: "Press y to go" in screen_text(pilot))
        assert len(asked) == 2
        assert not await is_locked(world)


async def test_u_is_not_offered_where_no_lock_refuses() -> None:
    async with dialog(request(PROD)) as hand:
        await hand.press("U")
        assert "push rights" not in hand.message
        assert len(hand.desk.asked) == 1


def test_a_lock_of_the_whole_repository_is_not_the_tags_to_undo() -> None:
    wanted = LockedTag(PROD, API, TAG)
    whole = plan(request(PROD), verdicts=(fails(REPOSITORY_LOCK, *describe_lock(LockedPart.REPOSITORY, wanted)),))
    assert lock_in_the_way((whole,)) is None
    assert lock_in_the_way((whole, held_back(request(PROD)))) is not None


def test_azure_imports_only_from_its_own_registries_into_its_own() -> None:
    base, prod = PATH.base, PATH.environments[-1]
    azure = Request(
        replace(base, kind=Kind.ACR), replace(prod, kind=Kind.ACR), API, TAG, TAG, EngineName.DOCKER, seen=NEW
    )
    assert with_next_engine((azure,), EngineName)[0].engine is EngineName.ACR_IMPORT
    half = replace(azure, source=base)
    assert with_next_engine((half,), EngineName)[0].engine is EngineName.AUTO
    assert with_next_engine((azure, half), EngineName)[0].engine is EngineName.AUTO
