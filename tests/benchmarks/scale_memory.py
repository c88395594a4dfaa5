"""What a board weighs: real pages through the real client into the real board, in a process of its own.

python -m tests.benchmarks.scale_memory REPOSITORIES TAGS ENVIRONMENTS
"""

import gc
import json
import resource
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.scale_estate import Size
from tests.benchmarks.scale_run import Network, Stage, staged
from tests.simulation import simulate
from tui.domain.board import Board
from tui.domain.environment import PromotionPath
from tui.domain.snapshot import Snapshot
from tui.sandbox.acr.budgets import Budgets
from tui.ui.board_fold import Result, apply

_KIB: Final = 1024
_NEAR: Final = Network(0.01, 1e9)
_TOGETHER: Final = 20
"""Results that are folded into the board at a time."""


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes for each cell: on a board that was looked at, and at the most while it was read; seconds for 1,000 rows."""

    cells: int
    board: float
    peak: float
    kept: float
    """Bytes in the journal for each cell."""
    processor: float
    """Processor seconds of the client for 1,000 rows, with the journal and the board."""
    recall: float
    """Processor seconds to read 1,000 of them from the journal."""


def weigh(size: Size) -> Weight:
    """Measures in a process of its own."""
    command = [sys.executable, "-m", __name__, str(size.repositories), str(size.tags), str(size.environments)]
    return Weight(**json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))


async def _weigh(size: Size, home: Path) -> Weight:
    async with staged(size, Budgets(), _NEAR, home) as stage:
        await _warm_up(stage)
        before = _resident()
        board, reading = await _filled(stage)
        gc.collect()
        at_rest, peak = _resident() - before, _peak() - before
        cells = sum(len(each.entries) for section in board.sections.values() for each in _snapshots(section.readings))
        spent = _spent()
        await stage.journal.recall([each.name for each in stage.listers])
        recall = _spent() - spent
    kept = (home / "journal.db").stat().st_size / cells
    return Weight(cells, at_rest / cells, peak / cells, kept, reading / cells * 1000, recall / cells * 1000)


async def _warm_up(stage: Stage) -> None:
    """Imports, and every page made once."""
    lister, environment = next((lister, each) for each, lister in stage.listers.items())
    del environment
    async for _ in lister.tags(stage.top):
        pass


async def _filled(stage: Stage) -> tuple[Board, float]:
    """The board with everything, each row of which was looked at; and the processor seconds that it took."""
    board, waiting = Board(PromotionPath(tuple(stage.listers))), list[Result]()
    spent = 0.0

    def fold() -> None:
        nonlocal board, spent
        began = _spent()
        board = apply(board, waiting)
        for section in {name: board.sections[name] for _, name, _ in waiting}.values():
            len(section.rows)
        waiting.clear()
        spent += _spent() - began

    def hear(snapshot: Snapshot) -> None:
        waiting.append((snapshot.environment, snapshot.repository, snapshot))
        if len(waiting) == _TOGETHER:
            fold()

    reading = await stage.read(lambda event: hear(event.snapshot))
    fold()
    return board, reading.processor


def _snapshots(readings: tuple[object, ...]) -> list[Snapshot]:
    return [each for each in readings if isinstance(each, Snapshot)]


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(size: Size) -> None:
    """Prints the weight as JSON."""
    with tempfile.TemporaryDirectory() as home:
        print(json.dumps(asdict(simulate(lambda: _weigh(size, Path(home))))))


if __name__ == "__main__":
    main(Size(*map(int, sys.argv[1:4])))
