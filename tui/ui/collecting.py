"""The garbage collector beside a board: a full round stops everything, and takes the longer the more there is."""

import gc
from typing import Final

_SELDOM: Final = (1_000, 10, 500)
"""New objects before a round among the youngest, and so many of those before one among the older, and among all."""


def collect_seldom() -> None:
    """From now on full rounds are rare and pass over everything that is loaded already.

    For a process that shows one board and ends with it: what is garbage by now is never collected.
    """
    gc.freeze()
    gc.set_threshold(*_SELDOM)
    gc.enable()
