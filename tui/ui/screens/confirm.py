"""A question with two answers; Enter gives neither."""

from textual.screen import ModalScreen


class ConfirmScreen(ModalScreen[bool]):
    """Asks `question`; `yes` and `no` say what each answer does."""

    def __init__(self, question: str, *, yes: str = "yes", no: str = "no") -> None:
        super().__init__()
        self._question = question
        self._yes = yes
        self._no = no
