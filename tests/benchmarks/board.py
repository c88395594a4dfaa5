"""The board with 100,000 rows in six environments, beside a DataTable in the same run.

    python -m tests.benchmarks.board [ROWS]

Fill, filter, sort, cursor key and changed cells are processor time, so that what else runs on the machine counts for
nothing. The DataTable has 20,000 rows: more take it minutes to add, and a key takes it no longer. How fast a machine
is, is no test: it judges nothing.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from textual.pilot import Pilot
from textual.widgets import DataTable

from tests.benchmarks import board_keys
from tests.benchmarks.board_table import COLUMNS, TableApp
from tests.benchmarks.board_terminal import running
from tests.benchmarks.board_world import PATH, ROWS, Maker, fill, make_app
from tests.benchmarks.findings import Findings
from tests.benchmarks.table import Row, note, show
from tests.ui.world import matrix, settled, surveys_of, until
from tui.domain.board import Board
from tui.domain.query import parse_query
from tui.ui.board_fold import apply
from tui.ui.row_choice import Choice, RowChooser

_CHANGED, _REPAINTS = 1000, 5
_HELD = 0.04
"""Seconds between two keys. `Pilot.pause` would send a message to every widget, and be most of what is measured."""
_PAINTED = 0.05
"""Seconds until what was changed is painted: three frames. `call_after_refresh` is too soon for some widgets."""
_KEYS = ("down", "up", "pagedown", "pageup")


def findings(rounds: int, only: str) -> Findings:
    """All of it, once: every figure is of many repetitions by itself."""
    del rounds
    rows = [*structure(ROWS), *asyncio.run(painting(ROWS)), *stalls(ROWS), *board_keys.rows(ROWS)]
    return Findings(tuple(row for row in rows if only in row.name))


def structure(count: int) -> list[Row]:
    """Filling, filtering and sorting on their own, and the longest step after which the loop may have its turn."""
    note("fill, filter and sort")
    given = list(Maker(count).results())
    board, longest = apply(Board(PATH), given), 0.0
    filled = time.process_time()
    for section in board.sections.values():
        began = time.process_time()
        assert section.rows
        longest = max(longest, time.process_time() - began)
    filled = time.process_time() - filled
    rows = [_alone(f"fill {count:,} rows, in steps of {longest * 1000:.0f} ms at most", filled, 150)]
    chooser = RowChooser()
    for name, choice in _choices().items():
        rows.append(_alone(name, _timed(lambda choice=choice: chooser.rows(board, choice)), 150))
    return rows


def _choices() -> dict[str, Choice]:
    def asked(text: str) -> Choice:
        return Choice(parse_query(text, PATH.names))

    return {
        "filter `service-0 !1.0 prod:drift`": asked("service-0 !1.0 prod:drift"),
        "filter by digest `a1b2`": asked("a1b2"),
        "only drift": Choice(only_drift=True),
        "sort by prod": Choice(column=len(PATH.names) - 1),
    }


async def painting(count: int) -> list[Row]:
    """A cursor key and a thousand changed cells, repaint included, here and in a DataTable."""
    note("cursor key and changed cells")
    key, changed = await _table(20_000)
    app, maker = make_app(), Maker(count)
    async with app.run_test(size=(160, 50)) as pilot:
        await settled(pilot)
        fill(surveys_of(pilot), list(maker.results()))
        await until(pilot, lambda: len(matrix(pilot).rows) == count)
        await _rested()
        ours = await _press(pilot)
        await _rested()
        repaints = [await _repaint(pilot, maker) for _ in range(_REPAINTS)]
    return [
        _beside("cursor key", ours, key, 0.5),
        _beside(f"{_CHANGED:,} changed cells in one repaint", median(repaints), changed, 0.1),
    ]


async def _repaint(pilot: Pilot[Any], maker: Maker) -> float:
    """The processor time until cells that changed are painted. Why they differ is asked about afterwards."""
    shown, surveys = matrix(pilot), surveys_of(pilot)
    news, old = list(maker.changed(surveys.board, _CHANGED)), shown.rows
    began = time.process_time()
    fill(surveys, news)
    while shown.rows is old:
        await asyncio.sleep(0.01)
    await asyncio.sleep(_PAINTED)
    spent = time.process_time() - began
    await _rested()
    return spent


async def _rested() -> None:
    """Waits until nothing works in the background any more: it would count for a key."""
    used = 1.0
    while used > 0.02:
        began = time.process_time()
        await asyncio.sleep(0.5)
        used = time.process_time() - began


async def _table(count: int) -> tuple[float, float]:
    """The same of a DataTable."""
    app = TableApp(count)
    async with app.run_test(size=(160, 50)) as pilot:
        await pilot.pause(0.5)
        table = app.query_one(DataTable[str])
        key = await _press(pilot)
        began = time.process_time()
        for at in range(0, count, count // _CHANGED):
            table.update_cell_at((at, len(COLUMNS) - 1), "= 01234567")  # pyright: ignore[reportArgumentType]
        await asyncio.sleep(_PAINTED)
        return key, time.process_time() - began


async def _press(pilot: Pilot[Any], times: int = 10) -> float:
    """The median processor time of cursor keys, the repaint included; until the next, as of a key that is held."""
    spent: list[float] = []
    for key in _KEYS:
        for _ in range(times):
            began = time.process_time()
            pilot.app.simulate_key(key)
            await asyncio.sleep(_HELD)
            spent.append(time.process_time() - began)
    return median(spent)


def stalls(count: int) -> list[Row]:
    """How long the loop of the real application works at a stretch, and how much memory it has."""
    note("stalls and memory")
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "report.json")
        with running([sys.executable, "-m", "tests.benchmarks.board_app", str(count), str(path)]) as terminal:
            terminal.drain(300)
        found: dict[str, float] = json.loads(path.read_text())
    names = {
        "fill": "longest stall while registries answer",
        "typing": "longest stall while a filter is typed",
        "lines": "longest stall with 10,000 lines at once",
        "transfers": "longest stall with 50 transfers and 100,000 lines",
    }
    rows = [_alone(name, found[key], 50) for key, name in names.items()]
    told = f"{found['memory']:.0f} MiB (empty {found['empty']:.0f}, in the end {found['memory after']:.0f})"
    return [*rows, Row(f"memory with {count:,} rows", told, "", "", "150 MiB")]


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _alone(name: str, seconds: float, aim: int) -> Row:
    return Row(name, f"{seconds * 1000:.0f} ms", "", "", f"{aim} ms")


def _beside(name: str, ours: float, theirs: float, aim: float) -> Row:
    told = f"DataTable {theirs * 1000:.1f} ms"
    return Row(name, f"{ours * 1000:.1f} ms", told, f"{ours / theirs:.2f}", f"{aim}")


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    show("board", structure(wanted))
    show("board, painted", asyncio.run(painting(wanted)))
    show("board, stalls", stalls(wanted))
    show("board, keys", board_keys.rows(wanted))
