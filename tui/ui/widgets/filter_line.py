"""The filter line: what the rows are filtered by, how many there are, and what is wrong with the filter."""

from collections.abc import Sequence
from typing import ClassVar, Final

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from tui.ui import keys
from tui.ui.messages import FilterChanged, FilterKept

_HOME: Final = "TagMatrix"
"""Where the focus goes from here."""

_HINT: Final = "filter: words  !word  prod:drift  prod:moved  commit:1f3c"


class FilterLine(Horizontal):
    """An input that filters as it is typed into. Enter keeps the filter, Esc clears it."""

    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings(keys.FILTER))

    _told = ""

    def compose(self) -> ComposeResult:
        yield Static(Content(" /"), id="filter-sign")
        yield Input(
            placeholder=_HINT,
            id="filter-text",
            compact=True,
            select_on_focus=False,
        )
        yield Static(Content(""), id="filter-counts")

    def on_mount(self) -> None:
        self.query_one(Input).can_focus = False

    def show_counts(self, counts: str, problems: Sequence[str] = ()) -> None:
        """Shows how many rows there are, or the first thing that is wrong with the filter."""
        told, before = f" {problems[0] if problems else counts} ", self._told
        if told != before:  # and laid out anew only where it needs another room: that is the whole screen
            self._told = told
            line = self.query_one("#filter-counts", Static)
            line.update(Content(told), layout=cell_len(told) != cell_len(before))
            line.set_class(bool(problems), "problem")

    @property
    def text(self) -> str:
        """What the line holds."""
        return self.query_one(Input).value

    @property
    def has_focus_within(self) -> bool:
        """True while the operator types, from the very key that led here."""
        return self.screen.focused is self.query_one(Input)

    def enter(self) -> None:
        """Takes the focus, at once: the next key is part of the filter."""
        box = self.query_one(Input)
        box.can_focus = True
        self.screen.set_focus(box)

    def clear(self) -> None:
        """Empties the filter."""
        self.query_one(Input).value = ""

    def action_keep(self) -> None:
        self._leave()
        self.post_message(FilterKept())

    def action_clear(self) -> None:
        self.clear()
        self._leave()

    def _leave(self) -> None:
        self.query_one(Input).can_focus = False
        self.screen.set_focus(self.screen.query_one(_HOME))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(FilterChanged(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_keep()
