"""A question with two answers; Enter gives neither, and a key typed before it was asked is no answer.

What concerns a protected environment asks for its name to be typed as well, after the answer was yes.
"""

import time
from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.domain.text import clean
from tui.ui.guard import Guard


class ConfirmScreen(ModalScreen[bool]):
    """Asks `question`, line by line; `yes` and `no` say what each answer does. `clock` counts seconds.

    Where `name` is given, that of a protected environment, yes counts only once it was typed.
    """

    CSS_PATH = "../panes.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes", id="confirm.yes"),
        Binding("n", "answer(False)", "No", id="confirm.no"),
        Binding("escape", "answer(False)", "No", show=False),
    ]

    def __init__(
        self,
        question: str,
        *,
        yes: str = "yes",
        no: str = "no",
        name: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._question = question
        self._yes, self._no = yes, no
        self._wanted = name
        self._guard = Guard(clock)

    def compose(self) -> ComposeResult:
        """The question, the place for a name, and what the keys do."""
        with Vertical(id="confirm", classes="dialog") as frame:
            frame.set_class(bool(self._wanted), "-protected")
            if self._wanted:
                frame.border_title = Content(clean(f"{self._wanted}: PROTECTED"))
            asked = "\n".join(map(clean, self._question.split("\n")))
            yield Static(Content(asked), id="confirm-question", markup=False)
            yield Input(id="confirm-name", select_on_focus=False)
            yield Static(id="confirm-hint", classes="dialog--hint", markup=False)

    def on_mount(self) -> None:
        """From now on the question can be read."""
        self._set_naming(is_naming=False)
        self._guard.restart()

    @property
    def _is_naming(self) -> bool:
        return self.query_one("#confirm-name").display

    def _set_naming(self, *, is_naming: bool) -> None:
        field = self.query_one("#confirm-name", Input)
        field.display, field.value = is_naming, ""
        answers = f"y  {self._yes}      n, Esc  {self._no}"
        name = f"Type its name, {self._wanted}, and press Enter to {self._yes}; Esc goes back"
        self._hint(name if is_naming else answers)
        self.set_focus(field if is_naming else None)

    def _hint(self, text: str) -> None:
        self.query_one("#confirm-hint", Static).update(Content(clean(text)))

    def action_answer(self, answer: bool) -> None:  # noqa: FBT001  an action's parameters come by position
        """Yes counts only when it was meant. No leaves the name, or the dialog."""
        if self._is_naming:
            self._set_naming(is_naming=False)
            self._guard.restart()
        elif not answer:
            self.dismiss(False)  # noqa: FBT003 - a screen's result
        elif self._guard.lets("yes"):
            self._agree()

    def _agree(self) -> None:
        if self._wanted:
            self._set_naming(is_naming=True)
        else:
            self.dismiss(True)  # noqa: FBT003 - a screen's result

    @on(Input.Submitted, "#confirm-name")
    def _name_typed(self, event: Input.Submitted) -> None:
        """A whole name is no accident: Enter confirms here, and here alone."""
        event.stop()
        if self._is_naming and event.value == self._wanted:
            self.dismiss(True)  # noqa: FBT003 - a screen's result
        elif event.value:
            self._hint(f"that is not the name: type exactly {self._wanted}; Esc goes back")
