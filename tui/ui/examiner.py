"""Examining a cell: the inspector shows what the board knows of it, and on request what is read of its image."""

from typing import Final

from tui.domain.board import Row
from tui.domain.drift import Cell
from tui.domain.environment import Environment
from tui.ports.errors import NotFound, WindlassError
from tui.ui.deck import Deck
from tui.ui.marks import Key, key_of
from tui.ui.widgets.inspector import Inspector
from tui.ui.widgets.tag_matrix import TagMatrix

GROUP: Final = "inspect"


class Examiner:
    """Keeps `inspector` on the cell at the cursor of `matrix`. It only ever reads."""

    def __init__(self, deck: Deck, inspector: Inspector, matrix: TagMatrix) -> None:
        self._deck = deck
        self._inspector = inspector
        self._matrix = matrix
        self._shown: tuple[Key, int, Cell] | None = None
        self._read: tuple[Key, int] | None = None

    def describe(self) -> None:
        """Shows what the board knows of the cell; while that stays the same, so does what was read of its image."""
        row, column = self._matrix.current, self._matrix.column
        self._inspector.set_class(row is None, "-empty")
        if row is None:
            return
        board = self._deck.surveys.board
        cell = board.cell(row, column)
        if self._shown != (key_of(row), column, cell):
            self._shown, self._read = (key_of(row), column, cell), None
            self._inspector.show_cell(board.path.environments[column], row, cell, self._deck.clock())

    @property
    def has_read_this(self) -> bool:
        """True where the image of the cell at the cursor was asked for already."""
        return self._place is not None and self._read == self._place

    def examine(self) -> None:
        """Reads the image of the cell at the cursor."""
        self.describe()
        row, self._read = self._matrix.current, self._place
        if row is not None:
            self._inspector.show_loading()
            environment = self._deck.workbench.path.environments[self._matrix.column]
            self._deck.app.run_worker(self._examine(environment, row), group=GROUP, exclusive=True, exit_on_error=False)

    @property
    def _place(self) -> tuple[Key, int] | None:
        row = self._matrix.current
        return (key_of(row), self._matrix.column) if row else None

    async def _examine(self, environment: Environment, row: Row) -> None:
        place = self._read
        try:
            details = await self._deck.workbench.inspect(environment, row.repository, row.tag)
        except NotFound:
            failure = f"looked again: {environment.title} has no {row.repository}:{row.tag}"
        except WindlassError as error:
            failure = f"not read: {error}"
        except Exception as error:  # noqa: BLE001 - a worker's edge: it becomes the inspector's sentence
            failure = f"not read: {type(error).__name__}: {error}"
        else:
            if self._read == place:
                self._inspector.show_details(details)
            return
        if self._read == place:
            self._inspector.show_failure(failure)
