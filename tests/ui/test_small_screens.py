"""Help, copy and confirm: each gives what was chosen deliberately, and nothing otherwise."""

from typing import Any

import pytest
from textual.app import App
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from tests.ui.plans import NEW, Clock
from tui.ui.screens.confirm import ConfirmScreen
from tui.ui.screens.copy import CopyScreen
from tui.ui.screens.help import HelpScreen

sizes = pytest.mark.parametrize("size", [(80, 24), (160, 50)])
MOVE, DO = Binding.Group("move"), Binding.Group("do")
BINDINGS = [
    Binding("left,h", "column(-1)", "left", group=MOVE),
    Binding("p", "promote", "Promote", tooltip="plan a promotion", group=DO),
    Binding("right,l", "column(1)", "right", group=MOVE),
    Binding("slash", "filter", "Filter", tooltip="filter [/foo]", group=DO),
    Binding("ctrl+q", "quit", "", group=DO),
]
VALUES = {
    "reference": "base.example/shop/api:1",
    "digest": str(NEW),
    "pull command": "docker pull x",
    "JSON": '{\n"a": 1}',
}


class Stage(App[None]):
    """Shows one screen and keeps its answers."""

    def __init__(self, screen: ModalScreen[Any]) -> None:
        super().__init__()
        self.dialog = screen
        self.answers: list[Any] = []

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.answers.append)

    def shown(self) -> str:
        return "\n".join(str(part.content) for part in self.dialog.query(Static))


async def answers(screen: ModalScreen[Any], *keys: str, size=(80, 24)) -> list[Any]:
    app = Stage(screen)
    async with app.run_test(size=size) as pilot:
        await pilot.press(*keys)
        await pilot.pause()
        return app.answers


def options(app: Stage) -> list[str]:
    listed = app.dialog.query_one(OptionList)
    return [str(listed.get_option_at_index(at).prompt).strip() for at in range(listed.option_count)]


@sizes
async def test_help_lists_keys_by_group(size):
    app = Stage(HelpScreen(BINDINGS))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        lines = [" ".join(line.split()) for line in options(app)]
        assert lines == ["move", "← h left", "→ l right", "do", "p plan a promotion", "/ filter [/foo]"]


WORDS = [("moved", "the base's tag was pushed again"), ("behind", "under another tag")]


async def test_help_explains_words_after_the_keys():
    app = Stage(HelpScreen(BINDINGS, words=WORDS))
    async with app.run_test() as pilot:
        await pilot.pause()
        lines = [" ".join(line.split()) for line in options(app)]
        assert lines[-3:] == ["why a cell differs", f"moved {WORDS[0][1]}", f"behind {WORDS[1][1]}"]
        await pilot.press(*"moved", "enter")
        assert [" ".join(line.split()) for line in options(app)][1:] == [f"moved {WORDS[0][1]}"]
        assert app.answers == []


async def test_the_legend_scrolls_with_the_actions_and_is_found_by_the_search():
    app = Stage(HelpScreen(BINDINGS * 9, "= same as the base   ≠ differs", [(f"word{at}", "…") for at in range(40)]))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        listed = app.dialog.query_one(OptionList)
        assert options(app)[0] == "= same as the base   ≠ differs"
        assert listed.size.height == 14
        await pilot.press("pagedown")
        assert listed.scroll_y > 0
        await pilot.press("pageup")
        assert listed.scroll_y == 0
        await pilot.press(*"differs")
        assert options(app)[0] == "= same as the base   ≠ differs"
        await pilot.press(*" left")
        assert "= same as the base   ≠ differs" not in options(app)


async def test_help_finds_by_every_word():
    app = Stage(HelpScreen(BINDINGS))
    async with app.run_test() as pilot:
        await pilot.press(*"do promo")
        assert [line.split()[-1] for line in options(app)] == ["do", "promotion"]


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (["enter"], ["column(-1)"]),
        (["down", "down", "enter"], ["promote"]),
        (["down", "up", "enter"], ["column(-1)"]),
        ([*"filter", "enter"], ["filter"]),
        ([*"nothing at all", "enter"], []),
        (["escape"], [None]),
    ],
)
async def test_help_runs_what_is_marked(keys, chosen):
    assert await answers(HelpScreen(BINDINGS), *keys) == chosen


async def test_help_runs_from_the_list_as_well():
    assert await answers(HelpScreen(BINDINGS), "tab", "down", "enter") == ["column(1)"]


@sizes
@pytest.mark.parametrize(("key", "label"), [("r", "reference"), ("d", "digest"), ("p", "pull command"), ("j", "JSON")])
async def test_copy_gives_the_whole_value(key, label, size):
    assert await answers(CopyScreen(VALUES), key, size=size) == [(label, VALUES[label])]


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_copy_can_be_left(key):
    assert await answers(CopyScreen(VALUES), key) == [None]


async def test_copy_ignores_other_keys_and_shows_every_value():
    app = Stage(CopyScreen({**VALUES, "x": "[@click=app.quit]\x1b"}))
    async with app.run_test() as pilot:
        await pilot.press("enter", "z")
        assert app.answers == []
        assert str(NEW) in app.shown()
        assert "[@click=app.quit]" in app.shown()
        assert "\x1b" not in app.shown()


@sizes
async def test_a_question_is_answered_by_y_alone(size):
    clock = Clock()
    app = Stage(ConfirmScreen("Quit [/foo]?", yes="quit", no="stay", clock=clock))
    async with app.run_test(size=size) as pilot:
        await pilot.press("y", "enter")
        assert app.answers == []
        assert "Quit [/foo]?" in app.shown()
        clock.wait()
        await pilot.press("y")
        assert app.answers == [True]


@pytest.mark.parametrize("key", ["n", "escape"])
async def test_no_needs_no_thought(key):
    assert await answers(ConfirmScreen("Quit?", clock=Clock()), key) == [False]
