"""A question with two answers; Enter gives neither, and a key typed before it was asked is no answer."""

import time
from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.domain.text import clean
from tui.ui.guard import Guard


class ConfirmScreen(ModalScreen[bool]):
    """Asks `question`; `yes` and `no` say what each answer does. `clock` counts seconds."""

    CSS_PATH = "../panes.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes", id="confirm.yes"),
        Binding("n", "answer(False)", "No", id="confirm.no"),
        Binding("escape", "answer(False)", "No", show=False),
    ]

    def __init__(
        self, question: str, *, yes: str = "yes", no: str = "no", clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._question = question
        self._answers = f"y  {yes}      n, Esc  {no}"
        self._guard = Guard(clock)

    def compose(self) -> ComposeResult:
        """The question, and what the keys do."""
        with Vertical(id="confirm", classes="dialog"):
            yield Static(Content(clean(self._question)), markup=False)
            yield Static(Content(clean(self._answers)), classes="dialog--hint", markup=False)

    def on_mount(self) -> None:
        """From now on the question can be read."""
        self._guard.restart()

    def action_answer(self, answer: bool) -> None:  # noqa: FBT001  an action's parameters come by position
        """Yes counts only when it was meant."""
        if not answer or self._guard.lets("yes"):
            self.dismiss(answer)
