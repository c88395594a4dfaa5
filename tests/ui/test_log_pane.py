"""The log: everything in order, in batches, inert, with endings that nobody can mistake."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.selection import SELECT_ALL

from tests.ui.plans import API, DEV, NEW, NOON, OLD, PATH, PROD, TAG, Recorder
from tui.domain.events import (
    BlobAdvanced,
    Direction,
    Event,
    How,
    LineLogged,
    PromotionCancelled,
    PromotionFailed,
    PromotionRefused,
    PromotionStarted,
    PromotionSucceeded,
    Side,
    Step,
    StepStarted,
    TagLocked,
    TagMoved,
    TagUnlocked,
    Verified,
)
from tui.ui.glyphs import ASCII, UNICODE
from tui.ui.log_lines import fold
from tui.ui.widgets import log_pane
from tui.ui.widgets.log_pane import LogPane

sizes = pytest.mark.parametrize("size", [(80, 24), (160, 50)])
BEGIN = PromotionStarted("direct", OLD, 298_000_000)


class Stage(App[None]):
    """Nothing but a log."""

    def __init__(self, glyphs=UNICODE) -> None:
        super().__init__()
        self.log_pane = LogPane(PATH, clock=lambda: NOON, glyphs=glyphs)

    def compose(self) -> ComposeResult:
        yield self.log_pane


@asynccontextmanager
async def pane(size=(160, 50), glyphs=UNICODE) -> AsyncGenerator[tuple[LogPane, Pilot[Any]]]:
    app = Stage(glyphs)
    async with app.run_test(size=size) as pilot:
        yield app.log_pane, pilot


async def drawn(log: LogPane, pilot: Pilot[Any]) -> str:
    """What stands on the pane once what is pending was drawn."""
    while log.is_pending:
        await pilot.pause(log_pane.REPAINT_SECONDS / 4)
    return log.text


def tell(log: LogPane, record: Recorder, *events: Event) -> None:
    for event in events:
        log.record(record(event))


@sizes
async def test_a_whole_promotion_reads_pull_tag_push_verify(size):
    async with pane(size) as (log, pilot):
        record = Recorder()
        tell(log, record, BEGIN, StepStarted(Step.PULL, f"from {record.source}"))
        tell(log, record, StepStarted(Step.PUSH, "6 layers to go"))
        tell(log, record, BlobAdvanced("a", Direction.PUSH, 60_000_000, 60_000_000))
        tell(log, record, BlobAdvanced("b", Direction.PUSH, 0, 1_000_000, How.SKIPPED))
        tell(log, record, StepStarted(Step.TAG, f"{record.target} -> {NEW}"), TagMoved(OLD, NEW))
        tell(
            log, record, StepStarted(Step.VERIFY, f"read back {record.target}"), Verified(NEW), PromotionSucceeded(3.2)
        )
        text = await drawn(log, pilot)
    lines = [line[9:16].strip() for line in text.splitlines() if not line.startswith("    ")]
    assert lines == ["begin", "pull", "push", "push", "tag", "tag", "verify", "✓ verif", "✓ done"]
    assert f"verified {NEW}" in " ".join(text.split())
    assert "done in 3.2 s" in text
    assert "2/2 layers (1 already there)" in text


ENDINGS = [
    (
        PromotionRefused("from test", "no such tag", "promote it there"),
        "✗ refused by gate from test: no such tag — remedy: ",
    ),
    (PromotionFailed("push", Side.TARGET, "cannot push: reset"), "✗ failed: cannot push: reset"),
    (PromotionFailed("verify", Side.TARGET, f"MISMATCH: reads back {OLD}"), f"✗ MISMATCH: reads back {OLD}"),
    (PromotionCancelled(), "✗ cancelled"),
]


@sizes
@pytest.mark.parametrize(("ending", "said"), ENDINGS)
async def test_endings_are_words(ending, said, size):
    async with pane(size) as (log, pilot):
        tell(log, Recorder(), BEGIN, ending)
        text = " ".join((await drawn(log, pilot)).split())
        assert said.strip() in text
        assert f"prod▲/{API}:{TAG}" in text
        assert log.jobs == ()


async def test_an_ending_says_what_became_of_the_tag():
    async with pane() as (log, pilot):
        tell(log, Recorder("p1"), BEGIN, PromotionCancelled())
        tell(log, Recorder("p2"), BEGIN, TagMoved(None, NEW), PromotionCancelled())
        text = await drawn(log, pilot)
        assert "the tag is as it was" in text
        assert f"the tag was written: {NEW}" in text


async def test_what_runs_is_drawn_in_place_and_then_summed_up():
    async with pane() as (log, pilot):
        record = Recorder(target=DEV)
        tell(log, record, BEGIN, StepStarted(Step.PUSH))
        before = len((await drawn(log, pilot)).splitlines())
        for number in range(1, 8):
            tell(log, record, BlobAdvanced("sha256:" + "ab" * 32, Direction.PUSH, number * 30_000_000, 298_000_000))
        text = await drawn(log, pilot)
        assert "abababababab  ███████░░░   70 %  210/298 MB" in text
        assert "PUSH" in text
        assert "ETA 3 s" in text
        assert len(text.splitlines()) == before + 1
        tell(log, record, PromotionSucceeded(9.0))
        text = await drawn(log, pilot)
        assert "PUSH" not in text
        assert "210/298 MB  0/1 layer  30 MB/s" in text


async def test_many_promotions_show_a_line_each():
    async with pane() as (log, pilot):
        for number in range(5):
            blobs = (BlobAdvanced(f"{number}{at}", Direction.PUSH, 1, 9) for at in range(9))
            tell(log, Recorder(f"p{number}"), BEGIN, StepStarted(Step.PUSH), *blobs)
        text = await drawn(log, pilot)
        assert sum("PUSH" in line for line in text.splitlines()) == 5
        assert len(log.jobs) == 5
        assert "more layer" not in text


@sizes
async def test_of_very_many_promotions_half_the_pane_tells_and_the_rest_are_counted(size):
    async with pane(size) as (log, pilot):
        for number in range(40):
            tell(log, Recorder(f"p{number}"), PromotionStarted("acr-import", None, 1), StepStarted(Step.PUSH))
        live = [line for line in (await drawn(log, pilot)).splitlines() if "asking Azure" in line or "more: " in line]
        assert len(live) == size[1] // 2
        assert live[-1].strip() == f"and {41 - len(live)} more: {41 - len(live)} push"
        assert all(cell_len(line) <= size[0] for line in live)


async def test_what_locks_a_tag_is_said_once():
    async with pane() as (log, pilot):
        record = Recorder(target=PROD)
        for step, done in ((Step.LOCK, TagLocked(NEW)), (Step.UNLOCK, TagUnlocked(NEW))):
            log.note(record(StepStarted(step, str(record.target))))
            log.note(record(done))
        lines = (await drawn(log, pilot)).splitlines()
        assert [line[9:].strip() for line in lines] == [
            f"✓ locked prod▲/{API}:{TAG} at {NEW}",
            f"✓ unlocked prod▲/{API}:{TAG} at {NEW}",
        ]


async def test_what_was_stopped_while_it_wrote_the_tag_may_have_written_it():
    async with pane() as (log, pilot):
        tell(log, Recorder(), BEGIN, StepStarted(Step.TAG, "to prod"), PromotionCancelled())
        assert "the tag may have been written" in await drawn(log, pilot)


async def test_of_many_layers_a_few_are_shown_and_the_rest_counted():
    async with pane() as (log, pilot):
        layers = (BlobAdvanced(str(at), Direction.PUSH, 1, 9) for at in range(7))
        tell(log, Recorder(), BEGIN, StepStarted(Step.PUSH), *layers)
        assert "and 2 more layers" in await drawn(log, pilot)


@sizes
async def test_what_moves_no_bytes_here_shows_what_was_said_last(size):
    async with pane(size) as (log, pilot):
        said = [LineLogged("Azure: Running, 2 s"), LineLogged("Azure: Running, 12 s")]
        tell(log, Recorder(), BEGIN, StepStarted(Step.PULL), *said)
        text = await drawn(log, pilot)
        assert text.splitlines()[-1].endswith(f"PULL    prod▲/{API}:{TAG}  Azure: Running, 12 s")
        tell(log, Recorder(), LineLogged("a sentence that is " + "very " * 60 + "long"))
        line = (await drawn(log, pilot)).splitlines()[-1]
        assert "prod▲/" in line
        assert cell_len(line) <= size[0]


async def test_before_a_layer_moved_that_is_said():
    async with pane() as (log, pilot):
        tell(log, Recorder(), BEGIN, StepStarted(Step.PULL))
        assert "no layer has moved yet" in await drawn(log, pilot)


async def test_nothing_is_drawn_until_the_batch_is_due(monkeypatch):
    drawings = []
    monkeypatch.setattr(LogPane, "_repaint", lambda log, repaint=LogPane._repaint: (drawings.append(1), repaint(log)))
    async with pane() as (log, pilot):
        await drawn(log, pilot)
        drawings.clear()
        for number in range(20_000):
            log.say(f"line {number}")
        assert drawings == []
        text = await drawn(log, pilot)
        assert len(drawings) == 1
        assert text.endswith("line 19999")


async def test_the_history_is_bounded():
    async with pane() as (log, pilot):
        for start in (0, 9_000):
            for number in range(start, start + 9_000):
                log.say(f"line {number}")
            text = await drawn(log, pilot)
        lines = text.splitlines()
        assert len(lines) == log_pane.HISTORY == log.virtual_size.height
        assert lines[0].endswith("line 8000")


async def test_it_follows_the_end_unless_scrolled_up():
    async with pane((80, 24)) as (log, pilot):
        for number in range(100):
            log.say(f"line {number}")
        await drawn(log, pilot)
        assert log.is_vertical_scroll_end
        log.scroll_to(y=10, animate=False, immediate=True)
        await pilot.pause()
        log.say("one more")
        await drawn(log, pilot)
        assert log.scroll_offset.y == 10
        log.scroll_end(animate=False, immediate=True)
        log.say("the last")
        await drawn(log, pilot)
        assert log.is_vertical_scroll_end


@sizes
async def test_text_of_others_is_inert(size):
    async with pane(size) as (log, pilot):
        hostile = "[@click=app.quit]press[/] [/foo] \x1b]52;c;aGk=\x07 \u202e"
        tell(log, Recorder(), BEGIN, StepStarted(Step.PULL, hostile), LineLogged(hostile))
        tell(log, Recorder(), PromotionFailed("push", Side.TARGET, hostile))
        log.say(hostile)
        text = await drawn(log, pilot)
        assert text.count("[@click=app.quit]press[/]") == 4
        assert not set("\x1b\x07\u202e") & set(text)
        segments = [segment for y in range(size[1]) for segment in log.render_line(y)]
        assert not any("@click" in segment.style.meta for segment in segments if segment.style)
        assert not any("\x1b" in segment.text for segment in segments)


async def test_what_is_said_begins_with_its_kind():
    async with pane() as (log, pilot):
        for kind in ("info", "warning", "error", "command", "unheard-of"):
            log.say("text", kind)
        text = await drawn(log, pilot)
        assert [line[9:].split("text")[0].strip() for line in text.splitlines()] == [
            "note",
            "WARNING",
            "✗ ERROR",
            "$",
            "note",
        ]


async def test_what_came_before_the_screen_is_drawn_with_it():
    app = Stage()
    app.log_pane.say("early")
    async with app.run_test() as pilot:
        assert "early" in await drawn(app.log_pane, pilot)


async def test_another_width_wraps_anew():
    async with pane() as (log, pilot):
        log.say("word " * 25)
        assert len((await drawn(log, pilot)).splitlines()) == 1
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert len((await drawn(log, pilot)).splitlines()) == 2


async def test_what_is_read_stays_in_place_when_old_lines_go(monkeypatch):
    monkeypatch.setattr(log_pane, "HISTORY", 100)
    async with pane((80, 24)) as (log, pilot):
        for number in range(100):
            log.say(f"line {number}")
        await drawn(log, pilot)
        log.scroll_to(y=50, animate=False, immediate=True)
        for number in range(100, 110):
            log.say(f"line {number}")
        await drawn(log, pilot)
        assert log.scroll_offset.y == 40
        assert log.render_line(0).text.rstrip().endswith("line 50")


async def test_a_hidden_log_wraps_when_it_gets_a_width():
    async with pane() as (log, pilot):
        log.display = False
        await pilot.pause()
        log.say("said in the dark")
        log.display = True
        assert "said in the dark" in await drawn(log, pilot)


async def test_it_can_be_selected_with_the_mouse():
    async with pane() as (log, pilot):
        log.say("a value to take away")
        await drawn(log, pilot)
        before = log.render_line(0)
        log.screen.selections = {log: SELECT_ALL}
        await pilot.pause()
        assert log.get_selection(SELECT_ALL) == (log.text, "\n")
        assert log.render_line(0).text == before.text
        assert list(log.render_line(0)) != list(before)


async def test_it_keeps_to_ascii_where_asked():
    async with pane(glyphs=ASCII) as (log, pilot):
        tell(log, Recorder("p1"), BEGIN, StepStarted(Step.PUSH), BlobAdvanced("a", Direction.PUSH, 1, 9))
        tell(log, Recorder("p2"), BEGIN, PromotionRefused("g", "r", "m"))
        assert (await drawn(log, pilot)).isascii()


async def test_the_end_of_the_tag_is_on_screen_at_80_columns():
    async with pane((80, 24)) as (log, pilot):
        tell(log, Recorder(target=PROD), BEGIN, Verified(NEW))
        assert any(str(NEW) in line for line in (await drawn(log, pilot)).splitlines())


@given(st.text("ab 漢", max_size=300), st.integers(8, 60), st.integers(8, 60))
def test_folding_loses_nothing_and_fits(text, first, rest):
    pieces = fold(text, first, rest)
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")
    assert cell_len(pieces[0]) <= first
    assert all(cell_len(piece) <= rest for piece in pieces[1:])
