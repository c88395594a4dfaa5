"""Examining a cell: inspector and why-line show what is known of it, and on request what is read of its image."""

from dataclasses import dataclass
from typing import Final

from tui.domain.board import Board, Row
from tui.domain.drift import Cell
from tui.domain.environment import Environment
from tui.domain.history import History
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


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is told of the cell at the cursor."""

    place: _Place
    environment: Environment
    row: Row
    cell: Cell
    extras: Extras

    @property
    def known(self) -> tuple[_Place, Cell, Extras]:
        """What is told anew where it is another."""
        return self.place, self.cell, self.extras

    def is_of(self, other: "_Seen") -> bool:
        """True where it is the same image of the same cell."""
        return self.place == other.place and self.cell.entry == other.cell.entry


class Examiner:
    """Keeps `inspector` and `why` on the cell at the cursor of `matrix`. It only ever reads."""

    def __init__(self, deck: Deck, inspector: Inspector, why: WhyLine, matrix: TagMatrix) -> None:
        self._deck = deck
        self._inspector = inspector
        self._why = why
        self._matrix = matrix
        self._shown: _Seen | None = None
        self._read: _Place | None = None
        self._remembered: tuple[_Place, History] | None = None

    def describe(self) -> None:
        """Shows what is known of the cell; while its image stays the same, so does what was read of that."""
        seen = self._look()
        self._inspector.set_class(seen is None, "-empty")
        if seen is None:
            self._why.show("")
        elif self._shown is None or self._shown.known != seen.known:
            self._show(seen)

    def tell_anew(self) -> None:
        """Says the same as time has passed. Asks nobody anything, and draws only what reads otherwise by now."""
        seen = self._look()
        if seen is not None and self._shown is not None and seen.is_of(self._shown):
            self._show(seen)

    def _look(self) -> _Seen | None:
        row, place = self._matrix.current, self._place
        if row is None or place is None:
            return None
        board, column = self._deck.insights.board, self._matrix.column
        environment, cell = board.path.environments[column], board.cell(row, column)
        return _Seen(place, environment, row, cell, self._extras(board, row, place))

    def _show(self, seen: _Seen) -> None:
        before, self._shown, now = self._shown, seen, self._deck.clock()
        environment, row, cell = seen.environment, seen.row, seen.cell
        self._why.show(clean(drift_sentence(environment, row, cell)), evidence_text(cell, now))
        if before is not None and seen.is_of(before):
            self._inspector.update_cell(environment, row, cell, now, seen.extras)
            return
        self._read = None
        self._inspector.show_cell(environment, row, cell, now, seen.extras)
        self._deck.insights.recall(row, self._matrix.column)
        self._deck.app.run_worker(
            self._remember(row, seen.place), group=_HISTORY_GROUP, exclusive=True, exit_on_error=False
        )

    def _extras(self, board: Board, row: Row, place: _Place) -> Extras:
        column, section = self._matrix.column, board.sections.get(row.repository)
        remembered = self._remembered
        return Extras(
            board.identity(row, column),
            board.identity(row, 0) if column else None,
            self._deck.insights.finder.aliases(section, row, column) if section else (),
            self._history(row, column, remembered[1]) if remembered and remembered[0] == place else (),
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

    async def _remember(self, row: Row, place: _Place) -> None:
        """What the journal knows of the tag; without a journal the cell is described without it."""
        try:
            history = await self._deck.workbench.history(row.repository, row.tag)
        except WindlassError:
            return
        self._remembered = (place, history)
        self.describe()

    def _history(self, row: Row, column: int, history: History) -> tuple[str, ...]:
        """The tag's history in lines, with ages as they are now."""
        path, now = self._deck.workbench.path, self._deck.clock()
        told = tell_history(history, path.base.name, path.names[column], now)
        lines = history_lines(history, path.environments, now, tag=row.tag)[:_NEWEST]
        return (*told, *(f"{item.age} ago  {item.environment}  {item.text}" for item in lines))

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
