"""Following on the board: never without a question, seen while it is on, and off at once."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.fakes import NOW
from tests.ui.benches import API, Bench, benched
from tests.ui.plans import NEW
from tests.ui.test_locks import press_slowly
from tests.ui.world import World, app_of, board, log_text, look, make_world, screen_text, settled, until
from tui.domain.environment import PromotionPath
from tui.domain.events import PromotionStarted, PromotionSucceeded, Recorded
from tui.domain.follow import Advanced, Began, FollowEvent, Looked, Unread, Waits
from tui.domain.plan import Request
from tui.domain.reference import Tag
from tui.ports.errors import JournalError
from tui.ui.widgets.log_pane import LogPane

sizes = pytest.mark.parametrize("size", [(60, 20), (80, 24), (160, 50)])
WIDE = (160, 50)


class Script:
    """Tells its events, and then waits until it is stopped."""

    def __init__(self, *events: FollowEvent) -> None:
        self.events = events
        self.is_running = False
        self.was_stopped = False

    async def __call__(self) -> AsyncGenerator[FollowEvent, None]:
        self.is_running = True
        try:
            for event in self.events:
                yield event
            await asyncio.Event().wait()
        finally:
            self.is_running, self.was_stopped = False, True


def following(world: World, *events: FollowEvent) -> tuple[Bench, Script]:
    """dev follows; what happens then is `events`."""
    bench, script = benched(world), Script(*events)
    base, dev, test, prod = world.path.environments
    bench.path = PromotionPath((base, replace(dev, follow=True), test, prod))
    bench.answers["follow"] = script
    return bench, script


async def switched_on(pilot: Pilot[int], script: Script) -> None:
    await settled(pilot)
    await pilot.press("F")
    await until(pilot, lambda: bool(pilot.app.screen.query("#confirm-question")))
    await press_slowly(pilot, "y")
    await until(pilot, lambda: script.is_running)


@sizes
async def test_where_nothing_follows_it_says_which_setting_to_write(size: tuple[int, int]) -> None:
    world = make_world()
    benched(world)
    async with world.app().run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("F")
        await until(pilot, lambda: "write follow = true" in " ".join(screen_text(pilot).split()))
        assert pilot.app.screen is board(pilot)


@sizes
async def test_it_asks_which_environments_follow_what_is_shown_while_it_is_on_and_f_stops_it(
    size: tuple[int, int],
) -> None:
    world = make_world()
    bench, script = following(world)
    async with world.app().run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("F")
        await until(pilot, lambda: bool(pilot.app.screen.query("#confirm-question")))
        assert "dev takes new tags from base" in str(pilot.app.screen.query_one("#confirm-question", Static).content)
        await press_slowly(pilot, "enter")
        assert bench.asked == []
        await press_slowly(pilot, "y")
        await until(pilot, lambda: script.is_running and "FOLLOWING" in screen_text(pilot))
        await pilot.press("F")
        await until(pilot, lambda: script.was_stopped and "FOLLOWING" not in screen_text(pilot))
        board(pilot).query_one(LogPane).display = True
        await until(pilot, lambda: "following is off" in log_text(pilot))


async def test_a_protected_follower_has_to_be_named() -> None:
    world = make_world()
    bench, script = following(world)
    bench.path = PromotionPath((*world.path.environments[:3], replace(world.path.environments[3], follow=True)))
    async with world.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("F")
        await until(pilot, lambda: "prod▲ takes new tags from test" in screen_text(pilot))
        await press_slowly(pilot, "y")
        await until(pilot, lambda: "Type its name, prod" in screen_text(pilot))
        assert not script.is_running
        await pilot.press(*"prod", "enter")
        await until(pilot, lambda: script.is_running)


async def test_what_happens_is_told_and_what_was_promoted_is_read_again() -> None:
    world = make_world()
    bench, _ = following(world)
    base, dev = world.path.environments[:2]
    digest = world.registries["base"].put("shop/api", "1.15.0", "newest")
    plan = await bench.plan(Request(base, dev, API, Tag("1.15.0"), Tag("1.15.0")))
    target = dev.reference(API, Tag("1.15.0"))

    def record(event: PromotionStarted | PromotionSucceeded) -> Advanced:
        return Advanced(Recorded("f1", NOW, plan.source, target, event), plan)

    script = Script(
        Began("dev", 41),
        record(PromotionStarted("direct", None, 1, "follow")),
        record(PromotionSucceeded(1.0)),
        Looked(0, None),
        Looked(3, None),
        Waits(target, NEW, "gate min_age: it is 1 m old", is_final=False),
        Waits(target, NEW, "it would overwrite", is_final=True),
        Unread("test", "connection refused"),
    )
    bench.answers["follow"] = script
    async with world.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        world.registries["dev"].put("shop/api", "1.15.0", "newest")
        assert world.registries["dev"].shelves[API].tags[Tag("1.15.0")].digest == digest
        await switched_on(pilot, script)
        await until(pilot, lambda: "connection refused" in log_text(pilot))
        told = " ".join(log_text(pilot).split())
        for line in (
            "dev follows from now on; 41 tags are not new",
            "✓ done in 1.0 s dev/shop/api:1.15.0",
            "looked: 3 new",
            "dev/shop/api:1.15.0 waits: gate min_age: it is 1 m old",
            "dev/shop/api:1.15.0 is left to people: it would overwrite",
            "test could not be read, it is tried again: connection refused",
        ):
            assert line in told
        assert "looked: 0" not in told
        await until(pilot, lambda: look(pilot, "shop/api", "1.15.0", "dev").text == "= same")


async def test_what_was_under_way_is_told_as_cancelled() -> None:
    world = make_world()
    bench, _ = following(world)
    base, dev = world.path.environments[:2]
    plan = await bench.plan(Request(base, dev, API, Tag("1.14.2"), Tag("1.14.2")))
    begun = Advanced(Recorded("f1", NOW, plan.source, plan.target, PromotionStarted("direct", None, 1)), plan)
    bench.answers["follow"] = script = Script(begun)
    async with world.app().run_test(size=WIDE) as pilot:
        await switched_on(pilot, script)
        await until(pilot, lambda: len(board(pilot).query_one(LogPane).jobs) == 1)
        await pilot.press("F")
        await until(pilot, lambda: "✗ cancelled" in log_text(pilot))
        assert board(pilot).query_one(LogPane).jobs == ()


@pytest.mark.parametrize("error", [JournalError("the disk is full"), ZeroDivisionError("a fault")])
async def test_what_breaks_it_off_is_said_and_the_sign_goes(error: Exception) -> None:
    world = make_world()
    bench, _ = following(world)

    async def broken() -> AsyncGenerator[FollowEvent, None]:
        yield Looked(1, None)
        raise error

    bench.answers["follow"] = broken
    async with world.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("F")
        await until(pilot, lambda: bool(pilot.app.screen.query("#confirm-question")))
        await press_slowly(pilot, "y")
        await until(pilot, lambda: str(error) in log_text(pilot))
        await until(pilot, lambda: "FOLLOWING" not in screen_text(pilot))


async def test_read_only_pauses_it_and_that_is_seen() -> None:
    world = make_world()
    _, script = following(world)
    async with world.app().run_test(size=WIDE) as pilot:
        await switched_on(pilot, script)
        await pilot.press("exclamation_mark")
        await until(pilot, lambda: "FOLLOWING, paused" in screen_text(pilot))


async def test_quitting_asks_and_stops_it() -> None:
    world = make_world()
    _, script = following(world)
    app = world.app()
    async with app.run_test(size=WIDE) as pilot:
        await switched_on(pilot, script)
        await pilot.press("q")
        await until(pilot, lambda: "New tags are followed. Stop that and quit?" in screen_text(pilot))
        await press_slowly(pilot, "n")
        assert script.is_running
        assert app_of(pilot).is_running
        await pilot.press("q")
        await until(pilot, lambda: "Stop that and quit?" in screen_text(pilot))
        await press_slowly(pilot, "y")
        await until(pilot, lambda: script.was_stopped)
    assert app.return_value == 0


async def test_jobs_stop_it_as_well() -> None:
    world = make_world()
    _, script = following(world)
    async with world.app().run_test(size=WIDE) as pilot:
        await switched_on(pilot, script)
        await pilot.press("J")
        await until(pilot, lambda: "New tags are followed. Stop everything?" in screen_text(pilot))
        await press_slowly(pilot, "y")
        await until(pilot, lambda: script.was_stopped and "FOLLOWING" not in screen_text(pilot))
