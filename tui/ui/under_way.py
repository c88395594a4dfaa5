"""What is under way: the records of promotions are handed on, and those that are stopped get their ending told."""

from collections.abc import Callable

from tui.domain.events import Ending, PromotionCancelled, Recorded
from tui.domain.reference import Reference
from tui.ports.journal import Clock
from tui.ui.messages import PromotionAdvanced


class UnderWay:
    """Hands records on to `tell`, and knows which promotions have not ended."""

    def __init__(self, tell: Callable[[PromotionAdvanced], object], clock: Clock) -> None:
        self._tell = tell
        self._clock = clock
        self._running: dict[Reference, Recorded] = {}

    def take_in(self, record: Recorded) -> None:
        """Tells `record`."""
        self._running[record.target] = record
        if isinstance(record.event, Ending):
            del self._running[record.target]
        self._tell(PromotionAdvanced(record))

    def tell_cancelled(self) -> None:
        """A stopped promotion journals its ending as it closes, when it can tell nothing any more."""
        for last in self._running.values():
            ending = Recorded(last.promotion, self._clock(), last.source, last.target, PromotionCancelled())
            self._tell(PromotionAdvanced(ending))
        self._running.clear()
