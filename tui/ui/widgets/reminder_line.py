"""The reminder: one line that cannot be overlooked, for what waits until somebody decides; gone when nothing does."""

from textual.content import Content
from textual.widget import Widget

from tui.domain.text import clean
from tui.ui import keys
from tui.ui.messages import KeyClicked


class ReminderLine(Widget):
    """Shows a sentence. A click is the key that it names."""

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
    """

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self.display = False

    def show(self, text: str) -> None:
        """Shows `text`, or hides where it is empty."""
        if text != self._text:
            self._text = text
            self.display = bool(text)
            self.refresh()

    def render(self) -> Content:
        """The sentence."""
        return Content(clean(self._text))

    def on_click(self) -> None:
        """As the key."""
        self.post_message(KeyClicked(keys.RESUME))
