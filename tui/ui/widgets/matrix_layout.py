"""Where the matrix's columns lie. Widths follow from the room there is, never from the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

GUTTER: Final = 3
"""The cursor's sign, the mark, a space."""

_NARROWEST: Final = 10
"""A glyph, a space and eight hexadecimal digits."""

_WIDEST: Final = 18
"""`≠ differs 9f8e7d6c`."""

_FRAME: Final = 2
"""A rule before a cell and a space after it."""

_TAG: Final = 20
_REPOSITORY_AND_TAG: Final = 26


@dataclass(frozen=True, slots=True)
class Layout:
    """`columns` are the environments shown in `room` cells; `label` and `cell` are widths in which text stands."""

    room: int
    columns: tuple[int, ...]
    label: int
    cell: int

    @property
    def head(self) -> int:
        """The width of what stays put when scrolling sideways."""
        return GUTTER + self.label

    @property
    def pitch(self) -> int:
        """The width of a column with its rule and its space."""
        return self.cell + _FRAME

    @property
    def width(self) -> int:
        """The width of all of it."""
        return self.head + self.pitch * len(self.columns)

    def column_at(self, x: int, scrolled: int) -> int | None:
        """The environment drawn at `x`; None over the labels or beyond the last."""
        if x < self.head:
            return None
        position = (x - self.head + scrolled) // self.pitch
        return self.columns[position] if position < len(self.columns) else None


def lay_out(width: int, columns: Sequence[int], *, has_repository: bool) -> Layout:
    """The layout of `columns` in `width` cells."""
    wanted = _REPOSITORY_AND_TAG if has_repository else _TAG
    spare = width - GUTTER - wanted - _FRAME * len(columns)
    cell = min(max(spare // max(len(columns), 1), _NARROWEST), _WIDEST)
    label = width - GUTTER - (cell + _FRAME) * len(columns)
    return Layout(width, tuple(columns), max(label, min(_TAG, max(width // 3, 8))), cell)
