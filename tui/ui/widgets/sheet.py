"""A sheet: lines of inert text that scroll, drawn one by one, so that ten thousand cost no more than a screenful."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.ui import keys
from tui.ui.glyphs import UNICODE, Glyphs
from tui.ui.plainly import plainly


class Tone(StrEnum):
    """How a piece of a line is meant; its words say so as well."""

    PLAIN = "plain"
    MUTED = "muted"
    TITLE = "title"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    UNREAD = "unread"
    GOOD = "good"


Span = tuple[str, Tone]
"""A piece of a line: clean text, and how it is meant."""

SheetLine = tuple[Span, ...]
Layout = Callable[[int], Sequence[SheetLine]]
"""The lines for a width in cells; it is asked again whenever that changes."""


def no_lines(width: int) -> Sequence[SheetLine]:
    """The layout of an empty sheet."""
    del width
    return ()


class Sheet(ScrollView, can_focus=True):
    """Shows the lines of a layout and scrolls through them."""

    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings(keys.SHEET))
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"sheet--{tone.value}" for tone in Tone} | {"sheet--cursor"}
    DEFAULT_CSS = """
    Sheet {
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        background: $surface;
        & > .sheet--plain { color: $foreground; }
        & > .sheet--muted { color: $text-muted; }
        & > .sheet--title { color: $foreground; text-style: bold; }
        & > .sheet--added { color: $text-success; }
        & > .sheet--removed { color: $text-error; }
        & > .sheet--changed { color: $text-warning; }
        & > .sheet--unread { color: $text-error; text-style: bold; }
        & > .sheet--good { color: $text-success; }
        & > .sheet--cursor { text-style: bold underline; }
        &:focus > .sheet--cursor { text-style: bold reverse; }
    }
    """

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._glyphs = glyphs
        self._layout: Layout = no_lines
        self._lines: Sequence[SheetLine] = ()
        self._laid_out_for = 0

    def show(self, layout: Layout) -> None:
        """Shows the lines of `layout`, from the top."""
        self._layout, self._laid_out_for = layout, 0
        self._lay_out()
        self.scroll_home(animate=False, immediate=True)

    @property
    def count(self) -> int:
        """How many lines there are at this width."""
        return len(self._lines)

    @property
    def page(self) -> int:
        """Lines in sight."""
        return max(self.scrollable_content_region.height, 1)

    def on_resize(self, event: events.Resize) -> None:
        """Lays everything out anew where the width changed."""
        del event
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        if width and width != self._laid_out_for:  # hidden, or not laid out yet: done when it gets a width
            self._laid_out_for = width
            self._lines = self._layout(width)
            self.virtual_size = Size(width, len(self._lines))
        self.refresh()

    def action_move(self, step: int) -> None:
        self.scroll_relative(y=step, animate=False)

    def action_page(self, step: int) -> None:
        self.action_move(step * max(self.page - 1, 1))

    def action_edge(self, side: int) -> None:
        self.scroll_to(y=0 if side < 0 else self.max_scroll_y, animate=False)

    def render_line(self, y: int) -> Strip:
        """One line of the sheet."""
        at, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        if at >= len(self._lines):
            return Strip.blank(width, self._style(Tone.PLAIN, at))
        spans = [Segment(plainly(text, self._glyphs), self._style(tone, at)) for text, tone in self._lines[at]]
        return Strip(spans).adjust_cell_length(width, self._style(Tone.PLAIN, at))

    def _style(self, tone: Tone, at: int) -> Style:
        """How a piece of the line at `at` is drawn."""
        del at
        return self.get_component_rich_style(f"sheet--{tone.value}")


class ChoiceSheet(Sheet):
    """A sheet with a cursor on one of its lines; each line of its layout is one choice."""

    class Moved(Message):
        """The cursor stands on another line."""

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:  # noqa: A002
        super().__init__(glyphs=glyphs, id=id)
        self._at = 0

    @property
    def at(self) -> int:
        """The line that the cursor is on, from 0."""
        return self._at

    def show(self, layout: Layout) -> None:
        """Shows the lines of `layout` with the cursor on the first."""
        self._at = 0
        super().show(layout)
        self.post_message(self.Moved())

    def choose(self, at: int) -> None:
        """Moves the cursor to the line at `at`, or as near as there is one."""
        self._at = min(max(at, 0), max(self.count - 1, 0))
        self._reveal()
        self.refresh()
        self.post_message(self.Moved())

    def on_resize(self, event: events.Resize) -> None:
        """Keeps the cursor in sight."""
        del event
        self._reveal()

    def _reveal(self) -> None:
        top = min(max(self.scroll_offset.y, self._at - self.page + 1), self._at)
        self.scroll_to(y=top, animate=False, force=True)

    def action_move(self, step: int) -> None:
        self.choose(self._at + step)

    def action_edge(self, side: int) -> None:
        self.choose(0 if side < 0 else self.count - 1)

    def on_click(self, event: events.Click) -> None:
        """Chooses the line that was clicked."""
        at = event.y + self.scroll_offset.y
        if at < self.count:
            self.choose(at)

    def _style(self, tone: Tone, at: int) -> Style:
        """The cursor's line is of one piece, and stands out without colour."""
        if at != self._at or not self.count:
            return super()._style(tone, at)
        cursor = self.get_component_rich_style("sheet--cursor", partial=True)
        return super()._style(Tone.PLAIN, at) + cursor
