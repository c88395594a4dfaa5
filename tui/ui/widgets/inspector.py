"""The inspector: everything known of one cell, in whole values."""

from datetime import datetime

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.domain.board import Row
from tui.domain.drift import Cell
from tui.domain.environment import Environment
from tui.domain.text import clean
from tui.ui.glyphs import UNICODE, Glyphs
from tui.ui.inspection import Extras, describe_cell, describe_details
from tui.ui.plainly import plain_content
from tui.usecases.inspect import Details


class Inspector(VerticalScroll, can_focus=True):
    """What the board knows of a cell at once, and what was read of its image since."""

    DEFAULT_CSS = """
    Inspector { padding: 0 1; }
    Inspector > Static { height: auto; width: 100%; }
    Inspector > .inspector--details { margin-top: 1; }
    """

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._cell = Static("no cell chosen", markup=False)
        self._details = Static("", markup=False, classes="inspector--details")
        self._moment: datetime | None = None
        self._read: Details | None = None
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        """The cell above, its details below."""
        yield self._cell
        yield self._details

    def show_cell(
        self, environment: Environment, row: Row, cell: Cell, now: datetime, extras: Extras | None = None
    ) -> None:
        """Shows what is known of a cell; details of another are dropped."""
        self.update_cell(environment, row, cell, now, extras)
        self._read = None
        self._details.update("")
        self.scroll_home(animate=False)

    def update_cell(
        self, environment: Environment, row: Row, cell: Cell, now: datetime, extras: Extras | None = None
    ) -> None:
        """Shows what is known of the same cell by now; what reads as before is not drawn again."""
        self._moment = now
        _tell(self._cell, plain_content(describe_cell(environment, row, cell, now, extras), self._glyphs))
        if self._read is not None:
            self.show_details(self._read)

    def show_loading(self) -> None:
        """Says that the details are being read."""
        self._read = None
        self._details.update(plain_content(Content.styled("… reading the image", "italic"), self._glyphs))

    def show_details(self, details: Details) -> None:
        """Shows what was read of the cell's image."""
        self._read = details
        _tell(self._details, plain_content(describe_details(details, self._moment), self._glyphs))

    def show_failure(self, text: str) -> None:
        """Says in a sentence why the details could not be read."""
        self._read = None
        self._details.update(Content.styled(f"! {clean(text)}", "bold $text-error"))


def _tell(part: Static, text: Content) -> None:
    """Shows `text` in `part`, unless it is there already, in the same styles."""
    shown = part.content
    if not isinstance(shown, Content) or (shown.plain, shown.spans) != (text.plain, text.spans):
        part.update(text)
