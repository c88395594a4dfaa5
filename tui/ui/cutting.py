"""Cutting text to the room there is; what was cut shows an ellipsis. Pure."""

from rich.cells import cell_len, set_cell_size

from tui.ui.glyphs import Glyphs
from tui.ui.naming import cut_middle


def cut_end(text: str, width: int, glyphs: Glyphs) -> str:
    """`text` in at most `width` cells, ending in an ellipsis where it was cut."""
    if cell_len(text) <= width:
        return text
    return glyphs.text(set_cell_size(text, max(width - 1, 0)) + "…")[: max(width, 0)]


def shorten(name: str, width: int, glyphs: Glyphs) -> str:
    """`name` padded to exactly `width` cells, or with its middle left out."""
    return set_cell_size(glyphs.text(cut_middle(name, width)), width)
