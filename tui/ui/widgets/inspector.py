"""The inspector: everything known of one cell, in whole values."""

from datetime import datetime

from textual.containers import VerticalScroll

from tui.domain.board import Row
from tui.domain.drift import Cell
from tui.domain.environment import Environment
from tui.usecases.inspect import Details


class Inspector(VerticalScroll):
    """What the board knows of a cell at once, and what was read of its image since."""

    def show_cell(self, environment: Environment, row: Row, cell: Cell, now: datetime) -> None:
        """Shows what the board knows; details of another cell are dropped."""
        raise NotImplementedError

    def show_loading(self) -> None:
        """Says that the details are being read."""
        raise NotImplementedError

    def show_details(self, details: Details) -> None:
        """Shows what was read of the cell's image."""
        raise NotImplementedError

    def show_failure(self, text: str) -> None:
        """Says in a sentence why the details could not be read."""
        raise NotImplementedError
