"""All promotions on the history screen: told, filtered, opened, exported, undone, and the journal verified."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.fakes import NOW
from tests.ui.benches import Bench, benched, past
from tests.ui.plans import NEW, OLD
from tests.ui.test_history_screen import API, PAST, TAG, rows, sheet
from tests.ui.world import World, log_text, make_world, screen_text, settled, until
from tui.domain.events import PromotionFailed, PromotionStarted, Recorded, Side, Step, StepStarted, TagMoved
from tui.domain.past import ChainCheck, Outcome, Past
from tui.ports.errors import JournalError
from tui.ui.screens.help import HelpScreen
from tui.ui.screens.history import HistoryScreen
from tui.ui.screens.promotion import PromotionScreen
from tui.ui.widgets.sheet import Sheet
from tui.usecases.undoing import CannotUndo

sizes = pytest.mark.parametrize("size", [(60, 20), (80, 24), (160, 50)])
WIDE = (160, 50)
Run = Pilot[Any]


def promotions(world: World) -> list[Past]:
    """One of each kind."""
    return [
        past(world, "2.0.0", Outcome.SUCCEEDED, "a" * 12, moved=True, replaced=OLD, by="alice"),
        past(world, "2.0.1", Outcome.REFUSED, "b" * 12, detail="gate from: test does not hold it", by="bob"),
        past(world, "2.0.2", Outcome.FAILED, "c" * 12, detail="connection refused"),
        past(world, "2.0.3", Outcome.INTERRUPTED, "d" * 12),
        past(world, "2.0.0", Outcome.SUCCEEDED, "e" * 12, moved=True, untagged=True, occasion="undo aaaaaaaaaaaa"),
    ]


@asynccontextmanager
async def shown(size: tuple[int, int] = WIDE, *, world: World | None = None) -> AsyncGenerator[tuple[Run, Bench]]:
    """The history of all promotions."""
    world = world or make_world()
    world.journal.past = PAST
    world.journal.promoted = world.journal.promoted or promotions(world)
    bench = benched(world)
    app = world.app()
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        assert app.deck is not None
        await app.push_screen(HistoryScreen(app.deck, API, TAG))
        await until(pilot, lambda: ": 4 changes" in screen_text(pilot))
        await pilot.press("a", "a")
        await until(pilot, lambda: "all promotions: " in screen_text(pilot) and "reading" not in screen_text(pilot))
        await pilot.pause()
        yield pilot, bench


def unwrapped(text: str) -> str:
    """`text` without what wraps it: a narrow screen breaks lines within words, inside a frame."""
    return "".join(letter for letter in text if not letter.isspace() and not "─" <= letter <= "╿")


@sizes
async def test_every_promotion_says_when_how_it_ended_and_where(size: tuple[int, int]) -> None:
    async with shown(size) as (pilot, _):
        assert "all promotions: 5" in screen_text(pilot)
        outcomes = ("succeeded", "refused", "failed", "interrupted", "succeeded")
        texts = [sheet(pilot).render_line(y).text for y in range(5)]
        for text, outcome in zip(texts, outcomes, strict=True):
            assert "3 h" in text
            assert outcome in text
            assert len(text) <= size[0]
        if size == WIDE:
            assert "prod▲/shop/api:2.0.1" in texts[1]
            assert "gate from: test does not hold it, by bob" in texts[1]
            assert "took a1b2c3d4 away (undo aaaaaaaaaaaa)" in texts[4]
            assert "undone since: " in texts[0]


@sizes
async def test_the_chosen_one_is_told_whole(size: tuple[int, int]) -> None:
    async with shown(size) as (pilot, _):
        told = unwrapped(screen_text(pilot))
        assert f"now{NEW}"[:50] in told
        assert (f"now{NEW}" in told) is (size[0] > 60)
        assert "succeeded,thetagwaswritten" in told
        assert "aaaaaaaaaaaa" in told
        await pilot.press("down")
        await until(pilot, lambda: "refused,thetagwasnotwritten" in unwrapped(screen_text(pilot)))
        assert "nowsha256" not in unwrapped(screen_text(pilot))


@sizes
async def test_words_narrow_the_lines_and_escape_widens_them(size: tuple[int, int]) -> None:
    async with shown(size) as (pilot, _):
        await pilot.press("slash", *"shop/api !2.0.0 alice")
        await until(pilot, lambda: "0 of 5" in screen_text(pilot))
        await pilot.press(*["backspace"] * 5)
        await until(pilot, lambda: "all promotions: 3 of 5" in screen_text(pilot))
        await pilot.press("enter")
        assert sheet(pilot).has_focus
        assert sheet(pilot).count == 3
        await pilot.press("escape")
        await until(pilot, lambda: "all promotions: 5" in screen_text(pilot))
        assert isinstance(pilot.app.screen, HistoryScreen)
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, HistoryScreen))


@sizes
async def test_enter_tells_a_promotion_event_by_event(size: tuple[int, int]) -> None:
    world = make_world()
    chosen = promotions(world)[0]
    for event in (
        PromotionStarted("direct", OLD, 1_000_000, by="alice"),
        StepStarted(Step.PUSH, "copy"),
        TagMoved(OLD, NEW),
        PromotionFailed("verify", Side.TARGET, "MISMATCH: it reads back otherwise"),
    ):
        world.journal.records.append(Recorded(chosen.promotion, NOW, chosen.source, chosen.target, event))
    async with shown(size, world=world) as (pilot, _):
        await pilot.press("enter")
        await until(pilot, lambda: "aaaaaaaaaaaa: 4 events" in screen_text(pilot))
        widget = pilot.app.screen.query_one(Sheet)
        told = " ".join(" ".join(widget.render_line(y).text for y in range(widget.count)).split())
        for known in ("begin test/shop/api:2.0.0 → prod▲/shop/api:2.0.0", "now sha256:a1b2", "MISMATCH: it reads back"):
            assert known in told
        await until(pilot, lambda: "$ windlass history --promotion aaaaaaaaaaaa" in " ".join(log_text(pilot).split()))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HistoryScreen))


async def test_a_promotion_that_cannot_be_read_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    async with shown() as (pilot, _):

        async def fail(*_: Any) -> list[Recorded]:
            raise JournalError("the journal is locked")

        monkeypatch.setattr(Bench, "promotion", fail)
        await pilot.press("enter")
        await until(pilot, lambda: "not read: the journal is locked" in screen_text(pilot))
        assert isinstance(pilot.app.screen, PromotionScreen)


async def test_what_was_only_seen_has_no_events_and_no_undo() -> None:
    async with shown() as (pilot, bench):
        await pilot.press("a", "enter")
        await until(pilot, lambda: "it was only seen" in screen_text(pilot))
        await pilot.press("z")
        assert isinstance(pilot.app.screen, HistoryScreen)
        assert bench.asked == []


async def test_a_tags_history_opens_its_promotions_as_well() -> None:
    async with shown() as (pilot, _):
        await pilot.press("a")
        await until(pilot, lambda: ": 4 changes" in screen_text(pilot))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "3fa2c9d1e0b4: 0 events" in screen_text(pilot))


async def test_z_undoes_the_chosen_one_and_says_where_it_cannot_be() -> None:
    async with shown() as (pilot, bench):
        bench.answers["undoing"] = CannotUndo("its tag was moved since")
        await pilot.press("down", "z")
        await until(pilot, lambda: "cannot undo: its tag was moved since" in screen_text(pilot))
        assert bench.asked == [("undoing", "b" * 12)]
        assert isinstance(pilot.app.screen, HistoryScreen)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (ChainCheck(41, "f00d"), "the journal is as it was written: 41 events; its head is f00d"),
        (ChainCheck(41, "f00d", 7, "it was edited"), "NOT AS IT WAS WRITTEN, from event 7 on: it was edited"),
        (JournalError("it is locked"), "not verified: it is locked"),
    ],
)
async def test_v_verifies_the_journal(answer: object, told: str) -> None:
    async with shown() as (pilot, bench):
        bench.answers["check"] = answer
        await pilot.press("v")
        await until(pilot, lambda: told in screen_text(pilot))
        is_bad = "as it was written: " not in told
        assert pilot.app.screen.query_one("#history-message").has_class("-failed") is is_bad


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def test_what_is_shown_is_written_to_a_file_and_its_name_is_told(folder: Path) -> None:
    async with shown() as (pilot, _):
        await pilot.press("slash", *"bob", "enter", "e")
        await until(pilot, lambda: "wrote " in screen_text(pilot))
        (file,) = folder.iterdir()
        assert file.name.startswith("windlass-history-")
        assert file.name in screen_text(pilot)
        document = json.loads(file.read_text())
        assert (document["schema"], document["subject"], document["filter"]) == (1, "all promotions", "bob")
        assert [(line["promotion"], line["outcome"], line["by"]) for line in document["lines"]] == [
            ("b" * 12, "refused", "bob")
        ]


async def test_a_tags_history_is_written_as_well(folder: Path) -> None:
    async with shown() as (pilot, _):
        await pilot.press("a")
        await until(pilot, lambda: ": 4 changes" in screen_text(pilot))
        await pilot.press("e")
        await until(pilot, lambda: "wrote " in screen_text(pilot))
        (file,) = folder.iterdir()
        lines = json.loads(file.read_text())["lines"]
        assert [line["what"] for line in lines] == ["gone", "promoted", "first seen", "first seen"]
        assert lines[1]["promotion"] == "3fa2c9d1e0b4"


async def test_nothing_is_written_where_nothing_is_shown(folder: Path) -> None:
    async with shown() as (pilot, _):
        await pilot.press("slash", *"nobody", "enter", "e")
        await until(pilot, lambda: "there is nothing to write" in screen_text(pilot))
        assert list(folder.iterdir()) == []


async def test_help_lists_the_keys_of_the_screen_and_runs_them() -> None:
    async with shown() as (pilot, _):
        await pilot.press("question_mark", *"verify")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        await until(pilot, lambda: "verify that the journal is as it was written" in screen_text(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "the journal is as it was written: 41 events" in screen_text(pilot))


async def test_what_others_wrote_is_only_text() -> None:
    world = make_world()
    hostile = "[@click=app.quit]x[/] \x1b]52;c;aGk=\x07"
    world.journal.promoted = [replace(promotions(world)[1], by=hostile, detail=hostile)]
    async with shown(world=world) as (pilot, _):
        assert "[@click=app.quit]x[/] \ufffd]52" in rows(pilot)[0]
        assert "\x1b" not in screen_text(pilot)
