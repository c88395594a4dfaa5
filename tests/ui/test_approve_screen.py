"""Approving on the board: shown whole, said only deliberately, and then read again."""

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.ui.benches import Bench, benched
from tests.ui.test_locks import go_to, press_slowly
from tests.ui.world import World, board, log_text, make_world, screen_text, settled, until
from tui.domain.events import PromotionRefused
from tui.ports.errors import Unreachable
from tui.ui import guard
from tui.ui.screens.approve import ApproveScreen
from tui.usecases.approving import CannotApprove

sizes = pytest.mark.parametrize("size", [(60, 20), (80, 24), (160, 50)])
WIDE = (160, 50)


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def bench(world: World) -> Bench:
    return benched(world)


async def asked_about(pilot: Pilot[int], environment: int = 2, tag: str = "1.14.1") -> None:
    await settled(pilot)
    await go_to(pilot, tag, environment)
    await pilot.press("A")
    await until(pilot, lambda: isinstance(pilot.app.screen, ApproveScreen))


def message(pilot: Pilot[int]) -> str:
    return str(pilot.app.screen.query_one("#approve-message", Static).content)


@sizes
async def test_it_shows_what_is_approved_for_where_by_whom_and_by_whom_before(
    world: World, bench: Bench, size: tuple[int, int]
) -> None:
    async with world.app().run_test(size=size) as pilot:
        await asked_about(pilot)
        await until(pilot, lambda: "Press y to approve" in message(pilot))
        text = str(pilot.app.screen.query_one("#approve-text", Static).content)
        for known in (
            "test.example/shop/api:1.14.1",
            "sha256:",
            "prod▲  prod.example/shop/api",
            "alice@example",
            "approved 2 h ago for prod by bob: CHG1",
        ):
            assert known in text
        assert bench.asked == [("look", "test", "prod", "shop/api:1.14.1")]
        screen = pilot.app.screen.region
        for query in ("#approve-message", "#approve-remark", "Footer"):
            region = pilot.app.screen.query_one(query).region
            assert region.height > 0
            assert screen.contains_region(region)


@sizes
async def test_y_approves_with_the_remark(world: World, bench: Bench, size: tuple[int, int]) -> None:
    async with world.app().run_test(size=size) as pilot:
        await asked_about(pilot)
        await until(pilot, lambda: "Press y to approve" in message(pilot))
        await press_slowly(pilot, "m")
        await pilot.press(*"yes CHG2", "enter")
        assert len(bench.asked) == 1
        await press_slowly(pilot, "enter", "y")
        await until(pilot, lambda: "✓ approved by alice@example: prod▲/shop/api:1.14.1" in log_text(pilot))
        assert bench.asked[-1] == ("approve", "prod", "yes CHG2")
        assert "windlass approve shop/api:1.14.1 --for prod --from test --remark 'yes CHG2'" in " ".join(
            log_text(pilot).split()
        )


async def test_the_inspector_reads_the_image_again(world: World, bench: Bench) -> None:
    async with world.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await go_to(pilot, "1.14.1", 2)
        await pilot.press("enter")
        await until(pilot, lambda: "media type" in screen_text(pilot))
        assert bench.asked == [("inspect", "test", "shop/api:1.14.1")]
        await pilot.press("A")
        await until(pilot, lambda: isinstance(pilot.app.screen, ApproveScreen) and "Press y" in message(pilot))
        await press_slowly(pilot, "y")
        await until(pilot, lambda: bench.asked[-1] == ("inspect", "test", "shop/api:1.14.1") and len(bench.asked) == 4)


@pytest.mark.parametrize("keys", [["enter"], ["space"], ["n"], ["escape"], ["m", "y", "enter"], ["m", "y", "escape"]])
async def test_nothing_else_approves(world: World, bench: Bench, keys: list[str]) -> None:
    async with world.app().run_test(size=(80, 24)) as pilot:
        await asked_about(pilot)
        await until(pilot, lambda: "Press y to approve" in message(pilot))
        await press_slowly(pilot, *keys)
        assert [name for name, *_ in bench.asked if name != "inspect"] == ["look"]


async def test_a_key_typed_ahead_is_no_answer(world: World, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "QUIET_SECONDS", 3600.0)
    async with world.app().run_test(size=(80, 24)) as pilot:
        await asked_about(pilot)
        await pilot.press("y", "y", "y")
        assert [name for name, *_ in bench.asked if name != "inspect"] == ["look"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (CannotApprove("nobody is logged in at test"), "cannot approve: nobody is logged in at test"),
        (Unreachable("resolve", "test.example", "connection refused"), "connection refused"),
        (ZeroDivisionError("a fault"), "cannot approve: ZeroDivisionError: a fault"),
    ],
)
async def test_what_cannot_be_approved_says_why(world: World, bench: Bench, error: Exception, told: str) -> None:
    bench.answers["look"] = error
    async with world.app().run_test(size=(80, 24)) as pilot:
        await asked_about(pilot)
        await until(pilot, lambda: told in message(pilot))
        await press_slowly(pilot, "y")
        assert isinstance(pilot.app.screen, ApproveScreen)


async def test_a_refusal_is_in_the_log(world: World, bench: Bench) -> None:
    bench.answers["approve"] = [PromotionRefused("read-only", "nothing may be written", "switch it off")]
    async with world.app().run_test(size=WIDE) as pilot:
        await asked_about(pilot)
        await until(pilot, lambda: "Press y to approve" in message(pilot))
        await press_slowly(pilot, "y")
        await until(pilot, lambda: "✗ refused by gate read-only" in log_text(pilot))


async def test_a_read_only_session_approves_of_nothing(world: World, bench: Bench) -> None:
    async with world.app().run_test(size=WIDE) as pilot:
        await settled(pilot)
        await pilot.press("exclamation_mark")
        await asked_about(pilot)
        await until(pilot, lambda: "Press y to approve" in message(pilot))
        await press_slowly(pilot, "y")
        assert "this session is read-only" in message(pilot)
        assert [name for name, *_ in bench.asked if name != "inspect"] == ["look"]


@sizes
@pytest.mark.parametrize(
    ("environment", "tag", "told"),
    [(3, "1.14.1", "prod▲ is the last environment"), (2, "1.14.2", "test is not known to have shop/api:1.14.2")],
)
async def test_where_there_is_nothing_to_approve_it_says_so(
    world: World, bench: Bench, size: tuple[int, int], environment: int, tag: str, told: str
) -> None:
    async with world.app().run_test(size=size) as pilot:
        await settled(pilot)
        await go_to(pilot, tag, environment)
        await pilot.press("A")
        await until(pilot, lambda: told in " ".join(screen_text(pilot).split()))
        assert pilot.app.screen is board(pilot)
        assert bench.asked == []
