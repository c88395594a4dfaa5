"""What a board weighs: real pages through the real client into the real board, in a process of its own.

python -m tests.benchmarks.scale_memory REPOSITORIES TAGS ENVIRONMENTS
"""

import gc
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.scale_estate import BEGAN, Size
from tests.benchmarks.scale_run import Network, Stage, staged
from tests.simulation import simulate
from tui.domain.board import Board
from tui.domain.entries import joined, packed_page
from tui.domain.environment import PromotionPath
from tui.domain.reference import Repository
from tui.domain.snapshot import Snapshot
from tui.sandbox.acr.budgets import Budgets
from tui.ui.board_fold import apply

_NEAR: Final = Network(0.01, 1e9)
_WARMING: Final = 2
"""Repositories that are read before anything is measured: imports, pages that are made once, memory that is kept."""


@dataclass(frozen=True, slots=True)
class Weight:
    """Bytes for each cell: on a board that was looked at; as the journal recalls it; while its repository is read."""

    cells: int
    board: float
    recalled: float
    reading: float


def weigh(size: Size) -> Weight:
    """Measures in a process of its own."""
    command = [sys.executable, "-m", __name__, str(size.repositories), str(size.tags), str(size.environments)]
    return Weight(**json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout))


async def _weigh(size: Size, home: Path) -> Weight:
    async with staged(size, Budgets(), _NEAR, home) as stage:
        names, board = stage.estates[0].catalog(), Board(PromotionPath(tuple(stage.listers)))
        for name in names[:_WARMING]:
            board = await _with(board, stage, name)
        before = _resident()
        for name in names[_WARMING:]:
            board = await _with(board, stage, name)
        cells = (len(names) - _WARMING) * size.tags * size.environments
        at_rest = _resident() - before
        known = await stage.journal.recall([each.name for each in stage.listers])
        recalled = _resident() - before - at_rest
        kept = [await _read(stage, name) for name in names]
        being_read = _resident() - before - at_rest - recalled
    return Weight(cells, at_rest / cells, recalled / _count(known), being_read / sum(map(_count, kept)))


def _count(snapshots: Sequence[Snapshot]) -> int:
    return sum(len(snapshot.entries) for snapshot in snapshots)


async def _with(board: Board, stage: Stage, repository: Repository) -> Board:
    """The board with one more repository, each row of which was looked at, and which the journal keeps."""
    found = await _read(stage, repository)
    board = apply(board, [(snapshot.environment, repository, snapshot) for snapshot in found])
    len(board.sections[repository].rows)
    for snapshot in found:
        await stage.journal.remember(snapshot, lambda _: True)
    return board


async def _read(stage: Stage, repository: Repository) -> list[Snapshot]:
    found: list[Snapshot] = []
    for environment, lister in stage.listers.items():
        pages = [packed_page(page) async for page in lister.tags(repository)]
        found.append(Snapshot(environment.name, repository, BEGAN, joined(pages)))
    return found


def _resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def main(size: Size) -> None:
    """Prints the weight as JSON."""
    with tempfile.TemporaryDirectory() as home:
        print(json.dumps(asdict(simulate(lambda: _weigh(size, Path(home))))))


if __name__ == "__main__":
    main(Size(*map(int, sys.argv[1:4])))
