"""The panes around the matrix, and how much room each has."""

from typing import ClassVar, Final

from textual.binding import BindingType
from textual.containers import Vertical
from textual.widget import Widget

from tui.ui import keys
from tui.ui.widgets.inspector import Inspector
from tui.ui.widgets.log_pane import LogPane
from tui.ui.widgets.repository_list import RepositoryList

_SHORTEST: Final = 3
_NARROWEST: Final = 14
_LEFT_FOR_OTHERS: Final = 8


class Panes(Vertical):
    """Holds the panes; the matrix takes what the others leave."""

    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings(keys.PANES_KEYS))
    _was_wide = False

    def action_log(self) -> None:
        """Shows the log and goes there."""
        self._log.display = True
        self.screen.set_focus(self._log)

    def action_toggle_log(self) -> None:
        """Hides the log, or shows it."""
        self._log.display = not self._log.display

    def action_log_height(self, step: int) -> None:
        """Gives the log more lines, or fewer."""
        self._log.display = True
        self._resize_height(self._log, step)

    def action_pane(self, step: int) -> None:
        """Gives the focused pane more room, or less; the matrix gets it from the log."""
        match self.screen.focused:
            case RepositoryList() as pane:
                self._resize_width(pane, step)
            case Inspector() as pane if self.screen.has_class("-wide"):
                self._resize_width(pane, step)
            case Inspector() | LogPane() as pane:
                self._resize_height(pane, step)
            case _:
                self._resize_height(self._log, -step)

    def on_resize(self) -> None:
        """A pane that was sized by hand keeps that only while it lies where it lay: beside the matrix, or below."""
        is_wide = self.screen.has_class("-wide")
        if is_wide != self._was_wide:
            self._was_wide = is_wide
            inspector = self.query_one(Inspector)
            inspector.styles.width = inspector.styles.height = None

    @property
    def _log(self) -> LogPane:
        return self.query_one(LogPane)

    def _resize_height(self, pane: Widget, step: int) -> None:
        most = max(self.size.height - _LEFT_FOR_OTHERS, _SHORTEST)
        pane.styles.height = min(max(pane.outer_size.height + step, _SHORTEST), most)

    def _resize_width(self, pane: Widget, step: int) -> None:
        most = max(self.size.width // 2, _NARROWEST)
        pane.styles.width = min(max(pane.outer_size.width + step, _NARROWEST), most)
