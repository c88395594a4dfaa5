"""Examining a cell: inspector and why-line show what is known of it, and on request what is read of its image."""

from typing import Final

from tui.domain.board import Board, Row
from tui.domain.drift import Cell
from tui.domain.environment import Environment
from tui.domain.history_text import history_lines, tell_history
from tui.domain.text import clean
from tui.ports.errors import NotFound, WindlassError
from tui.ui.deck import Deck
from tui.ui.drift_text import drift_sentence, evidence_text
from tui.ui.inspection import Extras
from tui.ui.marks import Key, key_of
from tui.ui.widgets.inspector import Inspector
from tui.ui.widgets.tag_matrix import TagMatrix
from tui.ui.widgets.why_line import WhyLine

GROUP: Final = "inspect"
_HISTORY_GROUP: Final = "cell history"
_NEWEST: Final = 3
"""Lines of a tag's history that the inspector shows below what matters of it."""

_Place = tuple[Key, int]


class Examiner:
    """Keeps `inspector` and `why` on the cell at the cursor of `matrix`. It only ever reads."""

    def __init__(self, deck: Deck, inspector: Inspector, why: WhyLine, matrix: TagMatrix) -> None:
        self._deck = deck
        self._inspector = inspector
        self._why = why
        self._matrix = matrix
        self._shown: tuple[_Place, Cell, Extras] | None = None
        self._read: _Place | None = None
        self._remembered: tuple[_Place, tuple[str, ...]] | None = None

    def describe(self) -> None:
        """Shows what is known of the cell; while its image stays the same, so does what was read of that."""
        row, place = self._matrix.current, self._place
        self._inspector.set_class(row is None, "-empty")
        if row is None or place is None:
            self._why.show("")
            return
        board, column = self._deck.insights.board, self._matrix.column
        shown = (place, board.cell(row, column), self._extras(board, row, place))
        if self._shown != shown:
            before, self._shown = self._shown, shown
            self._show(board.path.environments[column], row, before)

    def _show(self, environment: Environment, row: Row, before: tuple[_Place, Cell, Extras] | None) -> None:
        if self._shown is None:
            return
        (place, cell, extras), now = self._shown, self._deck.clock()
        self._why.show(clean(drift_sentence(environment, row, cell)), evidence_text(cell, now))
        if before is not None and before[0] == place and before[1].entry == cell.entry:
            self._inspector.update_cell(environment, row, cell, now, extras)
            return
        self._read = None
        self._inspector.show_cell(environment, row, cell, now, extras)
        self._deck.insights.recall(row, self._matrix.column)
        self._deck.app.run_worker(
            self._remember(environment, row, place), group=_HISTORY_GROUP, exclusive=True, exit_on_error=False
        )

    def _extras(self, board: Board, row: Row, place: _Place) -> Extras:
        column, section = self._matrix.column, board.sections.get(row.repository)
        return Extras(
            board.identity(row, column),
            board.identity(row, 0) if column else None,
            self._deck.insights.finder.aliases(section, row, column) if section else (),
            self._remembered[1] if self._remembered and self._remembered[0] == place else (),
        )

    @property
    def has_read_this(self) -> bool:
        """True where the image of the cell at the cursor was asked for already."""
        return self._place is not None and self._read == self._place

    def examine(self) -> None:
        """Reads the image of the cell at the cursor, and why it differs if nobody knows."""
        self.describe()
        row, self._read = self._matrix.current, self._place
        if row is not None:
            self._inspector.show_loading()
            self._deck.insights.decide(row, self._matrix.column)
            environment = self._deck.workbench.path.environments[self._matrix.column]
            self._deck.app.run_worker(self._examine(environment, row), group=GROUP, exclusive=True, exit_on_error=False)

    def examine_again(self) -> None:
        """Reads the image anew where it was read, for what was written beside it meanwhile."""
        if self.has_read_this:
            self.examine()

    @property
    def _place(self) -> _Place | None:
        row = self._matrix.current
        return (key_of(row), self._matrix.column) if row else None

    async def _remember(self, environment: Environment, row: Row, place: _Place) -> None:
        """What the journal knows of the tag; without a journal the cell is described without it."""
        path, now = self._deck.workbench.path, self._deck.clock()
        try:
            history = await self._deck.workbench.history(row.repository, row.tag)
        except WindlassError:
            return
        told = tell_history(history, path.base.name, environment.name, now)
        lines = history_lines(history, path.environments, now, tag=row.tag)[:_NEWEST]
        self._remembered = (place, (*told, *(f"{item.age} ago  {item.environment}  {item.text}" for item in lines)))
        self.describe()

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
