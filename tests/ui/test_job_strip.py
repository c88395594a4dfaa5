"""The job strip: one line while something runs, none otherwise."""

import pytest
from textual.app import App, ComposeResult

from tests.ui.plans import PATH, Recorder
from tui.domain.events import (
    BlobAdvanced,
    Direction,
    LineLogged,
    PromotionCancelled,
    PromotionStarted,
    Step,
    StepStarted,
)
from tui.domain.progress import Progress
from tui.ui.widgets.job_strip import JobStrip


class Stage(App[None]):
    """Nothing but a strip."""

    def __init__(self) -> None:
        super().__init__()
        self.strip = JobStrip(PATH)

    def compose(self) -> ComposeResult:
        yield self.strip


def job(promotion: str = "p1", done: int = 71) -> Progress:
    record = Recorder(promotion)
    begun = Progress.begin(record(PromotionStarted("direct", None, 1)))
    return begun.advance(record(BlobAdvanced("a", Direction.PUSH, done * 1_000_000, 100_000_000)))


def imported(number: int) -> Progress:
    """An import; every fourth is read back already."""
    record = Recorder(f"p{number}")
    begun = Progress.begin(record(PromotionStarted("acr-import", None, 1))).advance(record(StepStarted(Step.PUSH)))
    return begun.advance(record(StepStarted(Step.VERIFY))) if number % 4 == 0 else begun


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_it_is_one_line_of_what_runs(size):
    app = Stage()
    async with app.run_test(size=size) as pilot:
        assert not app.strip.display
        app.strip.show((job("p1"), job("p2", 12)))
        await pilot.pause()
        text = str(app.strip.render())
        assert text.startswith("2 jobs  prod▲/")
        assert "71 %" in text
        assert "12 %" in text
        assert len(text) <= size[0]
        assert app.strip.size.height == 1


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_it_says_what_an_engine_says_that_moves_no_bytes_here(size):
    record = Recorder()
    begun = Progress.begin(record(PromotionStarted("acr-import", None, 1)))
    app = Stage()
    async with app.run_test(size=size) as pilot:
        app.strip.show((begun.advance(record(LineLogged("Azure: Running, 12 s"))),))
        await pilot.pause()
        text = str(app.strip.render())
        assert text.startswith("1 job  prod▲/")
        assert text.endswith("Azure: Running, 12 s")


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
async def test_of_many_it_says_how_far_they_are_and_names_the_oldest(size):
    app = Stage()
    async with app.run_test(size=size) as pilot:
        app.strip.show(tuple(imported(number) for number in range(20)))
        await pilot.pause()
        text = str(app.strip.render())
        assert text.startswith("20 jobs: 15 push, 5 verify  oldest: prod▲/")
        assert text.endswith("reading back")
        assert len(text) <= size[0]


async def test_it_hides_when_all_is_over():
    app = Stage()
    async with app.run_test():
        app.strip.show((job(),))
        assert app.strip.display
        app.strip.show((job().advance(Recorder()(PromotionCancelled())),))
        assert not app.strip.display
