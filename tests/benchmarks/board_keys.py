"""From a key to the first byte of the frame that shows its effect, on a pseudo-terminal: the board, and what is beside.

python -m tests.benchmarks.board_keys [ROWS]
"""

import sys
from statistics import quantiles

from tests.benchmarks.board_terminal import running
from tests.benchmarks.table import Row, note, show

TABLE_ROWS = 20_000
"""Of the DataTable: a hundred thousand take it more than a minute to add, and no longer to move through."""

_DOWN, _PRESSES = b"\x1b[B", 200
_READY = b"READY"


def presses(module: str, rows: int) -> list[float]:
    """Seconds of each press of the cursor key in the application of `module`."""
    note(f"keys in {module} with {rows:,} rows")
    with running([sys.executable, "-m", module, str(rows)]) as terminal:
        terminal.wait_for(_READY)
        terminal.drain(6 if rows else 1)  # a notice stays for five seconds
        return [terminal.press(_DOWN) for _ in range(_PRESSES)]


def rows(count: int) -> list[Row]:
    """The board's percentiles, beside those of the other two in the same run."""
    board = presses("tests.benchmarks.board_app", count)
    table, empty = presses("tests.benchmarks.board_table", TABLE_ROWS), presses("tests.benchmarks.board_table", 0)
    beside = f"DataTable {_told(table)}, empty {_told(empty)}"
    return [
        Row(
            "key to paint on a terminal, half / 95 %",
            _told(board),
            beside,
            f"{_late(board) / _late(table):.2f}",
            "30 ms",
        )
    ]


def _late(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1]


def _told(seconds: list[float]) -> str:
    return f"{sorted(seconds)[len(seconds) // 2] * 1000:.0f} / {_late(seconds) * 1000:.0f} ms"


if __name__ == "__main__":
    show("board", rows(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
