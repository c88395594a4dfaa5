"""A sign-in that somebody has to make: in sight on every screen, and in nobody's way."""

import re
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.ui.world import (
    World,
    app_of,
    board,
    lines,
    log_text,
    make_world,
    matrix,
    opened,
    screen_text,
    settled,
    surveys_of,
    until,
)
from tui.domain.notices import RequestAnswered, RetryScheduled, SignInEnded, SignInRequested
from tui.domain.reference import Digest, Tag
from tui.domain.snapshot import TagEntry
from tui.ui.screens.plan import PlanScreen
from tui.ui.widgets.sign_in_banner import SignInBanner

Run = Pilot[Any]
ADDRESS, CODE = "https://login.example/device", "F6VQ7LW2Z"
ASKED = SignInRequested(ADDRESS, CODE, 900)
sizes = pytest.mark.parametrize("size", [(80, 24), (160, 50), (80, 12)])


def is_shown(pilot: Run) -> bool:
    """True while address and code stand on the screen, whole."""
    text = screen_text(pilot)
    return ADDRESS in text and f" {CODE} " in text and "SIGN IN" in text


@pytest.fixture
def world() -> World:
    """Four environments, of which prod is of Azure's."""
    return make_world()


@sizes
async def test_the_banner_stays_on_every_screen_until_it_ended(world: World, size: tuple[int, int]) -> None:
    async with world.app().run_test(size=size) as pilot:
        await settled(pilot)
        world.workbench.notices(ASKED)
        await until(pilot, lambda: is_shown(pilot))
        for key in ("question_mark", "y", "colon", "p"):
            await pilot.press(key)
            await until(pilot, lambda: pilot.app.screen is not board(pilot) and is_shown(pilot))
            if key != "p":
                await pilot.press("escape")
                await until(pilot, lambda: pilot.app.screen is board(pilot) and is_shown(pilot))
        assert isinstance(pilot.app.screen, PlanScreen)
        world.workbench.notices(SignInEnded())
        await until(pilot, lambda: not is_shown(pilot))
        pilot.app.pop_screen()
        await until(pilot, lambda: pilot.app.screen is board(pilot) and not is_shown(pilot))


async def test_a_new_code_takes_the_place_of_an_old_one(world: World) -> None:
    async with world.app().run_test(size=(160, 50)) as pilot:
        await settled(pilot)
        world.workbench.notices(SignInRequested(ADDRESS, "OLDCODE", 900))
        world.workbench.notices(ASKED)
        await until(pilot, lambda: is_shown(pilot))
        assert " OLDCODE   good" not in screen_text(pilot)


async def test_the_time_left_is_counted_down(world: World) -> None:
    async with world.app().run_test(size=(160, 50)) as pilot:
        await settled(pilot)
        world.workbench.notices(ASKED)
        await until(pilot, lambda: "good for 15 m" in screen_text(pilot))
        world.clock.advance(860)
        await until(pilot, lambda: "good for 40 s" in screen_text(pilot))
        world.clock.advance(41)
        await until(pilot, lambda: "no longer good" in screen_text(pilot))


async def test_the_code_can_be_copied_only_while_there_is_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_TTY", "/dev/pts/0")
    async with world.app().run_test(size=(160, 50)) as pilot:
        await settled(pilot)
        await pilot.press("C")
        world.workbench.notices(ASKED)
        await until(pilot, lambda: is_shown(pilot))
        assert "copied the code" not in log_text(pilot)
        await pilot.press("C")
        await until(pilot, lambda: re.search(f"copied the code .*: {CODE}", log_text(pilot)) is not None)
        assert app_of(pilot).clipboard == CODE


@pytest.mark.parametrize("key", ["y", "p", "U"])
async def test_the_code_can_be_copied_from_a_dialog(world: World, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_TTY", "/dev/pts/0")
    world.registries["prod"].list_only("shop/api", TagEntry(Tag("1.14.1"), Digest("sha256", "ab" * 32), locked=True))
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        row = next(at for at, row in enumerate(matrix(pilot).rows) if row.tag == "1.14.1")
        matrix(pilot).go(row, 3)
        await pilot.press(key)
        await until(pilot, lambda: pilot.app.screen is not board(pilot))
        world.workbench.notices(ASKED)
        await until(pilot, lambda: "C copies it" in screen_text(pilot))
        await pilot.press("C")
        await until(pilot, lambda: app_of(pilot).clipboard == CODE)
        assert pilot.app.screen is not board(pilot)


@pytest.mark.parametrize("key", ["slash", "question_mark"])
async def test_where_text_is_typed_the_key_is_a_character_and_a_click_copies(
    world: World, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_TTY", "/dev/pts/0")
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        world.workbench.notices(ASKED)
        await pilot.press(key)
        await until(pilot, lambda: "a click copies it" in screen_text(pilot))
        field = pilot.app.screen.focused
        assert isinstance(field, Input)
        await pilot.press("C")
        assert field.value == "C"
        assert not app_of(pilot).clipboard
        await pilot.click(SignInBanner)
        await until(pilot, lambda: app_of(pilot).clipboard == CODE)


async def test_a_sign_in_that_succeeded_is_told(world: World) -> None:
    async with world.app().run_test(size=(160, 50)) as pilot:
        await settled(pilot)
        world.workbench.notices(ASKED)
        world.workbench.notices(SignInEnded())
        await until(pilot, lambda: "signed in" in log_text(pilot))


async def test_a_failed_sign_in_says_why(world: World) -> None:
    async with world.app().run_test(size=(160, 50)) as pilot:
        await settled(pilot)
        world.workbench.notices(ASKED)
        world.workbench.notices(SignInEnded("the code was not entered in time"))
        await until(pilot, lambda: "sign-in: the code was not entered in time" in log_text(pilot))
        assert not is_shown(pilot)


async def test_other_registries_keep_filling_while_one_waits(world: World) -> None:
    world.registries["prod"].gate.clear()
    async with world.app().run_test(size=(160, 50)) as pilot:
        await opened(pilot)
        world.workbench.notices(ASKED)
        await until(pilot, lambda: surveys_of(pilot).health["dev"].landed == 2 and bool(matrix(pilot).rows))
        await until(pilot, lambda: "signing in" in lines(pilot)[1])
        assert lines(pilot)[1].count("signing in") == 1
        world.registries["prod"].gate.set()
        await settled(pilot)
        await until(pilot, lambda: "signing in" not in lines(pilot)[1])


async def test_a_pause_is_counted_down_through_other_answers_and_goes_when_it_is_over(world: World) -> None:
    async with world.app().run_test(size=(160, 50)) as pilot:
        await settled(pilot)
        world.workbench.notices(RetryScheduled("test.example", "list tags", "429", 3.0))
        world.workbench.notices(RequestAnswered("test.example", 0.02))
        for left in (3, 2, 1):
            await until(pilot, lambda left=left: f"retry {left} s" in lines(pilot)[1])
            world.clock.advance(1)
        await until(pilot, lambda: "retry" not in lines(pilot)[1] and "20 ms" in lines(pilot)[1])
