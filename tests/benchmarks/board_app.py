"""The board as a process of its own, for a terminal: filled with a big board, and perhaps put under load.

python -m tests.benchmarks.board_app ROWS            stays until it is ended
python -m tests.benchmarks.board_app ROWS REPORT     goes through what may stall it, writes REPORT and ends
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.benchmarks.board_world import Maker, fill, make_app
from tests.fakes import NOW
from tui.domain.events import (
    BlobAdvanced,
    Direction,
    Event,
    How,
    LineLogged,
    PromotionStarted,
    Recorded,
    Step,
    StepStarted,
)
from tui.domain.reference import Reference, Repository, Tag
from tui.ui.app import WindlassApp
from tui.ui.collecting import collect_seldom
from tui.ui.messages import PromotionAdvanced, Said
from tui.ui.screens.board import BoardScreen
from tui.ui.survey_runner import SurveyRunner
from tui.ui.widgets.log_pane import LogPane

TRANSFERS = 50
LINES = 100_000
_BEAT = 0.001


class Heart:
    """Beats each millisecond on the event loop; `worst` is the most that the loop worked between two beats.

    Processor time is taken, in seconds: what other programs take of the machine meanwhile is no stall of this one.
    """

    def __init__(self) -> None:
        self.worst = 0.0

    async def run(self) -> None:
        """Beats until it is cancelled."""
        last = time.thread_time()
        while True:
            await asyncio.sleep(_BEAT)
            now = time.thread_time()
            self.worst, last = max(self.worst, now - last), now

    async def during(self, work: Callable[[], Awaitable[None]]) -> float:
        """The longest stall, in seconds, while `work` goes on and is painted."""
        await asyncio.sleep(10 * _BEAT)  # what was done since the last beat, as to count memory, is none of it
        self.worst = 0.0
        await work()
        await asyncio.sleep(0.5)
        return self.worst


class Load:
    """What an operator and fifty transfers do to the board."""

    def __init__(self, app: WindlassApp, rows: int) -> None:
        self._app = app
        self._rows = rows

    @property
    def screen(self) -> BoardScreen:
        """The board."""
        screen = self._app.screen_stack[0]
        assert isinstance(screen, BoardScreen)
        return screen

    async def opened(self) -> None:
        """Waits until there is a board and the survey of nothing is over."""
        while not isinstance(self._app.screen_stack[0], BoardScreen) or not self.screen.query(LogPane):
            await asyncio.sleep(0.01)
        while self.surveys.read_at is None:
            await asyncio.sleep(0.01)

    @property
    def surveys(self) -> SurveyRunner:
        """What holds the board."""
        assert self._app.deck is not None
        return self._app.deck.surveys

    async def fill(self) -> None:
        """Takes the board in as registries answer, one repository after the other, until every row is shown."""
        for result in Maker(self._rows).results():
            fill(self.surveys, [result])
            await asyncio.sleep(0)
        while len(self.screen.browser.matrix.rows) < self._rows:
            await asyncio.sleep(0.01)

    async def type(self) -> None:
        """Types a filter and clears it again."""
        for key in ("slash", *"a1b2", "space", *"prod", "colon", *"drift"):
            self._app.simulate_key(key)
            await asyncio.sleep(0.08)
        self._app.simulate_key("escape")

    async def log_at_once(self) -> None:
        """Ten thousand lines from one engine."""
        for at in range(10_000):
            self._tell(0, LineLogged(f"line {at} of a very talkative engine"))

    async def transfer(self) -> None:
        """Fifty transfers with ten events a second each, and a hundred thousand lines beside them."""
        for job in range(TRANSFERS):
            self._tell(job, PromotionStarted("direct", None, 10_000_000))
            self._tell(job, StepStarted(Step.PUSH))
        told, seconds = 0, 5
        for tick in range(seconds * 10):
            for job in range(TRANSFERS):
                at = f"sha256:{job * 7 + tick % 7:064x}"
                self._tell(job, BlobAdvanced(at, Direction.PUSH, tick * 200_000, 10_000_000, How.TRANSFERRED))
                for _ in range(LINES // (seconds * 10 * TRANSFERS)):
                    told += 1
                    self._tell(job, LineLogged(f"layer {told}: pushed"))
                await asyncio.sleep(0)
            await asyncio.sleep(0.1)

    def _tell(self, job: int, event: Event) -> None:
        name = Reference("prod.example", Repository(f"team/service-{job}"), Tag("1.0.0"))
        assert self._app.deck is not None
        self._app.deck.promotions._tell(PromotionAdvanced(Recorded(f"p{job}", NOW, name, name, event)))  # pyright: ignore[reportPrivateUsage]


def resident() -> float:
    """MiB of this process in memory now."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


async def stay(app: WindlassApp, rows: int) -> None:
    """Fills the board and says so in the log, for whoever watches the terminal."""
    load = Load(app, rows)
    await load.opened()
    await load.fill()
    load.screen.post_message(Said("READY"))


async def report(app: WindlassApp, rows: int, path: Path) -> None:
    """Goes through everything and writes how long the loop stood still, in seconds, and the memory in MiB."""
    load, heart = Load(app, rows), Heart()
    await load.opened()
    beating = asyncio.create_task(heart.run())
    found = {"empty": resident(), "fill": await heart.during(load.fill)}
    gc.collect()
    found["memory"] = resident()
    found["typing"] = await heart.during(load.type)
    found["lines"] = await heart.during(load.log_at_once)
    found["transfers"] = await heart.during(load.transfer)
    found["memory after"] = resident()
    beating.cancel()
    path.write_text(json.dumps(found))
    app.exit(0)


def main(rows: int, path: Path | None) -> None:
    """Runs the application with its load."""
    app = make_app()
    collect_seldom()

    async def begin() -> None:
        await (report(app, rows, path) if path else stay(app, rows))

    async def run() -> None:
        beginning = asyncio.create_task(begin())
        await app.run_async()
        await beginning

    asyncio.run(run())


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
