"""A DataTable of many rows as an application of its own, and an empty one: what the board is measured beside.

python -m tests.benchmarks.board_table ROWS     0 for an application with a line of text alone
"""

import random
import sys
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import DataTable, Static

COLUMNS = ("tag", "base", "dev", "qa", "test", "stage", "prod")


class TableApp(App[None]):
    """Nothing but a table of `rows` rows and seven columns."""

    def __init__(self, rows: int) -> None:
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        yield DataTable[str]()

    def on_mount(self) -> None:
        rng, table = random.Random(1), self.query_one(DataTable[str])
        table.add_columns(*COLUMNS)
        for at in range(self._rows):
            digest = f"= {rng.getrandbits(32):08x}"
            table.add_row(f"service:1.{at}", *[digest] * 6)
        self.set_timer(0.1, lambda: self.notify("READY"))


class EmptyApp(App[None]):
    """A line of text that a key turns."""

    BINDINGS: ClassVar[list[BindingType]] = [("down", "turn", "turn")]

    def compose(self) -> ComposeResult:
        yield Static("READY 0", id="line")

    def action_turn(self) -> None:
        line = self.query_one("#line", Static)
        line.update(f"READY {int(str(line.content).split()[-1]) + 1}")


if __name__ == "__main__":
    count = int(sys.argv[1])
    (TableApp(count) if count else EmptyApp()).run()
