"""Where the matrix's columns lie. Widths follow from the room there is, never from the rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

GUTTER: Final = 3
"""The cursor's sign, the mark, a space."""

_NARROWEST: Final = 11
"""`≠ flattened`: the longest of the reasons; eight hexadecimal digits have room as well."""

_NARROWEST_BESIDE_ORIGIN: Final = 10
"""A glyph, a space and eight hexadecimal digits; the longest reason is cut to a shorter word."""

_WIDEST: Final = 18
"""`≠ differs 9f8e7d6c`."""

_FRAME: Final = 2
"""A rule before a cell and a space after it."""

_TAG: Final = 20
_SHORT_TAG: Final = 16
"""What is left to the tag beside the origin on a narrow terminal."""

_REPOSITORY_AND_TAG: Final = 26

_ORIGIN: Final = 20
"""`20261120.4 1f3c2ab` and a space on both sides."""

_SHORT_ORIGIN: Final = 9
"""`1f3c2ab` and a space on both sides."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`columns` are the environments shown in `room` cells; `label` and `cell` are widths in which text stands.

    `origin` is the width of build and commit with the spaces around them; 0 where they are not shown.
    """

    room: int
    columns: tuple[int, ...]
    label: int
    cell: int
    origin: int = 0

    @property
    def head(self) -> int:
        """The width of what stays put when scrolling sideways."""
        return GUTTER + self.label + self.origin

    @property
    def pitch(self) -> int:
        """The width of a column with its rule and its space."""
        return self.cell + _FRAME

    @property
    def width(self) -> int:
        """The width of all of it."""
        return self.head + self.pitch * len(self.columns)

    def revealing(self, column: int, scrolled: int, width: int) -> int:
        """How far to scroll sideways to have `column` in sight in `width` cells: no further than is needed."""
        seen = max(width - self.head, self.pitch)
        left = self.columns.index(column) * self.pitch if column in self.columns else 0
        return min(max(scrolled, left + self.pitch - seen), left)

    def column_at(self, x: int, scrolled: int) -> int | None:
        """The environment drawn at `x`; None over the labels or beyond the last."""
        if x < self.head:
            return None
        position = (x - self.head + scrolled) // self.pitch
        return self.columns[position] if position < len(self.columns) else None


def lay_out(width: int, columns: Sequence[int], *, has_repository: bool, shows_origin: bool = False) -> Layout:
    """The layout of `columns` in `width` cells. Where room is short, the origin is the commit alone."""
    wanted = _REPOSITORY_AND_TAG if has_repository else _TAG
    narrowest = _NARROWEST_BESIDE_ORIGIN if shows_origin else _NARROWEST
    origin = _origin(width - GUTTER - wanted - (_NARROWEST + _FRAME) * len(columns)) if shows_origin else 0
    spare = width - GUTTER - wanted - origin - _FRAME * len(columns)
    cell = min(max(spare // max(len(columns), 1), narrowest), _WIDEST)
    label = width - GUTTER - origin - (cell + _FRAME) * len(columns)
    fewest = min(_SHORT_TAG if shows_origin else _TAG, max(width // 3, 8))
    return Layout(width, tuple(columns), max(label, fewest), cell, origin)


def _origin(spare: int) -> int:
    """How wide the origin is where every cell is as narrow as may be and `spare` cells are left."""
    return _ORIGIN if spare >= _ORIGIN else _SHORT_ORIGIN
