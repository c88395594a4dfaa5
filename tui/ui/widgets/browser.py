"""The browser: which rows of the board are shown, where the cursor is, and what is marked."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Vertical

from tui.domain.board import Board, Row
from tui.domain.query import Query, parse_query
from tui.domain.rows import Rows
from tui.ui import keys
from tui.ui.glyphs import UNICODE, Glyphs
from tui.ui.marks import Marks
from tui.ui.messages import FilterChanged, RepositoryChosen, RowsShown
from tui.ui.next_drift import next_drift
from tui.ui.pacer import Pacer
from tui.ui.presentation import rows_text
from tui.ui.row_choice import Choice, sections
from tui.ui.sifter import Sifted, Sifter
from tui.ui.view import View
from tui.ui.widgets.filter_line import FilterLine
from tui.ui.widgets.repository_list import Entry, RepositoryList
from tui.ui.widgets.tag_matrix import TagMatrix


class Browser(Vertical):
    """Holds filter line, repository list and matrix together; the screen gives it boards.

    `describe` says in a sentence why there are no rows at all, `looked` how far the images are that the filter asks
    about.
    """

    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings(keys.BROWSER))

    def __init__(
        self,
        board: Board,
        describe: Callable[[], str],
        looked: Callable[[], str] = str,
        *,
        glyphs: Glyphs = UNICODE,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._glyphs = glyphs
        self._board = board
        self._describe = describe
        self._looked = looked
        self._choice = Choice()
        self._marks = Marks()
        self._shown = Sifted(board, self._choice, Rows())
        self._sifter = Sifter(self, self._show, self._show_drift)
        self._pacer = Pacer(self, self._redraw)

    def show(self, board: Board) -> None:
        """Shows `board` with the same choice as before."""
        self._board = board
        self._redraw()

    @property
    def matrix(self) -> TagMatrix:
        """The matrix, which has the cursor."""
        return self.query_one(TagMatrix)

    @property
    def targets(self) -> tuple[Row, ...]:
        """The marked rows, those that the filter hides among them; else the one at the cursor.

        What was typed into the filter counts at once, also where it is not drawn yet.
        """
        self._choice = replace(self._choice, query=self._query(self.query_one(FilterLine).text))
        self._redraw()
        self._sifter.finish()
        if self._marks.keys:
            return self._marks.rows(self._board)
        return (self.matrix.current,) if self.matrix.current else ()

    @property
    def view(self) -> View:
        """What is looked at, and what the filter asks about beyond what was read."""
        board, choice, chosen = self._shown.board, self._shown.choice, self._shown.chosen
        scope = tuple(sections(board, choice)) if choice.query.origins else ()
        return View(board, self.matrix.in_sight, chosen, scope, choice.shows_origin)

    @property
    def origins(self) -> tuple[str, ...]:
        """The commits and builds that the filter asks for."""
        return self._choice.query.origins

    @property
    def is_narrowed(self) -> bool:
        """True where not every row is shown."""
        choice = self._choice
        return bool(choice.query.words) or choice.only_drift or choice.repository is not None

    def widen(self) -> bool:
        """Takes back a begun range, else the filter; False where there is nothing to take back."""
        if self._marks.anchor is not None:
            self._set_marks(replace(self._marks, anchor=None))
        elif self.query_one(FilterLine).text:
            self.query_one(FilterLine).clear()
        elif self._choice.only_drift:
            self._choose(replace(self._choice, only_drift=False))
        else:
            return False
        return True

    # -- keys ----------------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the filter itself a slash is a character like any other. It is sorted by environments that there are."""
        if action == "sort_by":
            return parameters[0] in range(1, len(self._board.path.environments) + 1)
        return action != "filter" or not self.query_one(FilterLine).has_focus_within

    def action_filter(self) -> None:
        self.query_one(FilterLine).enter()

    def action_drift(self, step: int) -> None:
        """Moves to the next cell that drifts, row by row, and beyond the last to the first again."""
        matrix = self.matrix
        found = next_drift(matrix.rows, matrix.row, matrix.column, step)
        if found:
            matrix.go(*found)

    def action_only_drift(self) -> None:
        """Shows only rows that drift, or all."""
        self._choose(replace(self._choice, only_drift=not self._choice.only_drift))

    def action_mark(self) -> None:
        """Marks the row at the cursor or unmarks it, and goes on to the next."""
        if self.matrix.current:
            self._set_marks(self._marks.toggle(self.matrix.current))
            self.matrix.action_row(1)

    def action_mark_range(self) -> None:
        """Begins a range, or marks everything from where it was begun."""
        if self.matrix.current:
            self._set_marks(self._marks.range(self.matrix.rows, self.matrix.row))

    def action_mark_all(self) -> None:
        """Marks everything that the filter shows."""
        self._set_marks(self._marks.add(self.matrix.rows))

    def action_mark_none(self) -> None:
        """Unmarks everything."""
        self._set_marks(Marks())

    def action_sort(self) -> None:
        """Sorts by the state in the cursor's environment; if that is so already, by tag."""
        column = self.matrix.column
        self._choose(replace(self._choice, column=None if self._choice.column == column else column))

    def action_sort_by(self, number: int) -> None:
        """Sorts by the state in one environment, counted from 1."""
        self._choose(replace(self._choice, column=number - 1))

    def action_reverse(self) -> None:
        """Turns the order round."""
        self._choose(replace(self._choice, is_reversed=not self._choice.is_reversed))

    def action_origin(self) -> None:
        """Shows build and commit beside the tags, or no longer."""
        self._choose(replace(self._choice, shows_origin=not self._choice.shows_origin))

    # -- messages ------------------------------------------------------------------------------------------------

    def on_filter_changed(self, message: FilterChanged) -> None:
        message.stop()
        self._choice = replace(self._choice, query=self._query(message.text))
        self._pacer.ask()

    def on_repository_chosen(self, message: RepositoryChosen) -> None:
        message.stop()
        self._choice = replace(self._choice, repository=message.repository)
        self._pacer.ask()

    def _query(self, text: str) -> Query:
        return parse_query(text, self._board.path.names, self._board.sections)

    # -- drawing -------------------------------------------------------------------------------------------------

    def _choose(self, choice: Choice) -> None:
        self._choice = choice
        self._redraw()

    def _set_marks(self, marks: Marks) -> None:
        self._marks = marks
        self.matrix.show_marks(marks)
        self._show_counts()

    def _redraw(self) -> None:
        self._sifter.sift(self._board, self._choice)

    def _show(self, shown: Sifted) -> None:
        self._shown = shown
        sentence = self._nothing_matches() if shown.total else self._describe()
        self.matrix.show(shown.board, shown.rows, shown.choice, sentence)
        self._show_counts()
        self.post_message(RowsShown())

    def _nothing_matches(self) -> str:
        looked = self._looked() if self._choice.query.origins else ""
        return f"no row matches the filter; Esc clears it{looked and f' ({looked})'}"

    def _show_counts(self) -> None:
        rows = len(self.matrix.rows)
        counts = rows_text(rows, self._shown.total, len(self._marks.keys))
        words = " · only drift" if self._choice.only_drift else ""
        words += " · range begun, v ends it" if self._marks.anchor else ""
        looked = self._looked() if self._choice.query.origins else ""
        words += f" · {looked}" if looked else ""
        self.query_one(FilterLine).show_counts(self._glyphs.text(counts + words), self._choice.query.problems)

    def _show_drift(self, entries: tuple[Entry, ...]) -> None:
        self.query_one(RepositoryList).show(entries)
