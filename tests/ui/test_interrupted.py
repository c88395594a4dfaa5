"""What was interrupted is offered when the board stands, at every size, until somebody decides."""

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.ui.benches import Bench, benched, past
from tests.ui.test_locks import press_slowly
from tests.ui.world import World, board, log_text, make_world, screen_text, settled, until
from tui.domain.past import Past
from tui.domain.plan import Request
from tui.ports.errors import JournalError
from tui.ui.screens import interrupted
from tui.ui.screens.interrupted import InterruptedScreen
from tui.ui.screens.plan import PlanScreen
from tui.ui.widgets.sheet import ChoiceSheet
from tui.usecases.resuming import CannotResume

sizes = pytest.mark.parametrize("size", [(60, 20), (80, 24), (160, 50)])
WIDE = (160, 50)


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def bench(world: World, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Two promotions were interrupted; that of 1.14.0 cannot be gone on with."""

    def resuming(path: object, item: Past) -> Request:
        del path
        if item.source.tag == "1.14.0":
            raise CannotResume("dev is no environment any more")
        source, target = world.path.environments[2:]
        tag = item.source.tag
        assert tag
        return Request(source, target, past_repository, tag, tag, occasion=f"resume {item.promotion}")

    past_repository = world.path.base.locate(next(iter(world.registries["base"].shelves)))
    monkeypatch.setattr(interrupted, "resuming", resuming)
    bench = benched(world)
    bench.answers["interrupted"] = [past(world, "1.13.0"), past(world, "1.14.0", promotion="9c1b00000000")]
    return bench


async def opened(pilot: Pilot[int]) -> None:
    await settled(pilot)
    await until(pilot, lambda: "were interrupted" in screen_text(pilot))
    await pilot.press("Z")
    await until(pilot, lambda: isinstance(pilot.app.screen, InterruptedScreen))
    await until(pilot, lambda: pilot.app.screen.query_one(ChoiceSheet).count == 2)


@sizes
async def test_the_board_reminds_and_the_log_names_each(world: World, bench: Bench, size: tuple[int, int]) -> None:
    del bench
    async with world.app().run_test(size=size) as pilot:
        await settled(pilot)
        await until(pilot, lambda: "2 promotions were interrupted: Z goes on" in screen_text(pilot))
        board(pilot).query_one("#log").display = True
        told = "interrupted: 3 h ago test/shop/api:1.13.0 → prod▲/shop/api:1.13.0; Z goes on with it"
        await until(pilot, lambda: told in " ".join(log_text(pilot).split()))


async def test_without_any_there_is_no_reminder(world: World) -> None:
    benched(world)
    async with world.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        assert "interrupted" not in screen_text(pilot)
        await pilot.press("Z")
        await until(pilot, lambda: "Nothing was interrupted" in screen_text(pilot))


@pytest.mark.parametrize("error", [JournalError("it is locked"), ZeroDivisionError("a fault")])
async def test_a_journal_that_cannot_tell_is_a_line_in_the_log(world: World, error: Exception) -> None:
    benched(world).answers["interrupted"] = error
    async with world.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await until(pilot, lambda: "whether promotions were interrupted cannot be told" in log_text(pilot))


@sizes
async def test_enter_plans_the_chosen_one_and_a_yes_goes_on_with_it(
    world: World, bench: Bench, size: tuple[int, int]
) -> None:
    async with world.app().run_test(size=size) as pilot:
        await opened(pilot)
        await until(pilot, lambda: "prod▲/shop/api:1.13.0" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, PlanScreen) and "Press y" in screen_text(pilot))
        bench.answers["interrupted"] = []
        await press_slowly(pilot, "y")
        await pilot.press(*"prod", "enter")
        await until(pilot, lambda: pilot.app.screen is board(pilot))
        await until(pilot, lambda: "were interrupted" not in screen_text(pilot))
        assert world.journal.records


async def test_a_goes_on_with_all_that_can_be_and_says_what_cannot(world: World, bench: Bench) -> None:
    del bench
    async with world.app().run_test(size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(pilot.app.screen, PlanScreen) and "Press y" in screen_text(pilot))
        assert "resume 3fa2c9d1e0b4: promote to prod▲" in screen_text(pilot)
        await press_slowly(pilot, "escape")
        assert isinstance(pilot.app.screen, InterruptedScreen)
        assert "dev is no environment any more" in log_text(pilot)


async def test_one_that_cannot_be_gone_on_with_says_why(world: World, bench: Bench) -> None:
    del bench
    async with world.app().run_test(size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press("down", "enter")
        await until(pilot, lambda: "shop/api:1.14.0: dev is no environment any more" in screen_text(pilot))
        assert isinstance(pilot.app.screen, InterruptedScreen)


@sizes
async def test_forgetting_asks(world: World, bench: Bench, size: tuple[int, int]) -> None:
    async with world.app().run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("f")
        await until(pilot, lambda: "Forget it?" in screen_text(pilot))
        await press_slowly(pilot, "enter")
        assert bench.asked == []
        await press_slowly(pilot, "y")
        await until(pilot, lambda: bench.asked == [("forget", "3fa2c9d1e0b4")])
        await until(pilot, lambda: pilot.app.screen.query_one(ChoiceSheet).count == 1)
        await pilot.press("escape")
        await until(pilot, lambda: "1 promotion was interrupted: Z goes on" in screen_text(pilot))


async def test_escape_is_later(world: World, bench: Bench) -> None:
    async with world.app().run_test(size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is board(pilot))
        assert "2 promotions were interrupted" in screen_text(pilot)
        assert bench.asked == []


async def test_what_others_wrote_is_only_text(world: World, bench: Bench) -> None:
    bench.answers["interrupted"] = [replace(past(world), by="[@click=app.quit]x[/]\x1b]52;c;aGk=\x07")]
    async with world.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("Z")
        await until(pilot, lambda: "[@click=app.quit]x[/]" in screen_text(pilot))
        assert "\x1b" not in screen_text(pilot)
