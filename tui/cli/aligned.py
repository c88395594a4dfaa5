"""Tables of text, whatever stands in them."""

from collections.abc import Iterator, Sequence
from typing import Final

_GAP: Final = "  "


def aligned(table: Sequence[Sequence[str]]) -> Iterator[str]:
    """The lines of `table` in columns; its first line has as many cells as every other."""
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    for line in table:
        yield _GAP.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
