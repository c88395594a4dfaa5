"""The last line: the few keys to begin with. A click on one does the same."""

from collections.abc import Mapping, Sequence
from typing import Final

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.keys import format_key
from textual.widget import Widget

from tui.ui import keys
from tui.ui.messages import KeyClicked

_DISPLAY: Final = {"enter": "Enter", "escape": "Esc", "space": "Space"}


class KeyLine(Widget):
    """Keys with what they do, as many as have room."""

    def __init__(self, shown: Sequence[str], keymap: Mapping[str, str], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        table = {key.id: key for key in keys.ALL}
        self._keys = tuple(_entry(table[name], keymap) for name in shown)

    def render(self) -> Text:
        line = Text(no_wrap=True, overflow="crop")
        for _, name, label in self._keys:
            if cell_len(line.plain) + cell_len(f" {name} {label}  ") <= self.content_size.width:
                line.append(f" {name}", style="bold").append(f" {label}  ")
        return line

    def on_click(self, event: events.Click) -> None:
        start = 0
        for pressed, name, label in self._keys:
            end = start + cell_len(f" {name} {label}  ")
            if start <= event.x < end:
                self.post_message(KeyClicked(pressed))
            start = end


def _entry(key: keys.Key, keymap: Mapping[str, str]) -> tuple[str, str, str]:
    """The key to press, what it is called, and what it does in a word."""
    pressed = keymap.get(key.id, key.keys).split(",")[0].strip()
    return pressed, _DISPLAY.get(pressed, format_key(pressed)), key.label
