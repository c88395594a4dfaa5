"""The job strip: one line while something runs, none otherwise."""

import pytest
from textual.app import App, ComposeResult

from tests.ui.plans import PATH, Recorder
from tui.domain.events import BlobAdvanced, Direction, LineLogged, PromotionCancelled, PromotionStarted
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


async def test_it_hides_when_all_is_over():
    app = Stage()
    async with app.run_test():
        app.strip.show((job(),))
        assert app.strip.display
        app.strip.show((job().advance(Recorder()(PromotionCancelled())),))
        assert not app.strip.display
