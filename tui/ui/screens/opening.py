"""The opening: the status line alone, painted while everything else is still being imported."""

from textual.app import ComposeResult
from textual.screen import Screen

from tui.ui.glyphs import Glyphs
from tui.ui.widgets.status_line import Status, StatusLine


class OpeningScreen(Screen[None]):
    """Says what is starting; the board takes its place at once."""

    DEFAULT_CSS = """
    OpeningScreen > StatusLine { height: 1; background: $panel; }
    """

    def __init__(self, status: Status, glyphs: Glyphs) -> None:
        super().__init__()
        self._status = status
        self._glyphs = glyphs

    def compose(self) -> ComposeResult:
        line = StatusLine(glyphs=self._glyphs)
        line.show(self._status)
        yield line
