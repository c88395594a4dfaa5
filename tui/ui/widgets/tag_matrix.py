"""The tag matrix: a row for each tag, a column for each environment, drawn a line at a time."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final

from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.domain.aliases import AliasFinder
from tui.domain.board import Board, Row
from tui.domain.rows import Rows
from tui.ui import keys
from tui.ui.glyphs import UNICODE, Glyphs
from tui.ui.health import Health
from tui.ui.marks import Marks, find_row, key_of
from tui.ui.messages import CursorMoved, InspectionAsked, RowsShown
from tui.ui.row_choice import Choice
from tui.ui.widgets.matrix_layout import lay_out
from tui.ui.widgets.matrix_painter import COMPONENTS, MatrixPainter, Picture, Stand

HEADER: Final = 2
"""Lines: the titles and the registries' health."""

_AGING: Final = 10.0
"""Seconds after which the ages in the cells are drawn anew; over a slow line, a repaint each second is felt."""


class TagMatrix(ScrollView, can_focus=True):
    """Rows and a cursor on one cell. It draws what it is given, and says where the cursor went."""

    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings(keys.MATRIX))
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"matrix--{name}" for name in COMPONENTS}

    def __init__(
        self,
        board: Board,
        now: datetime,
        *,
        glyphs: Glyphs = UNICODE,
        finder: AliasFinder | None = None,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        columns = tuple(range(len(board.path.environments)))
        self._picture = Picture(board, lay_out(80, columns, has_repository=True), now, glyphs=glyphs)
        self._picture.finder = finder or self._picture.finder
        self._painter = MatrixPainter(self._find_style)
        self._rows = Rows()
        self._marks = Marks()
        self._painted_at = now
        self._sentence = ""
        self._painted: dict[int, Strip] = {}
        """The lines as they were painted last."""
        self._width = 0
        self._is_single = False
        self._is_steered = False
        self.row = 0
        self.column = 0

    # -- what the board screen says ------------------------------------------------------------------------------

    def show(self, board: Board, rows: Rows, choice: Choice, sentence: str = "") -> None:
        """Shows `rows` of `board`; a moved cursor stays with its row. `sentence` is for where there are none."""
        key = key_of(self._rows[self.row]) if self._rows and self._is_steered else None
        self._picture.board, self._picture.choice = board, choice
        self._picture.meant = choice.query.on(board.insight).meant
        self._rows, self._sentence = rows, sentence
        self.row = find_row(rows, key, self.row)
        self._place()
        self._refresh_changed()

    def show_marks(self, marks: Marks) -> None:
        """Shows which rows are marked."""
        self._marks = marks
        self._repaint()

    def show_health(self, health: Mapping[str, Health], now: datetime) -> None:
        """Shows how each environment does, and every age as of `now`."""
        has_aged = (now - self._painted_at).total_seconds() >= _AGING
        before = self._said
        self._picture.health, self._picture.now = health, now
        if self._said != before:
            self.refresh(Region(0, 1, self.size.width, 1))
        if has_aged:
            self._painted_at = now
            self._repaint()

    def show_single(self, *, is_single: bool) -> None:
        """Shows one environment at a time, or all."""
        if self._is_single != is_single:
            self._is_single = is_single
            self._relay()

    @property
    def rows(self) -> Rows:
        """The rows shown, in their order."""
        return self._rows

    @property
    def in_sight(self) -> tuple[Row, ...]:
        """The rows in sight."""
        top = self.scroll_offset.y
        return tuple(self._rows[top : top + self._page])

    @property
    def current(self) -> Row | None:
        """The row at the cursor; None where there are none."""
        return self._rows[self.row] if self._rows else None

    def go(self, row: int, column: int) -> None:
        """Moves the cursor there, or as near as there are rows and columns."""
        row = min(max(row, 0), max(len(self._rows) - 1, 0))
        column = min(max(column, 0), len(self._picture.board.path.environments) - 1)
        if (row, column) == (self.row, self.column):
            return
        left, has_turned, self._is_steered = self.row, column != self.column, True
        self.row, self.column = row, column
        if has_turned and self._is_single:
            self._relay()
        self._reveal()
        self._refresh_rows(left, row)
        if has_turned:
            self.refresh(Region(0, 0, self.size.width, 1))
        self.screen.post_message(CursorMoved())  # at once: on its way up, it would wait for each that holds this

    # -- keys and mouse ------------------------------------------------------------------------------------------

    def action_row(self, step: int) -> None:
        self.go(self.row + step, self.column)

    def action_column(self, step: int) -> None:
        self.go(self.row, self.column + step)

    def action_page(self, step: int) -> None:
        self.go(self.row + step * max(self._page - 1, 1), self.column)

    def action_edge(self, side: int) -> None:
        self.go(0 if side < 0 else len(self._rows) - 1, self.column)

    def action_inspect(self) -> None:
        self.post_message(InspectionAsked())

    def on_click(self, event: events.Click) -> None:
        index = event.y - HEADER + self.scroll_offset.y
        column = self._picture.layout.column_at(event.x, self.scroll_offset.x)
        if event.y >= HEADER and index < len(self._rows):
            self.go(index, self.column if column is None else column)

    # -- drawing -------------------------------------------------------------------------------------------------

    def render_lines(self, crop: Region) -> list[Strip]:
        self._width = self.scrollable_content_region.width  # once: for every line, it would take longer than drawing
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        strip = self._painted[y] = self._line(y)
        return strip

    def _line(self, y: int) -> Strip:
        width, self._picture.scrolled = self._width, self.scroll_offset.x
        if width != self._picture.layout.room:  # the room has changed, and being told of it is still to come
            self._lay_out(width)
        if y == 0:
            return self._painter.header(self._picture, self.column, width)
        if y < HEADER:
            return self._painter.health(self._picture, width)
        index = y - HEADER + self.scroll_offset.y
        if index < len(self._rows):
            row = self._rows[index]
            stand = Stand(self.column if index == self.row else None, key_of(row) in self._marks.keys)
            return self._painter.row(self._picture, row, stand, width)
        return self._painter.blank(width, f"   {self._sentence}" if y == HEADER + 1 and not self._rows else "")

    def on_resize(self) -> None:
        self._relay()
        self.post_message(RowsShown())

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._painter.forget_styles()

    def on_focus(self) -> None:
        self._painter.forget_styles()
        self.refresh()

    on_blur = on_focus

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self.post_message(RowsShown())

    @property
    def _said(self) -> list[tuple[str, bool]]:
        """What the line of health says: a pause that is counted down says something else each second."""
        picture = self._picture
        return [(item.text(picture.layout.cell, picture.now), item.is_bad) for item in picture.health.values()]

    @property
    def _page(self) -> int:
        return max(self.scrollable_content_region.height - HEADER, 1)

    def _find_style(self, name: str) -> Style:
        return self.get_component_rich_style(f"matrix--{name}", partial=name not in {"row", "header", "health"})

    def _relay(self) -> None:
        """Lays the columns out anew: rows, room or what is to be shown changed."""
        self._place()
        self._repaint()

    def _place(self) -> None:
        self._lay_out(self.scrollable_content_region.width)
        self.virtual_size = Size(self._picture.layout.width, len(self._rows) + HEADER)
        self._reveal()

    def _refresh_changed(self) -> None:
        """Draws only lines that look otherwise: of what is found out all the time, little is in sight."""
        self._width = self.scrollable_content_region.width
        for y in range(self.size.height if self.is_attached else 0):
            old, new = self._painted.get(y), self._line(y)
            if old is not new and old != new:
                self.refresh(Region(0, y, self.size.width, 1))

    def _lay_out(self, width: int) -> None:
        environments = range(len(self._picture.board.path.environments))
        columns = (self.column,) if self._is_single else tuple(environments)
        choice = self._picture.choice
        has_repository, shows_origin = choice.repository is None, choice.shows_origin
        self._picture.layout = lay_out(width, columns, has_repository=has_repository, shows_origin=shows_origin)

    def _repaint(self) -> None:
        self._painter.forget()
        self.refresh()

    def _refresh_rows(self, *rows: int) -> None:
        top = self.scroll_offset.y - HEADER
        for row in rows:
            self.refresh(Region(0, row - top, self.size.width, 1))

    def _reveal(self) -> None:
        """Scrolls no further than is needed to have the cursor's cell in sight."""
        top = self.scroll_offset.y
        y = min(max(top, self.row - self._page + 1), self.row)
        x = self._picture.layout.revealing(self.column, self.scroll_offset.x, self.scrollable_content_region.width)
        if (x, y) != (self.scroll_offset.x, top):
            self.scroll_to(x, y, animate=False, force=True)
