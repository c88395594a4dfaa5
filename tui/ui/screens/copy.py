"""The copy menu: whole values, each with a key, that stay on screen to be selected by hand as well."""

from collections.abc import Mapping
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.domain.text import clean


class CopyScreen(ModalScreen[tuple[str, str] | None]):
    """Offers `values` (label to value), each under its label's first letter; gives the chosen pair, or None."""

    CSS_PATH = "../panes.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "close", "Close")]

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__()
        self._values = dict(values)

    def compose(self) -> ComposeResult:
        """A key, a label and the whole value each."""
        with Vertical(id="copy", classes="dialog") as frame:
            frame.border_title = "copy"
            with VerticalScroll(id="copy-values"):
                for label, value in self._values.items():
                    yield Static(_shown(label, value), markup=False, classes="copy--value")
            yield Static(
                "press a key to copy, or select with the mouse; Esc closes", classes="dialog--hint", markup=False
            )

    def on_key(self, event: events.Key) -> None:
        """Chooses the value whose label begins with the key."""
        for label, value in self._values.items():
            if event.key == label[0].lower():
                event.stop()
                self.dismiss((label, value))
                return

    def action_close(self) -> None:
        """Nothing is to be copied."""
        self.dismiss(None)


def _shown(label: str, value: str) -> Content:
    lines = Content("\n").join([Content(clean(line)) for line in value.splitlines()])
    return Content.assemble((f" {label[0].lower()} ", "reverse bold"), (f" {label}\n", "bold"), lines)
