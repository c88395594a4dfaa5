"""How long the board takes with 100,000 rows: filling, filtering, sorting, and a key.

python -m tests.benchmarks.board [rows]

It prints figures and judges nothing: how fast a machine is, is no test.
"""

import asyncio
import random
import sys
import time
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

from tests.fakes import NOW
from tests.ui.world import make_world, matrix, settled
from tui.domain.board import Board
from tui.domain.query import parse_query
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import Snapshot, TagEntry
from tui.ui.board_fold import Result, apply
from tui.ui.row_choice import Choice, RowChooser

_REPOSITORIES = 100
_KEYS = ("down", "up", "right", "left", "pagedown", "pageup", "end", "home")


def results(path: tuple[str, ...], rows: int) -> list[Result]:
    """Snapshots of `rows` tags in all, most of them the same everywhere."""
    rng = random.Random(1)
    per_repository = rows // _REPOSITORIES
    found: list[Result] = []
    for number in range(_REPOSITORIES):
        repository = Repository(f"team-{number % 7}/service-{number:03}")
        tags = [Tag(f"1.{at // 50}.{at % 50}") for at in range(per_repository)]
        digests = {tag: Digest("sha256", f"{rng.getrandbits(256):064x}") for tag in tags}
        for name in path:
            entries = {tag: TagEntry(tag, digests[tag], NOW) for tag in tags if rng.random() < 0.95}
            found.append((name, repository, Snapshot(name, repository, NOW, entries)))
    return found


def timed(what: str, work: Callable[[], object]) -> float:
    """Prints how many milliseconds of processor time `work` takes; the seconds."""
    started = time.process_time()
    work()
    spent = time.process_time() - started
    print(f"{what:<58} {spent * 1000:9.1f} ms")
    return spent


def choose(board: Board) -> None:
    """Filtering and sorting on their own."""
    chooser, names = RowChooser(), board.path.names
    spent = timed("all rows", lambda: chooser.rows(board, Choice()))
    query = parse_query("service-0 !1.0 prod:drift", names)
    spent += timed("filter `service-0 !1.0 prod:drift`", lambda: chooser.rows(board, Choice(query)))
    spent += timed("filter by digest `a1b2`", lambda: chooser.rows(board, Choice(parse_query("a1b2", names))))
    spent += timed("only drift", lambda: chooser.rows(board, Choice(only_drift=True)))
    spent += timed("all rows, sorted by prod", lambda: chooser.rows(board, Choice(column=3)))
    print(f"{'filled, filtered and sorted, in all':<58} {spent * 1000:9.1f} ms")


async def press(pilot: Pilot[Any], key: str, times: int = 20) -> None:
    """Prints the processor time of a key, its repaint included."""
    spent: list[float] = []
    for _ in range(times):
        started = time.process_time()
        pilot.app.simulate_key(key)
        await pilot.pause()
        spent.append(time.process_time() - started)
    print(f"key {key:<54} {sorted(spent)[times // 2] * 1000:9.1f} ms, worst {max(spent) * 1000:.1f} ms")


async def main(rows: int) -> None:
    """All of it."""
    world = make_world(fill=False)
    given = results(world.path.names, rows)
    made: list[Board] = []
    timed(f"board of {rows:,} rows out of snapshots (domain)", lambda: made.append(apply(Board(world.path), given)))
    choose(made[0])
    app = world.app()
    async with app.run_test(size=(160, 50)) as pilot:
        await settled(pilot)
        started = time.process_time()
        browser = pilot.app.screen_stack[0].query_one("#browser")
        browser.show(made[0])  # type: ignore[attr-defined]
        await pilot.pause()
        print(f"{'fill and paint the matrix':<58} {(time.process_time() - started) * 1000:9.1f} ms")
        assert len(matrix(pilot).rows) == len(made[0].rows)
        for key in _KEYS:
            await press(pilot, key)
        await press(pilot, "d", 4)
        await press(pilot, "o", 4)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
