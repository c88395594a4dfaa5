"""Drawing the matrix: one row, one strip. The last few hundred strips are kept by what they show.

So of a board that changed all the time, only rows are drawn that look otherwise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.strip import Strip

from tui.domain.aliases import AliasFinder
from tui.domain.board import Board, Row
from tui.domain.drift import State
from tui.domain.environment import Environment
from tui.domain.explanation import Explained
from tui.domain.reference import Digest
from tui.domain.rows import Line
from tui.domain.snapshot import Reading, Snapshot
from tui.ui.cell_look import Look, cell_look
from tui.ui.cutting import cut_end, shorten
from tui.ui.glyphs import UNICODE, Glyphs
from tui.ui.health import Health
from tui.ui.presentation import remembered_at
from tui.ui.row_choice import Choice
from tui.ui.row_label import aliases_of, also_text, origin_text, row_label
from tui.ui.widgets.matrix_layout import Layout

_KEPT: Final = 512
_GAP: Final = 1
"""The space that keeps text from what follows it."""

_TITLE: Final = len(" build commit")

COMPONENTS: Final = (
    *("header", "protected", "current", "health", "ailing", "row", "cursor-row", "marked", "rule", "cursor"),
    *("base", "same", "differs", "missing", "extra", "loading", "error", "unknown", "absent", "stale"),
    *("also", "origin", "meant"),
)
"""What has a style of its own."""

Face = tuple[object, ...]
"""All that the look of a row depends on, beside what the whole picture does: to be compared, and kept by."""

StyleFinder = Callable[[str], Style]
"""Gives the style of a component: `differs`, `cursor`, `header`, …"""


@dataclass(frozen=True, slots=True)
class Stand:
    """How a row is drawn: the environment at the cursor where the cursor is on this row, and whether it is marked."""

    column: int | None = None
    is_marked: bool = False


@dataclass(slots=True)
class Picture:
    """What there is to draw."""

    board: Board
    layout: Layout
    now: datetime
    health: Mapping[str, Health] = field(default_factory=dict[str, Health])
    choice: Choice = field(default_factory=Choice)
    glyphs: Glyphs = UNICODE
    scrolled: int = 0
    finder: AliasFinder = field(default_factory=AliasFinder)
    meant: frozenset[Digest] = frozenset()
    """The images whose commit or build the filter asks for."""

    @property
    def ground(self) -> Face:
        """What every row depends on, beside the time."""
        return self.layout, self.choice, self.meant, self.scrolled


def face_of(picture: Picture, row: Row) -> Face:
    """What `row` shows. Cheaper than drawing it: no cell is made for it."""
    board, section = picture.board, picture.board.sections.get(row.repository)
    reasons = [board.explanation(row, at) for at, state in enumerate(row.states) if state is State.DIFFERS]
    return (
        *(row.repository, row.tag, row.states),
        row.entries.faces if isinstance(row.entries, Line) else tuple(row.entries),
        tuple([each.reason if isinstance(each, Explained) else None for each in reasons]),
        tuple([_standing(reading) for reading in section.readings]) if section else (),
        aliases_of(board, row, picture.finder),
        origin_text(board, row, picture.layout.origin, picture.glyphs) if picture.layout.origin else "",
    )


def _standing(reading: Reading) -> object:
    """What of a reading is seen in every cell; None where it was read in this session."""
    return remembered_at(reading) if isinstance(reading, Snapshot) else reading


class MatrixPainter:
    """Draws headers and rows of a picture."""

    def __init__(self, find_style: StyleFinder) -> None:
        self._find_style = find_style
        self._strips: LRUCache[tuple[Face, Stand, int], Strip] = LRUCache(_KEPT)
        self._styles: dict[tuple[str, ...], Style] = {}
        self._ground: Face = ()

    def forget(self) -> None:
        """Time has passed: every row is to be drawn anew."""
        self._strips.clear()

    def forget_styles(self) -> None:
        """The theme, or what has the focus, has changed."""
        self._styles.clear()
        self._strips.clear()

    def style(self, *names: str) -> Style:
        """The styles of the components `names`, one laid over the other."""
        if names not in self._styles:
            self._styles[names] = Style.combine([self._find_style(name) for name in names])
        return self._styles[names]

    def header(self, picture: Picture, column: int, width: int) -> Strip:
        """The line of titles; the cursor's column stands out."""
        layout, glyphs = picture.layout, picture.glyphs
        plain = self.style("header")
        title = "repository:tag" if picture.choice.repository is None else "tag"
        order = _order(picture, None)
        head = [Segment(" " * 3 + set_cell_size(glyphs.text(title + order), layout.label), plain)]
        if layout.origin:
            head.append(
                Segment(set_cell_size(" build commit" if layout.origin > _TITLE else " commit", layout.origin), plain)
            )
        cells: list[Segment] = []
        for at in layout.columns:
            environment = picture.board.path.environments[at]
            names = ("header", *_header_names(environment, is_current=at == column))
            text = cut_end(glyphs.text(environment.title) + _order(picture, at), layout.cell, glyphs)
            cells += self._framed(glyphs, text, layout.cell, plain, self.style(*names))
        return self._assemble(head, cells, picture, width, plain)

    def health(self, picture: Picture, width: int) -> Strip:
        """The line below the titles: how each environment's registry does."""
        layout, glyphs = picture.layout, picture.glyphs
        plain = self.style("health")
        cells: list[Segment] = []
        for at in layout.columns:
            health = picture.health.get(picture.board.path.names[at], Health())
            style = self.style("health", "ailing") if health.is_bad else plain
            text = cut_end(health.text(layout.cell, picture.now), layout.cell, glyphs)
            cells += self._framed(glyphs, text, layout.cell, plain, style)
        return self._assemble([Segment(" " * layout.head, plain)], cells, picture, width, plain)

    def row(self, picture: Picture, row: Row, stand: Stand, width: int) -> Strip:
        """A row."""
        if self._ground != picture.ground:
            self._ground = picture.ground
            self.forget()
        key = (face_of(picture, row), stand, width)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._draw_row(picture, row, stand, width)
        return strip

    def blank(self, width: int, text: str = "") -> Strip:
        """A line without a row, perhaps with a sentence in its place."""
        return Strip([Segment(set_cell_size(text, width), self.style("row"))], width)

    def _draw_row(self, picture: Picture, row: Row, stand: Stand, width: int) -> Strip:
        glyphs, layout = picture.glyphs, picture.layout
        line = "row" if stand.column is None else "cursor-row"
        gutter = (glyphs.cursor if stand.column is not None else " ") + (glyphs.mark if stand.is_marked else " ") + " "
        names = (line, "marked") if stand.is_marked else (line,)
        head = [Segment(gutter, self.style(*names)), *self._label(picture, row, names)]
        cells: list[Segment] = []
        for at in layout.columns:
            look = self._look(picture, row, at)
            style = self.style(*_cell_names(look, line, is_cursor=at == stand.column))
            cells += self._framed(glyphs, look.text, layout.cell, self.style(line, "rule"), style)
        return self._assemble(head, cells, picture, width, self.style(line))

    def _label(self, picture: Picture, row: Row, names: tuple[str, ...]) -> list[Segment]:
        """The tag, its aliases where they have room behind it, and where the image comes from."""
        glyphs, layout = picture.glyphs, picture.layout
        name = row_label(row, has_repository=picture.choice.repository is None)
        room = layout.label - cell_len(name) - _GAP
        also = also_text(aliases_of(picture.board, row, picture.finder), room) if room > 0 else ""
        label = shorten(name, layout.label - cell_len(also), glyphs) if not also else name
        segments = [Segment(label, self.style(*names))]
        if also:
            width = layout.label - cell_len(name)
            segments.append(Segment(set_cell_size(glyphs.text(also), width), self.style(*names, "also")))
        if layout.origin:
            origin = origin_text(picture.board, row, layout.origin - 2 * _GAP, glyphs)
            segments.append(Segment(set_cell_size(f" {origin}", layout.origin), self.style(*names, "origin")))
        return segments

    def _look(self, picture: Picture, row: Row, column: int) -> Look:
        cell = picture.board.cell(row, column)
        taken_at = remembered_at(picture.board.reading(row.repository, column)) if cell.is_remembered else None
        return cell_look(cell, picture.layout.cell, picture.glyphs, picture.now, taken_at, meant=picture.meant)

    def _framed(self, glyphs: Glyphs, text: str, width: int, rule: Style, style: Style) -> tuple[Segment, Segment]:
        """`text` behind a rule; the space after its `width` cells is taken by a mark alone."""
        return Segment(glyphs.rule, rule), Segment(set_cell_size(text, width + 1), style)

    def _assemble(
        self, head: list[Segment], cells: list[Segment], picture: Picture, width: int, filler: Style
    ) -> Strip:
        """Labels that stay put, and the cells that are in sight beside them."""
        left = picture.layout.head
        right = Strip(cells, picture.layout.width - left)
        if picture.scrolled or picture.layout.width > width:
            right = right.crop(picture.scrolled, picture.scrolled + max(width - left, 0))
        return Strip.join([Strip(head, left), right]).adjust_cell_length(width, filler)


def _header_names(environment: Environment, *, is_current: bool) -> tuple[str, ...]:
    names = ("protected",) if environment.protected else ()
    return (*names, "current") if is_current else names


def _cell_names(look: Look, line: str, *, is_cursor: bool) -> tuple[str, ...]:
    names = (line, look.tone.value, *(["stale"] if look.is_stale else []), *(["meant"] if look.is_meant else []))
    return (*names, "cursor") if is_cursor else names


def _order(picture: Picture, column: int | None) -> str:
    """The sign on what the rows are sorted by; the tags' own order needs none."""
    choice, glyphs = picture.choice, picture.glyphs
    if choice.column != column or (column is None and not choice.is_reversed):
        return ""
    return f" {glyphs.rising if choice.is_reversed else glyphs.falling}"
