"""An explanation in words: pure functions from values to sentences."""

from collections.abc import Iterator
from datetime import datetime
from typing import assert_never

from tui.domain import amounts
from tui.domain.explanation import Clue, Explained, Explanation, Likeness, Undecided
from tui.domain.timestamps import age


def explanation_title(explanation: Explanation) -> str:
    """`moved: the base's tag was pushed again after promotion`, or that nobody knows."""
    match explanation:
        case Explained(reason):
            return f"{reason.value}: {reason.sentence}"
        case Undecided():
            return "undecided: what would tell is missing"
        case _:
            assert_never(explanation)


def explanation_details(explanation: Explanation, now: datetime) -> tuple[str, ...]:
    """What it rests on, the most telling first, with how long ago seen from `now`; or what was missing."""
    match explanation:
        case Explained():
            return tuple(_evidence(explanation, now))
        case Undecided(missing):
            return missing
        case _:
            assert_never(explanation)


def clue_text(clue: Clue, now: datetime) -> str:
    """`the base's tag moved 2 h ago`."""
    return f"{clue.text} {age(clue.at, now)} ago" if clue.at else clue.text


def likeness_text(likeness: Likeness) -> str:
    """`4 of 9 layers shared, 61 MB to transfer`; empty for an image without layers."""
    if not likeness.layers:
        return ""
    shared = f"{likeness.shared} of {amounts.count(likeness.layers, 'layer')} shared"
    missing = f"{amounts.size(likeness.missing_bytes)} to transfer" if likeness.missing_bytes else "nothing to transfer"
    return f"{shared}, {missing}"


def _evidence(explained: Explained, now: datetime) -> Iterator[str]:
    for clue in explained.clues:
        yield clue_text(clue, now)
    if explained.likeness and (told := likeness_text(explained.likeness)):
        yield told
