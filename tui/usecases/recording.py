"""Recording: an event is in the journal before anyone is shown it."""

import asyncio
import uuid
from dataclasses import dataclass, field

from tui.domain.events import Event, Recorded
from tui.domain.reference import Reference
from tui.ports.journal import Clock, Journal


def _new_id() -> str:
    return uuid.uuid4().hex[:12]


@dataclass(frozen=True, slots=True)
class Recording:
    """What happens between `source` and `target`, under one id."""

    journal: Journal
    clock: Clock
    source: Reference
    target: Reference
    promotion: str = field(default_factory=_new_id)

    async def record(self, event: Event) -> Recorded:
        """Journals `event`, to the end even if this is cancelled meanwhile. Raises JournalError."""
        record = Recorded(self.promotion, self.clock(), self.source, self.target, event)
        await asyncio.shield(asyncio.ensure_future(self.journal.record(record)))
        return record
