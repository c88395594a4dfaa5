"""Taking a glimpse of the board: how it will look when it is opened again, all in one grey.

Not what the screen happens to show: a filter, a cursor, a dialog or a running job are gone then. So the rows are drawn
from the first on, in the places where the board has them now.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from rich.color import Color, blend_rgb
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tui.ui.deck import Deck
from tui.ui.glimpse import Glimpse
from tui.ui.glyphs import PATH_SIGN
from tui.ui.screens.board import BoardScreen
from tui.ui.widgets.filter_line import FilterLine
from tui.ui.widgets.key_line import KeyLine
from tui.ui.widgets.matrix_layout import lay_out
from tui.ui.widgets.matrix_painter import MatrixPainter, Picture, Stand, StyleFinder
from tui.ui.widgets.repository_list import RepositoryList
from tui.ui.widgets.status_line import StatusLine
from tui.ui.widgets.tag_matrix import HEADER, TagMatrix
from tui.ui.widgets.why_line import WhyLine

_GREY: Final = 0.5
"""How much of the background is in it."""

_FRAMED: Final = ("#inspector", "#log")
"""What has a border; what it holds is not remembered."""

_HINT: Final = ("#filter-sign", "#filter-text")
"""What an empty filter line says; the count of rows is another by then."""

_OWN_GROUND: Final = frozenset({"row", "header", "health"})
"""Components of the matrix that are not laid over others."""

_SINGLE: Final = 80
"""Columns below which one environment is shown at a time."""


def take(screen: BoardScreen, deck: Deck, taken_at: datetime) -> Glimpse:
    """A glimpse of `screen`, which is laid out, for a terminal of its size."""
    canvas = _Canvas(screen)
    for name in _FRAMED:
        canvas.put_frame(screen.query_one(name))
    filter_line = screen.query_one(FilterLine)
    canvas.put(filter_line, [])
    for name in () if filter_line.text else _HINT:
        canvas.put(filter_line.query_one(name), _drawn(filter_line.query_one(name)))
    canvas.put(screen.query_one(WhyLine), [])
    canvas.put(screen.query_one(StatusLine), [_head(deck)])
    canvas.put(screen.query_one(KeyLine), _drawn(screen.query_one(KeyLine)))
    repositories, matrix = screen.query_one(RepositoryList), screen.query_one(TagMatrix)
    canvas.put(repositories, [] if repositories.chosen else _drawn(repositories))
    canvas.put(matrix, _matrix_lines(matrix, deck))
    return Glimpse(screen.size.width, int(taken_at.timestamp()), canvas.rows(deck.app.console))


class _Canvas:
    """What is drawn so far, a strip for each line of `screen`."""

    def __init__(self, screen: BoardScreen) -> None:
        self._ground = screen.rich_style
        self._strips = [Strip.blank(screen.size.width, self._ground)] * screen.size.height

    def put(self, widget: Widget, lines: Sequence[Strip]) -> None:
        """Draws `lines` where `widget` is, and nothing else there."""
        region, ground = widget.region, widget.rich_style
        for at in range(region.height):
            line = lines[at].apply_style(ground) if at < len(lines) else Strip.blank(region.width, ground)
            self._lay(region.x, region.y + at, line.adjust_cell_length(region.width, ground))

    def put_frame(self, widget: Widget) -> None:
        """Draws the border of `widget` above it or at its left, without what it frames."""
        self.put(widget, [])
        styles, region = widget.styles, widget.region
        for line in _drawn(widget)[: 1 if styles.border_top[0] else 0]:
            self._lay(region.x, region.y, line)
        for at, line in enumerate(_drawn(widget) if styles.border_left[0] else []):
            self._lay(region.x, region.y + at, line.crop(0, 1))

    def rows(self, console: Console) -> tuple[str, ...]:
        """Every line as a terminal like that of `console` takes it, in grey."""
        grey = _grey(self._ground, console)
        return tuple(_in_grey(strip, grey).simplify().render(console) for strip in self._strips)

    def _lay(self, x: int, y: int, piece: Strip) -> None:
        if 0 <= y < len(self._strips):
            below, end = self._strips[y], x + piece.cell_length
            self._strips[y] = Strip.join([below.crop(0, x), piece, below.crop(end, None)]).crop(0, below.cell_length)


def _drawn(widget: Widget) -> list[Strip]:
    """The widget as it is drawn now."""
    return widget.render_lines(Region(0, 0, *widget.region.size)) if widget.region.area else []


def _head(deck: Deck) -> Strip:
    """Title and path, as the status line begins; the age takes the place of what follows them."""
    path = PATH_SIGN.join(item.title for item in deck.workbench.path.environments)
    return Strip([Segment(f" {deck.app.title}  ", Style(bold=True)), Segment(deck.glyphs.text(path))])


def _matrix_lines(matrix: TagMatrix, deck: Deck) -> list[Strip]:
    """The matrix from its first row on, unfiltered, unmarked and without a cursor."""
    width, height = matrix.scrollable_content_region.size
    board, painter = deck.insights.board, MatrixPainter(_style_finder(matrix))
    columns = tuple(range(len(board.path.environments)))
    layout = lay_out(width, columns[: 1 if matrix.screen.size.width < _SINGLE else None], has_repository=True)
    picture = Picture(board, layout, deck.clock(), glyphs=deck.glyphs)
    rows = islice(board.rows, max(height - HEADER, 0))
    drawn = (painter.row(picture, row, Stand(), width) for row in rows)
    return [painter.header(picture, 0, width), painter.health(picture, width), *drawn]


def _style_finder(matrix: TagMatrix) -> StyleFinder:
    return lambda name: matrix.get_component_rich_style(f"matrix--{name}", partial=name not in _OWN_GROUND)


def _grey(ground: Style, console: Console) -> Style:
    """The grey of what is not known to be so now; where a terminal has its own colours, faint."""
    colours = ground.color, ground.bgcolor
    if console.no_color or not all(colour and colour.triplet for colour in colours):
        return Style(dim=True)
    front, back = (colour.get_truecolor() for colour in colours if colour)
    return Style(color=Color.from_triplet(blend_rgb(front, back, _GREY)))


def _in_grey(strip: Strip, grey: Style) -> Strip:
    """`strip` with its backgrounds and its weight, but in one grey."""
    return Strip([Segment(text, _muted(style, grey)) for text, style, _ in strip], strip.cell_length)


def _muted(style: Style | None, grey: Style) -> Style:
    return grey if style is None else Style(bgcolor=None if grey.dim else style.bgcolor, bold=style.bold or None) + grey
