"""What widgets and workers say. Each is in the past tense, and what it carries is frozen."""

from dataclasses import dataclass

from textual.message import Message

from tui.domain.events import Recorded
from tui.domain.reference import Repository


@dataclass
class CursorMoved(Message):
    """The matrix's cursor stands on another cell; only the last place matters."""

    def can_replace(self, message: Message) -> bool:
        """A later move makes an earlier one that nobody saw yet needless."""
        return isinstance(message, CursorMoved)


@dataclass
class InspectionAsked(Message):
    """The operator asked to look into the cell at the cursor."""


@dataclass
class RepositoryChosen(Message):
    """Another repository was chosen in the list; None stands for all."""

    repository: Repository | None


@dataclass
class FilterChanged(Message):
    """The filter line holds another text."""

    text: str


@dataclass
class KeyClicked(Message):
    """A key on the last line was clicked: it is to count as pressed."""

    key: str


@dataclass
class BoardChanged(Message):
    """A survey told something new; the board is to be drawn again."""


@dataclass
class InsightGrown(Message):
    """More was found out about what is on the board; it is to be drawn again."""


@dataclass
class RowsShown(Message):
    """Other rows are in sight, or may be; only what is in sight now matters."""

    def can_replace(self, message: Message) -> bool:
        """A later one makes an earlier one that nobody saw yet needless."""
        return isinstance(message, RowsShown)


@dataclass
class FilterKept(Message):
    """The operator has typed the filter to its end."""


@dataclass
class Said(Message):
    """A line for the log: an error, a warning, or a command that can be pasted into a shell."""

    text: str
    kind: str = "info"


@dataclass
class PromotionAdvanced(Message):
    """Something happened in a promotion; it is in the journal already."""

    record: Recorded


@dataclass
class ChangeAdvanced(Message):
    """A lock, an approval or a tag was changed by hand, beside promotions; it is in the journal already."""

    record: Recorded


@dataclass
class PromotionsEnded(Message):
    """Promotions, or a change by hand, are over; what they touched has to be read again before a cell may change."""

    repositories: tuple[Repository, ...]


@dataclass
class InterruptedRead(Message):
    """What was interrupted in earlier sessions is known, or no longer what it was."""
