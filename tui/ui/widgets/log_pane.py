"""The log: every line of every promotion in order, and what is running drawn in place below it."""

from typing import Literal

from textual.widget import Widget

from tui.domain.environment import PromotionPath
from tui.domain.events import Recorded
from tui.domain.progress import Progress

Kind = Literal["info", "warning", "error", "command"]


class LogPane(Widget):
    """Lines of promotions and of the application. With a `path`, registries are called by their environment."""

    def __init__(self, path: PromotionPath | None = None, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._path = path

    def record(self, record: Recorded) -> None:
        """Takes in what happened in a promotion; it is drawn with the next repaint."""
        raise NotImplementedError

    def say(self, text: str, kind: Kind = "info") -> None:
        """Adds a line that belongs to no promotion; `command` is one that can be pasted into a shell."""
        raise NotImplementedError

    @property
    def jobs(self) -> tuple[Progress, ...]:
        """The promotions that are running, oldest first."""
        raise NotImplementedError
