"""Help: every key of the focused pane, searchable, and each can be run from here."""

from collections.abc import Sequence

from textual.binding import Binding
from textual.screen import ModalScreen


class HelpScreen(ModalScreen[str | None]):
    """Lists `bindings` by their group; gives the action chosen with Enter, or None."""

    def __init__(self, bindings: Sequence[Binding]) -> None:
        super().__init__()
        self._given = tuple(bindings)
