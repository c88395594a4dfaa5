"""Undo on the board: a plan or a question, never more than that by itself."""

from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static
from textual.widgets._toast import Toast

from tests.ui.benches import API, Bench, benched, untagging
from tests.ui.plans import NEW
from tests.ui.test_locks import press_slowly
from tests.ui.world import World, app_of, board, log_text, make_world, screen_text, settled, until
from tui.domain.events import PromotionFailed, Recorded, Side, TagMoved
from tui.domain.plan import Request
from tui.domain.reference import Tag
from tui.domain.verdict import asks, fails, passes
from tui.ports.errors import JournalError
from tui.ui.running_set import UNDONE
from tui.ui.screens.plan import PlanScreen
from tui.ui.widgets.log_pane import LogPane
from tui.ui.widgets.reminder_line import ReminderLine
from tui.usecases.undoing import CannotUndo

sizes = pytest.mark.parametrize("size", [(60, 20), (80, 24), (160, 50)])


PROMOTION = "3fa2c9d1e0b4"


def message(pilot: Pilot[Any]) -> str:
    """What the plan asks; empty where there is none."""
    parts = pilot.app.screen.query("#plan-message")
    return str(parts.first(Static).content) if parts else ""


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def bench(world: World) -> Bench:
    return benched(world)


@sizes
async def test_what_replaced_a_digest_is_planned_back(world: World, bench: Bench, size: tuple[int, int]) -> None:
    base, dev = world.path.environments[:2]
    held = world.registries["base"].put("shop/api", "1.14.0", "before")
    bench.answers["undoing"] = Request(
        base, dev, API, Tag("1.14.2"), Tag("1.14.2"), pinned=held, occasion="undo 3fa2c9d1e0b4"
    )
    now = world.registries["dev"].shelves[API].tags[Tag("1.14.2")].digest
    assert now
    ends = base.reference(API, Tag("1.14.2"), now), dev.reference(API, Tag("1.14.2"))
    world.journal.records.append(Recorded("3fa2c9d1e0b4", world.clock(), *ends, TagMoved(held, now)))
    async with world.app().run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("z")
        await until(pilot, lambda: isinstance(pilot.app.screen, PlanScreen) and "Press y" in message(pilot))
        assert "undo 3fa2c9d1e0b4: promote to dev" in screen_text(pilot)
        await press_slowly(pilot, "enter", "y")
        await until(pilot, lambda: "✓ done" in log_text(pilot))
        entry = world.registries["dev"].shelves[API].tags[Tag("1.14.2")]
        assert entry.digest == held
        assert "$ windlass undo 3fa2c9d1e0b4" in " ".join(log_text(pilot).split())
        await until(pilot, lambda: UNDONE in " ".join(log_text(pilot).split()))


@pytest.mark.parametrize(("days", "told"), [(0, "%H:%M"), (3, "%Y-%m-%d %H:%M")])
async def test_the_plan_says_when_what_is_undone_was_promoted(world: World, bench: Bench, days: int, told: str) -> None:
    dev = world.path.environments[1]
    held = world.registries["dev"].put("shop/api", "1.14.0", "before")
    asked = Request(dev, dev, API, Tag("1.14.2"), Tag("1.14.2"), pinned=held, occasion=f"undo {PROMOTION}")
    bench.answers["undoing"] = asked
    now = world.registries["dev"].shelves[API].tags[Tag("1.14.2")].digest
    assert now
    target, at = dev.reference(API, Tag("1.14.2")), world.clock() - timedelta(days=days)
    world.journal.records.append(Recorded(PROMOTION, at, target, target, TagMoved(held, now)))
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("z")
        which = f"undoes the promotion of {at.astimezone().strftime(told)} ({PROMOTION}), and no other. "
        await until(pilot, lambda: message(pilot).startswith(which))
        text = str(pilot.app.screen.query_one("#plan-text", Static).content)
        assert f"shop/api:1.14.2   undo: dev goes back to sha256:{held.short}…" in text
        assert "dev.example/shop/api, by its digest" in text
        assert str(held) in text
        assert "None" not in text


@sizes
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (CannotUndo("nothing to undo"), "cannot undo: nothing to undo"),
        (JournalError("the journal is locked"), "cannot undo: the journal is locked"),
        (ZeroDivisionError("a fault"), "cannot undo: ZeroDivisionError: a fault"),
    ],
)
async def test_what_cannot_be_undone_says_why_where_it_is_seen(
    world: World, bench: Bench, size: tuple[int, int], error: Exception, told: str
) -> None:
    bench.answers["undoing"] = error
    async with world.app().run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("z")
        await until(pilot, lambda: told in screen_text(pilot))
        assert pilot.app.screen is board(pilot)
        deck = app_of(pilot).deck
        assert deck
        assert not deck.is_busy


@sizes
async def test_a_tag_that_was_created_is_taken_away_after_its_whole_name_was_shown(
    world: World, bench: Bench, size: tuple[int, int]
) -> None:
    bench.answers["undoing"] = untagging(world, passes("read-only", "it may be written"), asks("untag", "it goes", ""))
    async with world.app().run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("z")
        await until(pilot, lambda: bool(pilot.app.screen.query("#confirm-question")))
        question = str(pilot.app.screen.query_one("#confirm-question", Static).content)
        for known in (
            "(3fa2c9d1e0b4), and no other: it created this tag",
            "dev.example/shop/api:1.14.2",
            str(NEW),
            "✓ passes read-only: it may be",
            "? asks untag: it goes",
        ):
            assert known in question
        await press_slowly(pilot, "enter", "y")
        await until(pilot, lambda: "✓ taken away: dev/shop/api:1.14.2" in log_text(pilot))
        await until(pilot, lambda: UNDONE in " ".join(log_text(pilot).split()))
        assert bench.asked[-1] == ("untag", "dev.example/shop/api:1.14.2", {"untag"})
        assert "$ windlass undo 3fa2c9d1e0b4" in " ".join(log_text(pilot).split())


async def test_from_a_protected_environment_only_after_its_name_was_typed(world: World, bench: Bench) -> None:
    bench.answers["undoing"] = untagging(world, at=3)
    async with world.app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("z")
        await until(pilot, lambda: "take the tag away" in screen_text(pilot))
        await press_slowly(pilot, "y")
        await until(pilot, lambda: "Type its name, prod" in screen_text(pilot))
        await pilot.press(*"pro", "enter")
        assert [asked[0] for asked in bench.asked] == ["undoing"]
        await pilot.press("d", "enter")
        await until(pilot, lambda: bench.asked[-1][0] == "untag")


async def test_what_a_gate_refuses_is_not_even_asked(world: World, bench: Bench) -> None:
    bench.answers["undoing"] = untagging(world, fails("locked", "the tag is locked", "unlock it"))
    async with world.app().run_test(size=(160, 50)) as pilot:
        await settled(pilot)
        await pilot.press("z")
        told = "cannot take dev.example/shop/api:1.14.2 away: gate locked refuses: the tag is locked; remedy: unlock it"
        await until(pilot, lambda: told in log_text(pilot))
        assert pilot.app.screen is board(pilot)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ([PromotionFailed("untag", Side.TARGET, "it is gone already")], "✗ failed: it is gone already"),
        (JournalError("the disk is full"), "did not succeed: the disk is full"),
        (ZeroDivisionError("a fault"), "did not succeed: ZeroDivisionError: a fault"),
    ],
)
async def test_a_tag_that_is_not_taken_away_says_why(world: World, bench: Bench, answer: object, told: str) -> None:
    bench.answers |= {"undoing": untagging(world), "untag": answer}
    async with world.app().run_test(size=(160, 50)) as pilot:
        await settled(pilot)
        await pilot.press("z")
        await until(pilot, lambda: "take the tag away" in screen_text(pilot))
        await press_slowly(pilot, "y")
        await until(pilot, lambda: told in log_text(pilot))


async def test_on_a_low_screen_no_toast_covers_the_board(world: World, bench: Bench) -> None:
    async with world.app().run_test(size=(80, 24), notifications=True) as pilot:
        await settled(pilot)
        await pilot.press("z")
        await until(pilot, lambda: "cannot undo: no promotion of this journal's" in " ".join(log_text(pilot).split()))
        await pilot.pause()
        assert not pilot.app.screen.query(Toast)
        assert not pilot.app.screen.query_one(ReminderLine).display


async def test_where_the_log_is_hidden_too_a_line_says_it_whole_until_it_is_clicked(world: World, bench: Bench) -> None:
    told = "cannot undo: " + "words " * 30 + "the end"
    bench.answers["undoing"] = CannotUndo(told.removeprefix("cannot undo: "))
    async with world.app().run_test(size=(80, 24), notifications=True) as pilot:
        await settled(pilot)
        await pilot.press("backslash")
        await until(pilot, lambda: not board(pilot).query_one(LogPane).is_on_screen)
        await pilot.press("z")
        await until(pilot, lambda: "cannot undo: words" in screen_text(pilot))
        assert told in " ".join(screen_text(pilot).split())
        await pilot.click(ReminderLine)
        await until(pilot, lambda: "cannot undo: words" not in screen_text(pilot))
        assert pilot.app.screen is board(pilot)


async def test_on_a_high_screen_a_toast_says_it_beside_the_log(world: World, bench: Bench) -> None:
    async with world.app().run_test(size=(160, 50), notifications=True) as pilot:
        await settled(pilot)
        await pilot.press("z")
        await until(pilot, lambda: bool(pilot.app.screen.query(Toast)))
