"""The why-line: how the cell at the cursor stands, where the inspector has no room of its own."""

from textual.content import Content
from textual.widget import Widget

from tui.ui.cutting import cut_end
from tui.ui.glyphs import UNICODE, Glyphs
from tui.ui.log_lines import fold
from tui.ui.plainly import plainly


class WhyLine(Widget):
    """A sentence, and on a second line, where it has one, the evidence; what it has no room for is cut."""

    def __init__(self, *, glyphs: Glyphs = UNICODE, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._glyphs = glyphs
        self._told = ("", "")

    def show(self, sentence: str, evidence: str = "") -> None:
        """Shows how the cell stands, and what that rests on; empty where there is nothing to say."""
        if self._told != (sentence, evidence):
            self._told = (sentence, evidence)
            self.refresh()

    def render(self) -> Content:
        width, height = self.content_size
        lines = self._lines(width) if height > 1 else ("; ".join(filter(None, self._told)),)
        return Content("\n".join(cut_end(plainly(line, self._glyphs), width, self._glyphs) for line in lines))

    def _lines(self, width: int) -> tuple[str, ...]:
        """Two lines; without evidence, a long sentence has both."""
        sentence, evidence = self._told
        if evidence:
            return self._told
        first, *rest = fold(sentence, width, width)
        return first, " ".join(rest)
