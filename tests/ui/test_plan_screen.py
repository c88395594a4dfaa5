"""The plan dialog: it shows all there is to know, and only a deliberate answer confirms it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.ui.plans import API, BASE, DEV, NEW, OLD, PROD, TAG, TEST, Clock, Desk, plan, request
from tui.domain.environment import EngineName, PromotionPath
from tui.domain.events import Side
from tui.domain.plan import Forecast, Keeping, Plan, Request, Transfer
from tui.domain.verdict import asks, fails
from tui.ports.errors import EngineError, Unreachable
from tui.ui.glyphs import ASCII
from tui.ui.plan_answer import Confirmed
from tui.ui.plan_changes import is_worth_telling
from tui.ui.screens.plan import PlanScreen
from tui.usecases.planning import CannotPlan

SIZES = [(80, 24), (160, 50)]
sizes = pytest.mark.parametrize("size", SIZES)
HOSTILE = "[@click=app.quit]x[/] [/foo] \x1b]52;c;aGk=\x07"


class Stage(App[None]):
    """An application that shows one dialog and keeps its answer."""

    def __init__(self, screen: PlanScreen) -> None:
        super().__init__()
        self.dialog = screen
        self.answers: list[Confirmed | None] = []

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.answers.append)


class Hand:
    """Presses keys with time passing in between, and reads the dialog."""

    def __init__(self, pilot: Pilot[Any], app: Stage, desk: Desk, clock: Clock) -> None:
        self.pilot, self.app, self.desk, self.clock = pilot, app, desk, clock

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.clock.wait()
            await self.pilot.press(key)
            await self.shown()

    async def shown(self) -> None:
        """Until nothing is being planned."""
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()

    def read(self, query: str) -> str:
        return str(self.app.dialog.query_one(query, Static).content)

    @property
    def text(self) -> str:
        return self.read("#plan-text")

    @property
    def message(self) -> str:
        return self.read("#plan-message")

    @property
    def answers(self) -> list[Confirmed | None]:
        return self.app.answers


@asynccontextmanager
async def dialog(
    *requests: Request, planner: Callable[[Request], Plan] = plan, size: tuple[int, int] = (80, 24)
) -> AsyncGenerator[Hand]:
    clock, desk = Clock(), Desk(planner)
    app = Stage(PlanScreen(desk, requests or (request(),), clock=clock))
    async with app.run_test(size=size) as pilot:
        hand = Hand(pilot, app, desk, clock)
        await hand.shown()
        yield hand


def planned_of(answer: Confirmed | None) -> list[str]:
    """The repositories of what was confirmed."""
    return [item.request.repository for item in answer.plans] if answer else []


def refused(asked: Request) -> Plan:
    return plan(asked, verdicts=(fails("from test", "test has no such tag", "promote this digest to test first"),))


def flattening(asked: Request) -> Plan:
    refusal = "" if asked.confirms_change or asked.engine is not EngineName.DOCKER else "it would flatten an index"
    forecast = Forecast(asked.engine, Keeping.LOST, "one platform goes", refusal)
    return plan(asked, forecast=forecast, verdicts=(fails("engine", refusal, ""),) if refusal else ())


# What it shows


async def test_a_set_is_listed_with_a_line_for_each_on_a_narrow_screen():
    def planner(asked: Request) -> Plan:
        return plan(asked, current={"1.0.0": None, "1.0.1": OLD}.get(asked.tag, NEW))

    tags = ("1.0.0", "1.0.1", "1.0.2")
    async with dialog(*(request(PROD, tag=tag) for tag in tags), planner=planner) as hand:
        listed = hand.text.splitlines()[1:4]
        fates = ("missing: will be created", "WILL BE OVERWRITTEN", "same: nothing to do")
        assert all(fate in line for fate, line in zip(fates, listed, strict=True))
        assert max(map(len, listed)) <= 76


@sizes
async def test_it_shows_everything_that_is_known(size):
    wishing = replace(PROD, unmet_wishes=("lock: the registry cannot lock tags",))
    async with dialog(request(wishing), planner=lambda asked: plan(asked, current=OLD), size=size) as hand:
        for known in (
            f"base.example/{API}:{TAG}",
            str(NEW),
            f"prod.example/{API}:{TAG}",
            f"≠ will overwrite {OLD}",
            "linux/amd64, linux/arm64/v8",
            "61 MB of 298 MB, 4 layers and 3 manifests to go",
            "2 signatures",
            "direct (digest kept): copies all 2 platforms byte for byte",
            "✓ passes read-only",
            "! not carried out: lock: the registry cannot lock tags",
            f"windlass promote {API}:{TAG} --from base --to prod",
        ):
            assert known in hand.text


async def test_where_all_is_there_nothing_is_to_go():
    def whole(asked: Request) -> Plan:
        return replace(plan(asked, verdicts=()), transfer=Transfer((), 0, 0))

    async with dialog(planner=whole) as hand:
        assert "nothing of 298 MB: all of it is there" in hand.text
        assert "no signatures, SBOMs or attestations" in hand.text
        assert "gates      none" in hand.text


@pytest.mark.parametrize(("current", "said"), [(None, "· missing"), (NEW, "= same"), (OLD, f"overwrite {OLD}")])
async def test_it_says_what_is_there_now(current, said):
    async with dialog(planner=lambda asked: plan(asked, current=current)) as hand:
        assert said in hand.text


@sizes
async def test_a_set_lists_every_promotion_and_tells_the_first_in_full(size):
    names = [f"shop/service-{number}" for number in range(30)]
    async with dialog(*(request(repository=name) for name in names), size=size) as hand:
        assert all(f"{name}:{TAG} " in hand.text for name in names)
        assert [hand.text.count(f"{name}:{TAG} ") for name in names] == [3] * 20 + [1] * 10
        assert "30 promotions: 30 new; 61 MB to transfer" in hand.text
        assert "10 are in the list above and not told in full below" in hand.text


async def test_of_a_large_set_what_is_refused_or_overwrites_is_told_in_full_wherever_it_stands():
    def planner(asked: Request) -> Plan:
        match asked.tag:
            case "190":
                return refused(asked)
            case "195":
                return plan(asked, current=OLD)
            case _:
                return plan(asked)

    async with dialog(*(request(tag=str(number)) for number in range(200)), planner=planner) as hand:
        assert "200 promotions: 198 new, 1 OVERWRITE, 1 REFUSED" in hand.text
        assert "test has no such tag — remedy: promote this digest" in hand.text
        assert f"will overwrite {OLD}" in hand.text
        assert "178 are in the list above" in hand.text
        assert hand.message.startswith("198 new, 1 OVERWRITE; 1 cannot: see above; ")


@sizes
async def test_the_keys_and_the_question_are_always_in_sight(size):
    async with dialog(*(request(PROD, f"shop/s{number}") for number in range(30)), size=size) as hand:
        await hand.press("y")
        screen = hand.app.dialog.region
        for query in ("#plan-message", "#plan-name", "Footer"):
            region = hand.app.dialog.query_one(query).region
            assert region.height > 0
            assert screen.contains_region(region)


@sizes
async def test_text_of_others_is_inert(size):
    hostile = fails(f"gate {HOSTILE}", HOSTILE, HOSTILE)
    forecast = Forecast(EngineName.DIRECT, Keeping.KEPT, HOSTILE)
    async with dialog(planner=lambda asked: plan(asked, forecast=forecast, verdicts=(hostile,)), size=size) as hand:
        await hand.press("y")
        for shown in (hand.text, hand.message):
            assert "[@click=app.quit]x[/]" in shown
            assert "\x1b" not in shown
        lines = hand.app.dialog._compositor.render_strips()
        assert not any("@click" in segment.style.meta for strip in lines for segment in strip if segment.style)


async def test_a_protected_target_looks_different():
    async with dialog(request(PROD)) as hand:
        frame = hand.app.dialog.query_one("#plan")
        assert frame.has_class("-protected")
        assert "PROTECTED" in str(frame.border_title)
    async with dialog(request(TEST)) as hand:
        assert not hand.app.dialog.query_one("#plan").has_class("-protected")


async def test_it_keeps_to_ascii_where_asked():
    app = Stage(PlanScreen(Desk(), (request(PROD),), clock=Clock(), glyphs=ASCII))
    async with app.run_test() as pilot:
        await Hand(pilot, app, Desk(), Clock()).shown()
        assert str(app.dialog.query_one("#plan-text", Static).content).isascii()


# Errors


@pytest.mark.parametrize(
    "error",
    [
        CannotPlan("base has no such tag: nothing to promote"),
        Unreachable("resolve 1.14.2", "base.example", "connection refused"),
        EngineError("reach the engine", Side.ENGINE, "no socket"),
        RuntimeError("a fault"),
    ],
)
async def test_an_error_is_a_sentence_and_cannot_be_confirmed(error):
    def fail(asked: Request) -> Plan:
        raise error

    async with dialog(planner=fail) as hand:
        assert (
            f"✗ not planned: {'planning failed unexpectedly' if isinstance(error, RuntimeError) else error}"
            in hand.text
        )
        await hand.press("y")
        assert hand.message.startswith("cannot go")
        assert hand.answers == []


# Answers


@sizes
async def test_enter_does_nothing(size):
    async with dialog(size=size) as hand:
        await hand.press("enter", "enter", "space")
        assert hand.answers == []
        assert hand.app.screen is hand.app.dialog


@sizes
async def test_y_confirms_all_plans(size):
    async with dialog(request(), request(repository="shop/web"), size=size) as hand:
        await hand.press("y")
        assert [planned_of(answer) for answer in hand.answers] == [[API, "shop/web"]]


@pytest.mark.parametrize("key", ["n", "escape"])
async def test_n_and_escape_cancel(key):
    async with dialog() as hand:
        await hand.press(key)
        assert hand.answers == [None]


@pytest.mark.parametrize("key", ["y", "n", "t", "e", "r", "escape"])
async def test_keys_that_come_too_soon_are_ignored(key):
    async with dialog() as hand:
        hand.clock.wait(0.39)
        await hand.pilot.press(key)
        await hand.shown()
        assert hand.answers == []
        assert len(hand.desk.asked) == 1


async def test_a_held_key_is_never_an_answer():
    async with dialog() as hand:
        for _ in range(50):
            hand.clock.wait(0.03)
            await hand.pilot.press("y")
        assert hand.answers == []
        await hand.press("y")
        assert len(hand.answers) == 1


async def test_a_plan_made_anew_must_be_read_anew():
    async with dialog() as hand:
        await hand.press("r")
        hand.clock.wait(0.1)
        await hand.pilot.press("y")
        assert hand.answers == []


async def test_a_refused_plan_cannot_be_confirmed_and_y_says_why():
    async with dialog(planner=refused) as hand:
        assert "✗ REFUSED by gate from test: test has no such tag — remedy: promote this digest" in hand.text
        await hand.press("y")
        assert hand.answers == []
        assert "gate from test refuses shop/api:1.14.2" in hand.message


def mixed(asked: Request) -> Plan:
    """One that a gate refuses, one that cannot be planned, all others may go."""
    if asked.repository == "shop/gone":
        raise CannotPlan("base has no such tag: nothing to promote")
    return refused(asked) if asked.repository == "shop/web" else plan(asked)


@sizes
async def test_what_is_refused_or_not_planned_keeps_no_other_and_is_journalled_with_them(size):
    requests = (request(), *(request(repository=name) for name in ("shop/web", "shop/gone", "shop/cron")))
    async with dialog(*requests, planner=mixed, size=size) as hand:
        assert "2 new, 1 REFUSED, 1 not planned" in hand.text
        assert hand.message.startswith("2 new; 2 cannot: see above; ")
        await hand.press("y")
        assert [planned_of(answer) for answer in hand.answers] == [[API, "shop/web", "shop/cron"]]


async def test_where_none_of_a_set_can_go_y_says_why():
    async with dialog(request(repository="shop/web"), request(repository="shop/gone"), planner=mixed) as hand:
        await hand.press("y")
        assert hand.answers == []
        assert "gate from test refuses shop/web:1.14.2" in hand.message


def asking(asked: Request) -> Plan:
    """An overwrite, which is asked about; of a protected target that is as well."""
    protected = (asks("protected", "prod is protected", "type it"),) if asked.target.protected else ()
    return plan(asked, current=OLD, verdicts=(*protected, asks("overwrite", f"will replace {OLD}", "say yes")))


async def test_what_a_yes_means_is_shown_and_the_yes_goes_so_far():
    async with dialog(planner=asking) as hand:
        assert f"? asks: will replace {OLD} (gate overwrite)" in hand.text
        await hand.press("y")
        assert [answer.consent.gates for answer in hand.answers if answer] == [{"overwrite"}]


async def test_only_a_typed_name_agrees_to_a_protected_target():
    async with dialog(request(PROD), planner=asking) as hand:
        await hand.press("y", *"pro", "enter")
        assert hand.answers == []
        await hand.press("d", "enter")
        assert [answer.consent.gates for answer in hand.answers if answer] == [{"overwrite", "protected"}]


async def test_what_only_the_refused_ask_for_is_not_agreed_to():
    def planner(asked: Request) -> Plan:
        held = (*asking(asked).verdicts, fails("signed", "no signature", "sign it"))
        return plan(asked, current=OLD, verdicts=held) if asked.repository == "shop/web" else plan(asked)

    async with dialog(request(), request(repository="shop/web"), planner=planner) as hand:
        await hand.press("y")
        assert [answer.consent.gates for answer in hand.answers if answer] == [frozenset()]


@pytest.mark.parametrize(
    ("occasion", "titled"), [("undo 3fa2", "undo 3fa2: promote"), ("resume 9c1b", "resume 9c1b: ")]
)
async def test_an_undo_says_so_and_has_no_other_target_or_engine(occasion, titled):
    async with dialog(request(occasion=occasion)) as hand:
        assert str(hand.app.dialog.query_one("#plan").border_title).startswith(f"{occasion}: promote to test")
        assert f"windlass {occasion}" in hand.text
        await hand.press("t", "e")
        assert len(hand.desk.asked) == 1
        assert not {"change_target", "change_engine"} & {
            active.binding.action for active in hand.app.dialog.active_bindings.values()
        }


async def test_while_it_plans_y_only_says_so():
    class Slow(Desk):
        async def plan(self, request: Request) -> Plan:
            await asyncio.Event().wait()
            raise AssertionError

    clock, desk = Clock(), Slow()
    app = Stage(PlanScreen(desk, (request(),), clock=clock))
    async with app.run_test() as pilot:
        clock.wait()
        await pilot.press("y")
        assert "still planning" in str(app.dialog.query_one("#plan-message", Static).content)
        assert "planned 0 of 1: shop/api:1.14.2" in str(app.dialog.query_one("#plan-text", Static).content)
        clock.wait()
        await pilot.press("escape")
        assert app.answers == [None]


async def test_while_it_plans_many_it_says_how_far_it_is():
    class Slow(Desk):
        async def plan(self, request: Request) -> Plan:
            if len(self.asked) == 2:
                await asyncio.Event().wait()
            return await super().plan(request)

    app = Stage(PlanScreen(Slow(), (request(),) * 3))
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "planned 2 of 3: shop/api:1.14.2" in str(app.dialog.query_one("#plan-text", Static).content)


def test_of_many_plans_a_hundred_words_at_most_are_said():
    assert [made for made in range(1, 4) if is_worth_telling(made, 3)] == [1, 2, 3]
    told = [made for made in range(1, 5001) if is_worth_telling(made, 5000)]
    assert (len(told), told[-1]) == (100, 5000)


# Protected targets


@sizes
async def test_a_protected_target_asks_for_its_name(size):
    async with dialog(request(PROD), size=size) as hand:
        await hand.press("y")
        assert hand.answers == []
        assert "Type its name, prod, and press Enter" in hand.message
        await hand.press(*"prod")
        assert hand.answers == []
        await hand.press("enter")
        assert [answer.plans[0].request.target for answer in hand.answers if answer] == [PROD]


@pytest.mark.parametrize("typed", ["", "y", "prodd", "PROD", " prod"])
async def test_no_other_text_confirms(typed):
    async with dialog(request(PROD)) as hand:
        await hand.press("y")
        hand.app.dialog.query_one("#plan-name", Input).value = typed
        await hand.press("enter")
        assert hand.answers == []
        assert hand.app.screen is hand.app.dialog


async def test_escape_leaves_the_name_first_and_then_the_dialog():
    async with dialog(request(PROD)) as hand:
        await hand.press("y", "p", "escape")
        assert hand.answers == []
        assert not hand.app.dialog.query_one("#plan-name").display
        await hand.press("enter")
        assert hand.answers == []
        await hand.press("escape")
        assert hand.answers == [None]


# Changes


async def test_t_goes_through_all_that_may_be_a_target():
    async with dialog(request(DEV)) as hand:
        await hand.press("t", "t", "t")
        assert [asked.target for asked in hand.desk.asked] == [DEV, TEST, PROD, DEV]
        assert not hand.app.dialog.query_one("#plan").has_class("-protected")


async def test_another_target_takes_from_the_one_before_it():
    async with dialog(replace(request(TEST), source=DEV)) as hand:
        await hand.press("t", "t")
        ends = [(asked.source, asked.target) for asked in hand.desk.asked]
        assert ends == [(DEV, TEST), (TEST, PROD), (BASE, DEV)]


async def test_where_there_is_one_target_t_says_so():
    async with dialog(request(DEV)) as hand:
        hand.desk.path = PromotionPath((BASE, DEV))
        await hand.press("t")
        assert hand.message == "there is no other target"
        assert len(hand.desk.asked) == 1


async def test_e_goes_through_the_engines():
    async with dialog() as hand:
        await hand.press("e", "e")
        assert [asked.engine for asked in hand.desk.asked] == [EngineName.AUTO, EngineName.DIRECT, EngineName.DOCKER]


async def test_a_dry_run_plans_anew_and_writes_nothing():
    async with dialog() as hand:
        await hand.press("r")
        assert len(hand.desk.asked) == 2
        assert hand.message == "dry run: 1 new; 61 MB to transfer; nothing was written"
        assert hand.answers == []


async def test_a_allows_a_change_where_the_engine_asks_for_it():
    async with dialog(request(engine=EngineName.DOCKER), planner=flattening) as hand:
        assert "DIGEST WILL CHANGE" in hand.text
        await hand.press("y")
        assert hand.answers == []
        await hand.press("a")
        assert hand.desk.asked[-1].confirms_change
        await hand.press("y")
        assert len(hand.answers) == 1


async def test_a_is_not_offered_elsewhere():
    async with dialog() as hand:
        await hand.press("a")
        assert len(hand.desk.asked) == 1


async def test_another_engine_takes_the_permission_back():
    async with dialog(request(engine=EngineName.DOCKER), planner=flattening) as hand:
        await hand.press("a", "e")
        assert not hand.desk.asked[-1].confirms_change
