"""Recording: an event is in the journal before anyone is shown it, with the progress of blobs that came before it."""

from dataclasses import dataclass, field
from secrets import token_hex

from tui.domain.events import Ending, Event, Recorded
from tui.domain.reference import Reference
from tui.ports.errors import JournalError
from tui.ports.journal import Clock, Journal


def _new_id() -> str:
    return token_hex(6)


@dataclass(slots=True)
class Recording:
    """What happens between `source` and `target`, under one id."""

    journal: Journal
    clock: Clock
    source: Reference
    target: Reference
    promotion: str = field(default_factory=_new_id)
    is_under_way: bool = field(default=False, init=False)
    """True from the record of its beginning to that of its ending: who stops it then has to journal that."""

    async def record(self, event: Event) -> Recorded:
        """Journals `event`, to the end even if this is cancelled meanwhile. Raises JournalError."""
        record = Recorded(self.promotion, self.clock(), self.source, self.target, event)
        was_under_way = self.is_under_way
        self.is_under_way = not isinstance(event, Ending)
        try:
            await self.journal.record(record)
        except JournalError:
            self.is_under_way = self.is_under_way and was_under_way  # what is not known as begun needs no ending
            raise
        return record
