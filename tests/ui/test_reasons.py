"""Reasons and origins on the board: in cells, below the matrix, in the inspector, in the filter."""

from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from tests.fakes import NOW
from tests.ui.world import (
    World,
    app_of,
    board,
    labels,
    lines,
    log_text,
    look,
    make_world,
    matrix,
    screen_text,
    settled,
    until,
)
from tui.domain.explanation import CellKey, Explanation, Question, Undecided
from tui.domain.history import History, Sighting
from tui.domain.reference import Repository, Tag
from tui.ports.errors import Unreachable
from tui.ui.screens.compare import CompareScreen
from tui.ui.screens.history import HistoryScreen
from tui.ui.screens.summary import SummaryScreen
from tui.ui.widgets.inspector import Inspector
from tui.ui.widgets.why_line import WhyLine
from tui.usecases.explaining import Explainer

SMALL, LARGE = (80, 24), (160, 50)
Run = Pilot[Any]


@pytest.fixture
def world() -> World:
    """Four environments; shop/api:1.14.1 in prod is nobody's, and 1.14 is another name of 1.14.2."""
    made = make_world()
    for name in ("base", "dev"):
        made.registries[name].put("shop/api", "1.14", "api 1.14.2")
    return made


def reason(pilot: Run) -> str:
    return look(pilot, "shop/api", "1.14.1", "prod").text


async def explained(pilot: Run) -> None:
    """Waits until the cell that differs says why."""
    await settled(pilot)
    await until(pilot, lambda: any("foreign" in line for line in lines(pilot)))


async def to_the_difference(pilot: Run) -> None:
    """Moves the cursor to the cell that differs."""
    matrix(pilot).go(labels(pilot).index("shop/api:1.14.1"), 3)
    await pilot.pause()


def why(pilot: Run) -> str:
    return str(board(pilot).query_one(WhyLine).render())


def inspected(pilot: Run) -> str:
    return "\n".join(str(part.content) for part in board(pilot).query_one(Inspector).query(Static))


@pytest.mark.parametrize(("size", "ascii_only", "text"), [(SMALL, False, "≠ foreign"), (SMALL, True, "D foreign")])
async def test_a_cell_says_why_it_differs_on_the_smallest_board(
    world: World, size: tuple[int, int], ascii_only: bool, text: str
) -> None:
    async with world.app(ascii_only=ascii_only).run_test(size=size) as pilot:
        await explained(pilot)
        assert next(line for line in lines(pilot) if "1.14.1" in line).endswith(text)


async def test_below_a_small_matrix_a_line_says_why(world: World) -> None:
    async with world.app().run_test(size=SMALL) as pilot:
        await explained(pilot)
        await to_the_difference(pilot)
        await until(pilot, lambda: "prod▲ ≠ foreign: the base does not know this digest" in why(pilot))
        assert "prod▲ ≠ foreign" in screen_text(pilot)


@pytest.mark.parametrize(("lines_of_screen", "expected"), [(24, 2), (23, 1)])
async def test_the_evidence_has_a_line_of_its_own_where_there_is_room(
    world: World, lines_of_screen: int, expected: int
) -> None:
    async with world.app().run_test(size=(80, lines_of_screen)) as pilot:
        await explained(pilot)
        await to_the_difference(pilot)
        await until(pilot, lambda: "foreign" in why(pilot))
        sentence, *rest = why(pilot).splitlines()
        assert len(rest) == expected - 1
        assert sentence.startswith("prod▲ ≠ foreign: the base does not know this digest")
        assert all(line.startswith("base does not hold it") for line in rest)


async def test_a_long_sentence_without_evidence_has_both_lines(world: World) -> None:
    world.registries["test"].error = Unreachable("list tags", "test.example", "the network is down " * 3 + "(end)")
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        matrix(pilot).go(labels(pilot).index("shop/api:1.14.1"), 2)
        await until(pilot, lambda: "(end)" in why(pilot))
        assert len(why(pilot).splitlines()) == 2


async def test_the_line_stays_within_the_screen_and_says_that_it_was_cut(world: World) -> None:
    async with world.app(ascii_only=True).run_test(size=SMALL) as pilot:
        await explained(pilot)
        await to_the_difference(pilot)
        await until(pilot, lambda: "foreign" in why(pilot))
        assert why(pilot).isascii()
        assert max(map(len, why(pilot).splitlines())) <= SMALL[0]


@pytest.mark.parametrize(("size", "is_shown"), [((80, 24), True), ((80, 15), False), ((80, 30), False), (LARGE, False)])
async def test_the_line_is_there_where_the_inspector_has_no_room(
    world: World, size: tuple[int, int], is_shown: bool
) -> None:
    async with world.app().run_test(size=size) as pilot:
        await settled(pilot)
        assert board(pilot).query_one(WhyLine).display is is_shown


async def test_the_inspector_tells_reason_evidence_and_aliases(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await explained(pilot)
        await to_the_difference(pilot)
        await until(pilot, lambda: "foreign: the base does not know this digest" in inspected(pilot))
        await pilot.press("g", "left", "left", "left")
        await until(pilot, lambda: "base  shop/api:1.14.2  also 1.14" in inspected(pilot))


async def test_a_row_tells_its_other_tags_where_there_is_room(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await until(pilot, lambda: any("1.14.2" in line for line in lines(pilot)))
        assert "shop/api:1.14.2" in next(line for line in lines(pilot) if "1.14.2" in line)
    async with world.app().run_test(size=(150, 24)) as pilot:
        await settled(pilot)
        assert "shop/api:1.14.2  also 1.14 " in next(line for line in lines(pilot) if ":1.14.2" in line)


async def test_build_and_commit_have_a_column_on_request(world: World) -> None:
    world.registries["base"].put("shop/api", "1.14.2", "api 1.14.2", labels=LABELS)
    async with world.app().run_test(size=(150, 24)) as pilot:
        await settled(pilot)
        assert "1f3c2ab" not in screen_text(pilot)
        await pilot.press("b")
        await until(pilot, lambda: "20261120.4 1f3c2ab" in screen_text(pilot))
        await pilot.press("b")
        await until(pilot, lambda: "1f3c2ab" not in screen_text(pilot))


async def test_at_80_columns_the_commit_stands_beside_the_tag(world: World) -> None:
    world.registries["base"].put("shop/api", "1.14.2", "api 1.14.2", labels=LABELS)
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("b")
        await until(pilot, lambda: "shop/api:1.14.2     1f3c2ab │" in screen_text(pilot))
        assert "prod▲" in lines(pilot)[0]


async def test_images_are_found_by_their_commit(world: World) -> None:
    world.registries["dev"].put("shop/web", "2.0.0", "web", labels=LABELS)
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await pilot.press("slash", *"commit:1f3c2ab", "enter")
        await until(pilot, lambda: labels(pilot) == ["shop/web:2.0.0"])
        await until(pilot, lambda: "windlass where 1f3c2ab" in log_text(pilot))
        await until(pilot, lambda: "7 of 7 images looked at" in screen_text(pilot))
        _, base, dev, *others = next(line for line in lines(pilot) if "shop/web:2.0.0" in line).split("│")
        assert "◂" in dev
        assert "◂" not in base + "".join(others)


async def test_what_could_not_be_looked_at_is_counted(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        world.registries["prod"].error = Unreachable("read", "prod.example", "connection refused")
        await pilot.press("slash", *"commit:ffff")
        await until(pilot, lambda: "6 of 6 images looked at, 2 unread" in screen_text(pilot))
        assert "no row matches the filter; Esc clears it (6 of 6 images looked at" in screen_text(pilot)
        assert labels(pilot) == []
        await until(pilot, lambda: "connection refused" in log_text(pilot))


async def test_rows_are_filtered_by_reason_as_soon_as_it_is_found(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await pilot.press("slash", *"prod:foreign")
        await until(pilot, lambda: labels(pilot) == ["shop/api:1.14.1"])


async def test_enter_asks_on_where_nothing_was_decided(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(self: Explainer, questions: list[Question]) -> None:
        found: dict[CellKey, Explanation] = {item.key: Undecided(("the budget is spent",)) for item in questions}
        self._tell(found)

    monkeypatch.setattr(Explainer, "ask", ask)
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await to_the_difference(pilot)
        await until(pilot, lambda: "the budget is spent" in inspected(pilot))
        assert "Enter asks on" in inspected(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "foreign" in inspected(pilot))
        await until(pilot, lambda: "media type" in inspected(pilot))


async def test_a_fault_in_finding_reasons_leaves_the_board_as_it_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(self: Explainer) -> None:
        del self
        raise RuntimeError("broken")

    monkeypatch.setattr(Explainer, "run", fail)
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await until(pilot, lambda: "why cells differ cannot be worked out: RuntimeError: broken" in log_text(pilot))
        assert reason(pilot).startswith("≠ differs")


async def test_only_cells_that_differ_are_asked_about(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await explained(pilot)
        deck = app_of(pilot).deck
        assert deck is not None
        keys = deck.insights.insight.explanations
        assert {(key.repository, key.tag, key.environment) for key in keys} == {
            (Repository("shop/api"), Tag("1.14.1"), "prod")
        }


@pytest.mark.parametrize(("key", "screen"), [("c", CompareScreen), ("H", HistoryScreen), ("S", SummaryScreen)])
async def test_comparison_history_and_summary_are_a_key_away(world: World, key: str, screen: type[Screen[Any]]) -> None:
    async with world.app().run_test(size=SMALL) as pilot:
        await explained(pilot)
        await to_the_difference(pilot)
        await pilot.press(key)
        await until(pilot, lambda: isinstance(pilot.app.screen, screen))


async def test_what_is_not_there_is_not_compared_and_that_is_said(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        matrix(pilot).go(labels(pilot).index("shop/api:1.14.2"), 3)
        await pilot.press("c")
        await until(pilot, lambda: "prod▲ is known to hold no shop/api:1.14.2" in log_text(pilot))
        assert pilot.app.screen is board(pilot)


async def test_the_history_of_the_tag_comes_with_the_cell(world: World) -> None:
    digest = world.registries["prod"].shelves[Repository("shop/api")].tags[Tag("1.14.1")].digest
    assert digest
    sighting = Sighting("prod", Repository("shop/api"), Tag("1.14.1"), digest, NOW - timedelta(hours=3))
    world.journal.past = History((sighting,))
    async with world.app().run_test(size=LARGE) as pilot:
        await explained(pilot)
        await to_the_difference(pilot)
        await until(pilot, lambda: "prod was first seen with this 3 h ago" in inspected(pilot))


async def test_help_explains_every_reason(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await pilot.press("question_mark", *"why a cell")
        await until(pilot, lambda: "it holds one platform of the base's index" in screen_text(pilot))


LABELS = {
    "org.opencontainers.image.revision": "1f3c2ab" + "0" * 33,
    "com.azure.dev.image.build.buildnumber": "20261120.4",
}
