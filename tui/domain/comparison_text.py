"""A comparison as lines that read like a diff; the board and the command line draw the same ones. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tui.domain.comparison import Comparison


class LineKind(StrEnum):
    """What a line is; its value is the sign that stands before it, so that no colour is needed."""

    TITLE = "#"
    SAME = "="
    ADDED = "+"
    REMOVED = "-"
    CHANGED = "~"
    UNREAD = "?"
    """Could not be read, so that nothing is said of it."""
    NOTE = " "


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison: `depth` (from 0) levels in, cleaned, without its sign."""

    kind: LineKind
    text: str
    depth: int = 0

    def __str__(self) -> str:
        """The line as it is printed: sign, indentation, text."""
        return f"{self.kind.value} {'  ' * self.depth}{self.text}".rstrip()


def comparison_lines(comparison: Comparison, now: datetime) -> tuple[Line, ...]:
    """All of it, the most telling first: verdict, origin, platforms, layers, config, companions."""
    raise NotImplementedError
