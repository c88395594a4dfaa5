"""The board, as an operator meets it."""

import asyncio
import gc
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from tests.fakes import NOW
from tests.ui.test_inspector import text_of
from tests.ui.world import (
    World,
    board,
    labels,
    lines,
    log_text,
    look,
    make_world,
    matrix,
    opened,
    screen_text,
    settled,
    surveys_of,
    until,
)
from tui.domain.events import PromotionCancelled
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.scope import Scope
from tui.domain.snapshot import Snapshot, TagEntry
from tui.ports.errors import Unauthorised, Unreachable
from tui.ui.cell_look import Tone
from tui.ui.glyphs import ASCII
from tui.ui.guard import QUIET_SECONDS
from tui.ui.screens.plan import PlanScreen
from tui.ui.widgets.browser import Browser
from tui.ui.widgets.filter_line import FilterLine
from tui.ui.widgets.inspector import Inspector
from tui.ui.widgets.repository_list import RepositoryList

SMALL, LARGE = (80, 24), (160, 50)
Run = Pilot[Any]


@pytest.fixture
def world() -> World:
    """Four environments with every state."""
    return make_world()


def remembered(environment: str, repository: str, tag: str) -> Snapshot:
    """A snapshot of four minutes ago with one tag."""
    entry = TagEntry(Tag(tag), Digest("sha256", "ab" * 32))
    return Snapshot(environment, Repository(repository), NOW - timedelta(minutes=4), {entry.tag: entry})


async def type_filter(pilot: Run, text: str) -> None:
    """Types into the filter line, as an operator does."""
    await pilot.press("slash", *text)


# -- filling ---------------------------------------------------------------------------------------------------


async def test_every_environment_stands_side_by_side(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        assert look(pilot, "shop/api", "1.14.2", "dev").text == "= same"
        assert look(pilot, "shop/api", "1.14.2", "prod").text == "· missing"
        assert look(pilot, "shop/api", "1.14.1", "prod").text.startswith("≠ differs ")
        assert look(pilot, "shop/api", "hotfix", "prod").text.startswith("+ extra ")
        assert look(pilot, "shop/api", "hotfix", "dev").text == "–"


@pytest.mark.parametrize("size", [SMALL, LARGE, (120, 30)])
async def test_a_cell_has_glyph_and_digits_in_every_size(world: World, size: tuple[int, int]) -> None:
    async with world.app().run_test(size=size) as pilot:
        await settled(pilot)
        row = next(line for line in lines(pilot) if "1.14.1" in line)
        assert "≠" in row
        differing = world.registries["prod"].shelves[Repository("shop/api")].tags[Tag("1.14.1")].digest
        assert differing
        assert differing.short in row


async def test_what_the_journal_remembers_is_drawn_with_its_age_before_anything_answers(world: World) -> None:
    world.journal.memory = [remembered("base", "shop/api", "1.14.2"), remembered("dev", "shop/api", "1.14.2")]
    for registry in world.registries.values():
        registry.gate.clear()
    async with world.app().run_test(size=LARGE) as pilot:
        await opened(pilot)
        await until(pilot, lambda: labels(pilot) == ["shop/api:1.14.2"])
        seen = look(pilot, "shop/api", "1.14.2", "dev")
        assert (seen.text, seen.is_stale) == ("= same (4 m)", True)
        assert look(pilot, "shop/api", "1.14.2", "prod").tone is Tone.LOADING
        for registry in world.registries.values():
            registry.gate.set()
        await settled(pilot)
        assert not look(pilot, "shop/api", "1.14.2", "dev").is_stale


async def test_a_remembered_repository_that_no_catalog_names_goes_away(world: World) -> None:
    world.journal.memory = [remembered("base", "shop/gone", "1.0.0")]
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await until(pilot, lambda: not any(label.startswith("shop/gone") for label in labels(pilot)))


async def test_a_remembered_repository_stays_while_a_catalog_cannot_be_read(world: World) -> None:
    world.journal.memory = [remembered("test", "shop/gone", "1.0.0")]
    world.registries["test"].error = Unreachable("list repositories", "test.example", "connection refused")
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        assert "shop/gone:1.0.0" in labels(pilot)


async def test_one_dead_registry_blanks_nothing_else(world: World) -> None:
    world.registries["test"].error = Unauthorised("list tags", "test.example", "no credentials")
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        assert look(pilot, "shop/api", "1.14.2", "dev").text == "= same"
        assert look(pilot, "shop/api", "1.14.2", "test").text == "! 401 unauthorised"
        assert look(pilot, "shop/api", "1.14.2", "prod").text == "· missing"
        assert "401" in lines(pilot)[1]
        await until(pilot, lambda: "no credentials" in log_text(pilot))


async def test_a_dead_registry_does_not_flood_the_log(world: World) -> None:
    for number in range(20):
        world.registries["base"].put(f"many/{number:02}", "1.0.0", "the same")
    world.registries["test"].error = Unauthorised("list tags", "test.example", "no credentials")
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await until(pilot, lambda: "test: 19 more repositories could not be read" in log_text(pilot))
        assert log_text(pilot).count("no credentials") == 4


async def test_a_dead_base_makes_cells_unknown_and_never_missing_or_extra(world: World) -> None:
    world.registries["base"].error = Unreachable("list tags", "base.example", "connection refused")
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        tones = {look(pilot, "shop/api", "1.14.1", name).tone for name in ("dev", "test", "prod")}
        assert tones == {Tone.UNKNOWN}


async def test_hostile_names_and_errors_are_shown_as_they_are(world: World) -> None:
    world.registries["dev"].list_only("shop/api", TagEntry(Tag("1.0_..-"), Digest("sha256", "ef" * 32)))
    detail = "[/foo] [@click=app.quit]here[/] \x1b]0;owned\x07"
    world.registries["test"].error = Unreachable("list tags", "test.example", detail)
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await until(pilot, lambda: "[@click=app.quit]here[/]" in log_text(pilot))
        assert "shop/api:1.0_..-" in labels(pilot)
        assert "\x1b" not in screen_text(pilot)


async def test_a_broken_survey_is_a_line_in_the_log(world: World) -> None:
    world.registries["base"].shelves = None  # type: ignore[assignment]
    async with world.app().run_test(size=LARGE) as pilot:
        await opened(pilot)
        await until(pilot, lambda: "the survey broke off: TypeError" in log_text(pilot))
        await until(pilot, lambda: "nothing could be read" in screen_text(pilot))
        assert pilot.app.is_running


# -- choosing rows -----------------------------------------------------------------------------------------------


async def test_the_filter_works_as_it_is_typed_and_enter_keeps_it(world: World) -> None:
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        await type_filter(pilot, "prod:drift")
        await until(pilot, lambda: len(labels(pilot)) == 3)
        await pilot.press("enter")
        assert matrix(pilot).has_focus
        assert len(labels(pilot)) == 3
        assert "3 of 5 rows" in screen_text(pilot)


async def test_escape_clears_the_filter(world: World) -> None:
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        await type_filter(pilot, "web")
        await until(pilot, lambda: labels(pilot) == ["shop/web:2.0.0"])
        await pilot.press("escape")
        await until(pilot, lambda: len(labels(pilot)) == 5)
        assert matrix(pilot).has_focus


async def test_a_kept_filter_is_cleared_by_escape_on_the_board(world: World) -> None:
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        await type_filter(pilot, "web")
        await pilot.press("enter", "escape")
        await until(pilot, lambda: len(labels(pilot)) == 5)


async def test_a_misspelt_state_is_told(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await type_filter(pilot, "prod:drfit")
        await until(pilot, lambda: "did you mean prod:drift?" in screen_text(pilot))


async def test_only_drift(world: World) -> None:
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("d")
        assert labels(pilot) == ["shop/api:1.14.2", "shop/api:1.14.1", "shop/api:hotfix"]
        await pilot.press("d")
        assert len(labels(pilot)) == 5


async def test_next_and_previous_drift_go_from_cell_to_cell(world: World) -> None:
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        places: list[tuple[int, int]] = []
        for key in ("n", "n", "n", "n", "n", "N"):
            await pilot.press(key)
            places.append((matrix(pilot).row, matrix(pilot).column))
        assert places == [(0, 2), (0, 3), (1, 3), (3, 3), (0, 2), (3, 3)]


async def test_choosing_a_repository_shows_its_tags_alone(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        pilot.app.screen.query_one(RepositoryList).focus()
        await pilot.press("down", "down")
        await until(pilot, lambda: labels(pilot) == ["shop/web:2.0.0"])
        assert any(line.startswith("▸  2.0.0") for line in lines(pilot))


async def test_the_cursor_stays_with_its_row(world: World) -> None:
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("down", "down")
        before = matrix(pilot).current
        await pilot.press("o")
        after = matrix(pilot).current
        assert before
        assert after
        assert (before.repository, before.tag) == (after.repository, after.tag)


async def test_sorting_by_an_environment_puts_the_most_urgent_first(world: World) -> None:
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("4")
        assert labels(pilot)[:3] == ["shop/api:1.14.1", "shop/api:1.14.2", "shop/api:hotfix"]
        await pilot.press("O")
        assert labels(pilot)[-1] == "shop/api:1.14.1"


# -- marks and promotions ----------------------------------------------------------------------------------------


async def plan_screen(pilot: Run) -> PlanScreen:
    """The plan dialog, once it is there."""
    await until(pilot, lambda: isinstance(pilot.app.screen, PlanScreen))
    assert isinstance(pilot.app.screen, PlanScreen)
    return pilot.app.screen


async def test_p_asks_for_a_promotion_from_the_environment_before_pinned_to_what_is_seen(world: World) -> None:
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("right", "right", "p")
        (request,) = (await plan_screen(pilot))._requests
        assert (request.source.name, request.target.name, request.tag) == ("dev", "test", "1.14.2")
        shelf = world.registries["dev"].shelves[Repository("shop/api")]
        assert request.seen == shelf.tags[Tag("1.14.2")].digest
        assert not world.registries["test"].pushed


async def test_p_on_the_base_goes_to_the_next_environment(world: World) -> None:
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("p")
        (request,) = (await plan_screen(pilot))._requests
        assert (request.source.name, request.target.name) == ("base", "dev")


async def test_marks_outlive_the_filter_and_all_of_them_are_planned(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await pilot.press("space", "space")
        await type_filter(pilot, "web")
        await pilot.press("enter")
        await until(pilot, lambda: labels(pilot) == ["shop/web:2.0.0"])
        assert "1 of 5 rows · 2 marked" in screen_text(pilot)
        await pilot.press("right", "right", "p")
        requests = (await plan_screen(pilot))._requests
        assert [request.tag for request in requests] == ["1.14.2", "1.14.1"]


async def test_range_all_and_none(world: World) -> None:
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        browser = board(pilot).query_one(Browser)
        await pilot.press("v", "down", "down", "v")
        assert len(browser.targets) == 3
        await pilot.press("asterisk")
        assert len(browser.targets) == 5
        await pilot.press("u")
        assert len(browser.targets) == 1


async def confirm(pilot: Run) -> None:
    """Says yes to the plan once it is shown, as often as the guard against stray keys asks for."""
    await plan_screen(pilot)
    await until(pilot, lambda: "Press y to go" in screen_text(pilot))
    await press_slowly(pilot, "y", lambda: not isinstance(pilot.app.screen, PlanScreen))


async def press_slowly(pilot: Run, key: str, is_done: Callable[[], bool]) -> None:
    """Presses `key` until it counted; a key that comes too soon, or is held down, does not."""
    async with asyncio.timeout(20):
        while not is_done():
            await asyncio.sleep(QUIET_SECONDS * 1.1)
            await pilot.press(key)


async def test_a_cell_changes_because_it_was_read_again(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await pilot.press("right", "right", "p")
        await confirm(pilot)
        await until(pilot, lambda: "✓ done" in log_text(pilot))
        await until(pilot, lambda: look(pilot, "shop/api", "1.14.2", "test").text == "= same")
        assert "windlass promote shop/api:1.14.2 --from dev --to test" in log_text(pilot)


async def test_a_success_alone_paints_nothing(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        reads = world.registries["test"].reads
        surveys_of(pilot).refresh = lambda repositories: None  # type: ignore[method-assign]
        await pilot.press("right", "right", "p")
        await confirm(pilot)
        await until(pilot, lambda: "✓ done" in log_text(pilot))
        assert world.registries["test"].reads == reads
        assert look(pilot, "shop/api", "1.14.2", "test").text == "· missing"


async def test_only_the_touched_repository_is_read_again(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        reads = world.registries["prod"].reads
        await pilot.press("right", "right", "p")
        await confirm(pilot)
        await until(pilot, lambda: look(pilot, "shop/api", "1.14.2", "test").text == "= same")
        assert world.registries["prod"].reads == reads + 1


async def test_quitting_during_a_promotion_asks_and_its_cancellation_is_journalled(world: World) -> None:
    app = world.app()
    async with app.run_test(size=LARGE) as pilot:
        await settled(pilot)
        await pilot.press("right", "right", "p")
        await plan_screen(pilot)
        await until(pilot, lambda: "Press y to go" in screen_text(pilot))
        world.registries["test"].gate.clear()
        await confirm(pilot)
        await until(pilot, lambda: bool(world.journal.records))
        await pilot.press("q")
        await until(pilot, lambda: "Stop them and quit?" in screen_text(pilot))
        assert app.is_running
        await press_slowly(pilot, "y", lambda: app.return_value is not None)
    assert isinstance(world.journal.records[-1].event, PromotionCancelled)
    assert Tag("1.14.2") not in world.registries["test"].shelves[Repository("shop/api")].tags


async def test_read_only_is_shown_and_refuses(world: World) -> None:
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "READ-ONLY" in screen_text(pilot))
        assert world.workbench.read_only
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "READ-ONLY" not in screen_text(pilot))


# -- looking -----------------------------------------------------------------------------------------------------


async def test_enter_reads_and_writes_nothing(world: World) -> None:
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        assert not board(pilot).query_one(Inspector).display
        await pilot.press("enter")
        await until(pilot, lambda: board(pilot).query_one(Inspector).display)
        await until(pilot, lambda: "base.example/shop/api:1.14.2@sha256:" in screen_text(pilot))
        assert not any(registry.pushed for registry in world.registries.values())
        await pilot.press("enter")
        await until(pilot, lambda: not board(pilot).query_one(Inspector).display)


async def test_what_cannot_be_inspected_says_why(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await pilot.press("right", "right", "enter")
        await until(pilot, lambda: "! looked again: test has no" in screen_text(pilot))


async def test_refreshing_what_is_shown_reads_only_that(world: World) -> None:
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        await type_filter(pilot, "web")
        await pilot.press("enter")
        await until(pilot, lambda: labels(pilot) == ["shop/web:2.0.0"])
        world.registries["dev"].put("shop/web", "3.0.0", "newer")
        world.registries["dev"].put("shop/api", "9.9.9", "not asked for")
        await pilot.press("r", "escape")
        await until(pilot, lambda: "shop/web:3.0.0" in labels(pilot))
        assert "shop/api:9.9.9" not in labels(pilot)


async def test_copying_offers_whole_values(world: World) -> None:
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("y")
        digest = world.registries["base"].shelves[Repository("shop/api")].tags[Tag("1.14.2")].digest
        needle = f"dockerpullbase.example/shop/api@{digest}"
        await until(pilot, lambda: needle in re.sub(r"[│\s]", "", screen_text(pilot)))


# -- the terminal ------------------------------------------------------------------------------------------------


async def test_under_80_columns_one_environment_is_shown_at_a_time(world: World) -> None:
    async with world.app().run_test(size=(60, 20)) as pilot:
        await settled(pilot)
        assert "base" in lines(pilot)[0]
        assert "prod▲" not in lines(pilot)[0]
        await pilot.press("right", "right", "right")
        assert "prod▲" in lines(pilot)[0]
        assert "base" not in lines(pilot)[0]


@pytest.mark.parametrize("size", [(39, 24), (80, 9)])
async def test_a_terminal_that_is_too_small_says_so_in_a_sentence(world: World, size: tuple[int, int]) -> None:
    async with world.app().run_test(size=size) as pilot:
        await until(pilot, lambda: "too small" in screen_text(pilot))
        assert "│" not in screen_text(pilot)


@pytest.mark.parametrize("size", [SMALL, LARGE, (120, 32)])
async def test_ascii_shows_nothing_but_ascii(world: World, size: tuple[int, int]) -> None:
    async with world.app(ascii_only=True).run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("space", "d", "enter")
        await until(pilot, lambda: "base.example/shop/api:1.14.1@" in screen_text(pilot))
        drawn = screen_text(pilot)
        assert drawn.isascii()
        assert ASCII.differs in drawn
        assert "prod^" in drawn


async def test_without_colour_every_state_can_still_be_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        segments = [item for strip in pilot.app.screen._compositor.render_strips() for item in strip]
        filtered = [item for line in pilot.app.get_line_filters() for item in line.apply(segments, None)]  # type: ignore[arg-type]
        colours = {
            colour.name
            for item in filtered
            if item.style
            for colour in (item.style.color, item.style.bgcolor)
            if colour
        }
        assert colours <= {"default"}
        cursor = [item for item in filtered if item.style and item.style.reverse and item.text.strip()]
        assert cursor


async def test_only_six_keys_stand_on_the_last_line_and_fit_80_columns(world: World) -> None:
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        last = screen_text(pilot).splitlines()[-1]
        for label in ("Inspect", "Promote", "Filter", "Drift", "Copy", "Help"):
            assert label in last


async def test_keys_can_be_remapped_and_clashes_are_told(world: World) -> None:
    keymap = {"board.drift": "D", "cell.copy": "p", "no.such": "z"}
    async with world.app(keymap=keymap).run_test(size=SMALL) as pilot:
        await settled(pilot)
        await pilot.press("D")
        assert len(labels(pilot)) == 3
        await until(pilot, lambda: "no action no.such" in log_text(pilot))
        assert "'p' is both" in log_text(pilot)


async def test_an_empty_registry_says_so(world: World) -> None:
    empty = replace(world.workbench, scope=Scope(("nothing/*",)))
    world.workbench = empty
    async with world.app().run_test(size=SMALL) as pilot:
        await settled(pilot)
        await until(pilot, lambda: "there are no tags here" in screen_text(pilot))


async def test_tab_goes_round_the_panes_and_escape_comes_back(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await pilot.press("tab")
        assert not matrix(pilot).has_focus
        assert not board(pilot).query_one(FilterLine).has_focus_within
        await pilot.press("escape")
        assert matrix(pilot).has_focus


async def test_ages_are_told_anew_without_a_request_and_without_scrolling(world: World) -> None:
    async with world.app().run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await pilot.press("enter")
        inspector = board(pilot).query_one(Inspector)
        await until(pilot, lambda: "media type" in text_of(inspector))
        inspector.scroll_to(y=2, animate=False)
        await until(pilot, lambda: inspector.scroll_y == 2)
        before, reads = text_of(inspector), [registry.reads for registry in world.registries.values()]
        world.clock.advance(7 * 86_400 * 365)
        await until(pilot, lambda: text_of(inspector) != before)
        assert re.sub(r"\d+ [smhdy] ago", "", text_of(inspector)) == re.sub(r"\d+ [smhdy] ago", "", before)
        assert inspector.scroll_y == 2
        assert [registry.reads for registry in world.registries.values()] == reads


async def test_a_board_that_was_read_long_ago_says_how_to_read_it_again(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        world.clock.advance(11 * 60)
        await until(pilot, lambda: "⟳ 11 m ago, r reads again" in screen_text(pilot))


async def test_help_names_only_environments_that_there_are(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        await pilot.press("question_mark", *"sort by environment")
        listed = pilot.app.screen.query_one(OptionList)
        await until(pilot, lambda: listed.option_count == 5)
        assert [option.id for option in listed.options[1:]] == [f"sort_by({number})" for number in range(1, 5)]


async def test_what_is_remembered_is_not_looked_through_for_garbage(world: World) -> None:
    gc.unfreeze()
    world.journal.memory = [remembered("base", "shop/api", "1.14.2")]
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        assert gc.get_freeze_count() > 0
    gc.unfreeze()


async def test_what_is_in_sight_is_what_surveys_read_first(world: World) -> None:
    async with world.app().run_test(size=LARGE) as pilot:
        await settled(pilot)
        shown = [label.partition(":")[0] for label in labels(pilot)]
        await until(pilot, lambda: list(surveys_of(pilot).attention.repositories) == list(dict.fromkeys(shown)))
        await pilot.press("slash", *"web")
        await until(pilot, lambda: surveys_of(pilot).attention.repositories == ("shop/web",))
