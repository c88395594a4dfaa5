"""The why-line: how the cell at the cursor stands, in a sentence, where the inspector has no room of its own."""

from textual.content import Content
from textual.widget import Widget

from tui.ui.cutting import cut_end
from tui.ui.glyphs import UNICODE, Glyphs
from tui.ui.plainly import plainly


class WhyLine(Widget):
    """One line; what it has no room for is cut."""

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._glyphs = glyphs
        self._text = ""

    def show(self, text: str) -> None:
        """Shows `text`."""
        if self._text != text:
            self._text = text
            self.refresh()

    def render(self) -> Content:
        return Content(cut_end(plainly(self._text, self._glyphs), self.content_size.width, self._glyphs))
