"""What the board finds when it comes, and leaves for the next time."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tui.ui.curtain import Curtain
from tui.ui.glimpse import Glimpse


def _forget(glimpse: Glimpse) -> None:
    """Where nothing is to be remembered."""
    del glimpse


@dataclass(frozen=True, slots=True)
class Entrance:
    """The `curtain` that stands until the board is drawn, and who keeps a glimpse of it."""

    curtain: Curtain
    keep: Callable[[Glimpse], None] = field(default=_forget)
