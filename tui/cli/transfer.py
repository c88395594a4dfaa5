"""How far a promotion's blobs are, added up, and when to say so."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from tui.cli.amounts import counted, size_text
from tui.domain.events import BlobAdvanced, Direction

DRAWN_EVERY: Final = 0.1
"""Seconds between two progress lines where a line is drawn over."""
TOLD_EVERY: Final = 5.0
"""Seconds between two progress lines where each stays."""

Sizes = tuple[int, int]


@dataclass(slots=True)
class Transfer:
    """The blobs of one promotion, for each direction: bytes done and in all. `expected` is the size of the image."""

    expected: int = 0
    blobs: dict[tuple[Direction, str], Sizes] = field(default_factory=dict[tuple[Direction, str], Sizes])

    def advance(self, event: BlobAdvanced) -> None:
        """Takes in `event`; an engine may count past the end."""
        self.blobs[event.direction, event.digest] = min(event.done, event.total), event.total

    def line(self, direction: Direction) -> str:
        """`push   71 %, 212 MB of 298 MB, 4 blobs done`."""
        sizes = [size for (way, _), size in self.blobs.items() if way is direction]
        done = sum(done for done, _ in sizes)
        total = max(self.expected, sum(total for _, total in sizes))
        whole = sum(done >= total for done, total in sizes)
        share = 100 * done // total if total else 100
        return f"{direction:<6} {share} %, {size_text(done)} of {size_text(total)}, {counted(whole, 'blob')} done"


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
