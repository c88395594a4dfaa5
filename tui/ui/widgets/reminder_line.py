"""The reminder: one line that cannot be overlooked, for what waits until somebody decides; gone when nothing does."""

from typing import Final

from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget

from tui.domain.text import clean
from tui.ui import keys
from tui.ui.messages import KeyClicked

_SECONDS: Final = 8.0
"""So long what was told stands there: as long as it takes to read three lines."""


class ReminderLine(Widget):
    """Shows a sentence. A click is the key that it names. What is told in passing stands before it for a while."""

    DEFAULT_CSS = """
    ReminderLine {
        height: 1;
        padding: 0 1;
        background: $warning-muted;
        color: $text;
        text-style: bold reverse;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    ReminderLine.-telling { height: auto; max-height: 4; text-wrap: wrap; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._text = self._told = ""
        self._until: Timer | None = None
        self.display = False

    def show(self, text: str) -> None:
        """Shows `text`, or hides where it is empty."""
        if text != self._text:
            self._text = text
            self._draw()

    def tell(self, sentence: str) -> None:
        """Shows `sentence`, whole, for some seconds."""
        if self._until is not None:
            self._until.stop()
        self._told, self._until = sentence, self.set_timer(_SECONDS, self._forget)
        self._draw()

    def _forget(self) -> None:
        self._told = ""
        self._draw()

    def _draw(self) -> None:
        self.display = bool(self._told or self._text)
        self.set_class(bool(self._told), "-telling")
        self.refresh(layout=True)

    def render(self) -> Content:
        """The sentence."""
        return Content(clean(self._told or self._text))

    def on_click(self) -> None:
        """As the key; what was told names none, and goes."""
        if self._told:
            self._forget()
        else:
            self.post_message(KeyClicked(keys.RESUME))
