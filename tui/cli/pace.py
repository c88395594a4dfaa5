"""When a progress line is due, and what it says."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tui.domain import amounts
from tui.domain.progress import Progress

DRAWN_EVERY: Final = 0.1
"""Seconds between two progress lines where a line is drawn over."""
TOLD_EVERY: Final = 5.0
"""Seconds between two progress lines where each stays."""


def progress_line(progress: Progress) -> str:
    """`push    71 %  212/298 MB  4/6 layers  ETA 9 s`, of the direction that is under way."""
    totals = progress.current
    done = f"{amounts.percent(totals.done, totals.total)}  {amounts.size_pair(totals.done, totals.total)}"
    left = f"  ETA {amounts.seconds(progress.eta)}" if progress.eta is not None else ""
    return f"{progress.direction or '':<6} {done}  {totals.layers_done}/{amounts.count(totals.layers, 'layer')}{left}"


@dataclass(slots=True)
class Pace:
    """Lets something be said once every so many seconds, the first time after as many."""

    clock: Callable[[], float]
    every: float
    _last: float = field(init=False)

    def __post_init__(self) -> None:
        self._last = self.clock()

    def is_due(self) -> bool:
        """True if that long has passed since it was last, or since the beginning."""
        now = self.clock()
        if now - self._last < self.every:
            return False
        self._last = now
        return True
