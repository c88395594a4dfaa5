"""Promotions from the board: one after another or, through Azure, side by side; none takes the board down."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Static

from tests.ui.world import (
    World,
    app_of,
    board,
    labels,
    log_text,
    look,
    make_world,
    opened,
    screen_text,
    settled,
    surveys_of,
    until,
)
from tui.domain.environment import EngineName
from tui.domain.events import (
    HookFailed,
    PromotionCancelled,
    PromotionRefused,
    PromotionStarted,
    PromotionSucceeded,
    Recorded,
)
from tui.domain.notices import RetryScheduled, WarningReceived
from tui.domain.plan import Plan, Request, consent_to
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.verdict import Consent, fails
from tui.ports.errors import JournalError
from tui.ui.plan_answer import Confirmed
from tui.ui.promotion_runner import PromotionRunner
from tui.ui.widgets.log_pane import LogPane

Run = Pilot[Any]
SIZE = (160, 50)


def promotions_of(pilot: Run) -> PromotionRunner:
    """What carries plans out."""
    deck = app_of(pilot).deck
    assert deck is not None
    return deck.promotions


def start(pilot: Run, planned: Sequence[Plan]) -> None:
    """Carries out plans that somebody has confirmed, whole."""
    promotions_of(pilot).start(Confirmed(tuple(planned), consent_to(planned)))


async def plans(world: World, *tags: str, engine: EngineName = EngineName.DIRECT) -> tuple[Plan, ...]:
    """Plans that bring tags of shop/api from base to prod, whose gates are open."""
    base, prod = world.path.base, world.path.environments[-1]
    requests = [Request(base, prod, Repository("shop/api"), Tag(tag), Tag(tag), engine) for tag in tags]
    return tuple([await world.workbench.plan(request) for request in requests])


async def imports(world: World, number: int) -> tuple[Plan, ...]:
    """Plans for as many new tags, which Azure is to import, and does not until its gate is set."""
    tags = [f"2.0.{at}" for at in range(number)]
    for tag in tags:
        world.registries["base"].put("shop/api", tag, f"new {tag}")
    world.azure.gate.clear()
    return await plans(world, *tags, engine=EngineName.ACR_IMPORT)


def jobs_of(pilot: Run) -> int:
    """How many promotions the board shows as running."""
    return len(board(pilot).query_one(LogPane).jobs)


def asked(pilot: Run) -> str:
    """The question that is asked, if one is."""
    parts = pilot.app.screen.query("#confirm-question")
    return str(parts.first(Static).content) if parts else ""


def events(world: World, kind: type) -> list[Recorded]:
    """What was journalled of one kind of event."""
    return [record for record in world.journal.records if isinstance(record.event, kind)]


async def test_a_set_is_carried_out_and_says_of_each_how_it_ended() -> None:
    world = make_world()
    world.registries["base"].put("shop/api", "1.15.0", "newest")
    async with world.app().run_test(size=SIZE) as pilot:
        await settled(pilot)
        start(pilot, await plans(world, "1.14.2", "1.15.0", "1.13.0"))
        await until(
            pilot,
            lambda: "the whole set is done: 3 promotions: 2 done and verified, 1 already there" in log_text(pilot),
        )
        assert "prod▲/shop/api:1.15.0: done" in log_text(pilot)
        assert "prod▲/shop/api:1.13.0: already there" in log_text(pilot)
        await until(pilot, lambda: look(pilot, "shop/api", "1.15.0", "prod").text == "= same")


async def test_what_is_refused_and_what_fails_is_told_of_each_and_keeps_no_other() -> None:
    world = make_world()
    world.registries["base"].put("shop/api", "1.15.0", "newest")
    async with world.app().run_test(size=SIZE) as pilot:
        await settled(pilot)
        good, moved, held = await plans(world, "1.14.2", "1.15.0", "1.14.1")
        world.registries["base"].put("shop/api", "1.15.0", "pushed anew")
        held = replace(held, verdicts=(fails("tags", "no such pattern", "another tag"),))
        start(pilot, (good, moved, held))
        await until(pilot, lambda: "3 promotions: 1 done and verified, 2 refused; NOT DONE" in log_text(pilot))
        assert "prod▲/shop/api:1.14.2: done" in log_text(pilot)
        assert "prod▲/shop/api:1.14.1: refused by tags" in log_text(pilot)
        assert "prod▲/shop/api:1.15.0: refused by " in log_text(pilot)
        assert len(events(world, PromotionRefused)) == 2


async def test_stopping_ends_everything_that_runs() -> None:
    world = make_world()
    world.registries["base"].put("shop/api", "1.15.0", "newest")
    async with world.app().run_test(size=SIZE) as pilot:
        await settled(pilot)
        planned = await plans(world, "1.14.2", "1.15.0")
        world.registries["prod"].gate.clear()
        start(pilot, planned)
        await until(pilot, lambda: len(events(world, PromotionStarted)) == 2)
        await pilot.press("J")
        await until(pilot, lambda: "waiting: 0. Stop everything?" in asked(pilot))
        await promotions_of(pilot).stop()
        assert len(events(world, PromotionCancelled)) == 2
        assert promotions_of(pilot).waiting == 0
        await until(pilot, lambda: log_text(pilot).count("✗ cancelled") == 2)
        assert "prod▲/shop/api:1.15.0: cancelled" in log_text(pilot)
        world.registries["prod"].gate.set()


async def test_what_azure_imports_goes_side_by_side() -> None:
    world = make_world()
    world.registries["base"].put("shop/api", "1.15.0", "newest")
    planned = [*await imports(world, 5), *await plans(world, "1.14.2", "1.15.0")]
    async with world.app().run_test(size=SIZE) as pilot:
        await settled(pilot)
        start(pilot, planned)
        await until(pilot, lambda: world.azure.running == 5)
        assert promotions_of(pilot).waiting == 0
        await until(pilot, lambda: jobs_of(pilot) == 7)
        world.azure.gate.set()
        await until(pilot, lambda: look(pilot, "shop/api", "2.0.4", "prod").text == "= same")
        await until(pilot, lambda: "the whole set is done: 7 promotions" in log_text(pilot))
        assert log_text(pilot).count("windlass promote shop/api:2.0.") == 5


async def test_stopping_tells_the_end_of_every_import_and_what_did_not_begin() -> None:
    world = make_world()
    async with world.app().run_test(size=SIZE) as pilot:
        await settled(pilot)
        start(pilot, await imports(world, 22))
        await until(pilot, lambda: jobs_of(pilot) == 20 and world.azure.running == 20)
        await pilot.press("J")
        await until(pilot, lambda: bool(asked(pilot)))
        assert asked(pilot).endswith("and 15 others; waiting: 2. Stop everything?")
        await promotions_of(pilot).stop()
        await until(pilot, lambda: jobs_of(pilot) == 0 and log_text(pilot).count("✗ cancelled") == 20)
        assert len(events(world, PromotionCancelled)) == 20
        assert promotions_of(pilot).waiting == 0
        assert log_text(pilot).count("not begun: windlass promote") == 2
        assert "22 promotions: 20 cancelled, 2 not begun; NOT DONE, see above: shop/api:2.0.0, " in " ".join(
            log_text(pilot).split()
        )


async def test_one_import_that_fails_stops_no_other_and_is_named_at_the_end() -> None:
    world = make_world()
    async with world.app().run_test(size=SIZE) as pilot:
        await settled(pilot)
        planned = await imports(world, 3)
        world.registries["base"].put("shop/api", "2.0.1", "pushed anew")
        world.azure.gate.set()
        start(pilot, planned)
        await until(
            pilot,
            lambda: (
                "3 promotions: 2 done and verified, 1 refused; NOT DONE, see above: shop/api:2.0.1" in log_text(pilot)
            ),
        )
        assert len(events(world, PromotionSucceeded)) == 2


async def test_what_cannot_be_recorded_of_an_import_stops_them_all() -> None:
    world = make_world()
    async with world.app().run_test(size=SIZE) as pilot:
        await settled(pilot)
        start(pilot, await imports(world, 3))
        await until(pilot, lambda: jobs_of(pilot) == 3 and world.azure.running == 3)
        world.journal.error = JournalError("the disk is full")
        world.azure.gate.set()
        await until(pilot, lambda: log_text(pilot).count("the disk is full; nothing goes on unrecorded") == 1)
        await until(pilot, lambda: jobs_of(pilot) == 0)
        assert all(isinstance(reference, Digest) for _, reference in world.registries["prod"].pushed)


async def test_what_cannot_be_recorded_stops_the_set_and_not_the_board() -> None:
    world = make_world()
    async with world.app().run_test(size=SIZE) as pilot:
        await settled(pilot)
        planned = await plans(world, "1.14.2")
        world.journal.error = JournalError("the disk is full")
        start(pilot, planned)
        await until(pilot, lambda: "nothing goes on unrecorded" in log_text(pilot))
        assert not world.registries["prod"].pushed


async def test_a_fault_in_an_engine_is_a_line_in_the_log() -> None:
    world = make_world()

    async def broken(plans: Sequence[Plan], consent: Consent) -> AsyncGenerator[Recorded, None]:
        del consent
        if plans:
            raise ZeroDivisionError("a fault")
        yield None  # type: ignore[misc]

    async with world.app().run_test(size=SIZE) as pilot:
        await settled(pilot)
        planned = await plans(world, "1.14.2")
        deck = app_of(pilot).deck
        assert deck
        promotions_of(pilot)._workbench = FakeBench(broken, world)  # type: ignore[assignment]
        start(pilot, planned)
        await until(pilot, lambda: "the promotion broke off: ZeroDivisionError" in log_text(pilot))
        assert pilot.app.is_running


async def test_hooks_that_could_not_be_told_are_counted_at_the_end() -> None:
    world = make_world()

    async def untold(plans: Sequence[Plan], consent: Consent) -> AsyncGenerator[Recorded, None]:
        del consent
        for plan in plans:
            for event in (HookFailed("webhook https://deploy.example", "it answers 500"), PromotionSucceeded(1.0)):
                yield Recorded("3fa2c9d1e0b4", world.clock(), plan.source, plan.target, event)

    async with world.app().run_test(size=SIZE) as pilot:
        await settled(pilot)
        planned = await plans(world, "1.14.2", "1.14.1")
        promotions_of(pilot)._workbench = FakeBench(untold, world)  # type: ignore[assignment]
        start(pilot, planned)
        await until(pilot, lambda: "2 hooks could NOT be told, see above" in log_text(pilot))
        assert "the whole set is done" in log_text(pilot)


class FakeBench:
    """A workbench that promotes as it is told."""

    def __init__(self, promote_all: Any, world: World) -> None:
        self.promote_all = promote_all
        self.path = world.path


async def test_jobs_without_any_say_so() -> None:
    async with make_world().app().run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press("J")
        await until(pilot, lambda: "nothing is being promoted" in log_text(pilot))


async def test_of_two_surveys_the_one_asked_for_later_counts() -> None:
    world = make_world()
    async with world.app().run_test(size=SIZE) as pilot:
        await settled(pilot)
        registry = world.registries["dev"]
        registry.gate.clear()
        surveys_of(pilot).refresh_all()
        await pilot.pause()
        held, registry.gate = registry.gate, asyncio.Event()
        registry.gate.set()
        registry.put("shop/api", "1.14.2", "moved meanwhile")
        surveys_of(pilot).refresh((Repository("shop/api"),))
        await until(pilot, lambda: look(pilot, "shop/api", "1.14.2", "dev").text.startswith("≠"))
        registry.put("shop/api", "1.14.2", "api 1.14.2")
        held.set()
        await until(pilot, lambda: not surveys_of(pilot).is_reading)
        assert look(pilot, "shop/api", "1.14.2", "dev").text.startswith("≠")


async def test_what_a_client_says_is_seen_on_the_column_and_in_the_log() -> None:
    world = make_world()
    async with world.app().run_test(size=SIZE) as pilot:
        await settled(pilot)
        world.workbench.notices(RetryScheduled("test.example", "list tags", "429", 8.0))
        world.workbench.notices(WarningReceived("test.example", "this registry [bold]moves[/]"))
        await until(pilot, lambda: "retry 8 s" in screen_text(pilot))
        await until(pilot, lambda: "warns: this registry [bold]moves[/]" in log_text(pilot))


async def test_the_log_can_be_hidden_shown_and_sized() -> None:
    async with make_world().app().run_test(size=SIZE) as pilot:
        await settled(pilot)
        log = pilot.app.screen.query_one("#log")
        height = log.outer_size.height
        await pilot.press("equals_sign")
        await until(pilot, lambda: log.outer_size.height == height + 2)
        await pilot.press("minus", "minus")
        await until(pilot, lambda: log.outer_size.height == height - 2)
        await pilot.press("backslash")
        await until(pilot, lambda: not log.display)
        await pilot.press("L")
        await until(pilot, lambda: log.has_focus)
        await pilot.press("plus")
        await until(pilot, lambda: log.outer_size.height == height)


async def test_a_focused_pane_grows_and_shrinks() -> None:
    async with make_world().app().run_test(size=SIZE) as pilot:
        await settled(pilot)
        for name in ("RepositoryList", "#inspector"):
            pane = pilot.app.screen.query_one(name)
            width = pane.outer_size.width
            pane.focus()
            await pilot.press("plus")
            await until(pilot, lambda pane=pane, width=width: pane.outer_size.width == width + 2)
            await pilot.press("underscore")
            await until(pilot, lambda pane=pane, width=width: pane.outer_size.width == width)


async def test_help_menu_palette_and_themes_open_and_run_what_they_list() -> None:
    async with make_world().app().run_test(size=SIZE) as pilot:
        await settled(pilot)
        await pilot.press("question_mark", *"only drift")
        await until(pilot, lambda: "only drift" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: len(labels(pilot)) == 3)
        await pilot.press("x")
        await until(pilot, lambda: "plan a promotion" in screen_text(pilot))
        assert "what can be done here" in screen_text(pilot)
        await pilot.press("escape", "colon")
        await until(pilot, lambda: "inspect the cell (reads only)" in screen_text(pilot))
        await pilot.press("escape", "comma")
        await until(pilot, lambda: "high contrast" in screen_text(pilot))
        assert set(pilot.app.available_themes) == {"dark", "light", "high contrast", "ansi-dark", "ansi-light"}


async def test_everything_can_be_read_again_only_once_at_a_time() -> None:
    world = make_world()
    async with world.app().run_test(size=SIZE) as pilot:
        await settled(pilot)
        prod = world.registries["prod"]
        reads = prod.reads
        prod.gate.clear()
        await pilot.press("R", "R", "R")
        prod.gate.set()
        await until(pilot, lambda: not surveys_of(pilot).is_reading and prod.reads > reads)
        assert prod.reads == reads + 2


async def test_a_board_that_is_quit_before_it_stands_ends() -> None:
    app = make_world(fill=False).app()
    async with app.run_test(size=SIZE) as pilot:
        await opened(pilot)
        await pilot.press("q")
    assert app.return_value == 0


async def test_a_size_given_by_hand_is_forgotten_where_the_pane_moves_elsewhere() -> None:
    async with make_world().app().run_test(size=SIZE) as pilot:
        await settled(pilot)
        inspector = pilot.app.screen.query_one("#inspector")
        inspector.focus()
        await pilot.press("plus")
        await pilot.resize_terminal(120, 50)
        await until(pilot, lambda: inspector.outer_size.width == 120)
