"""How a comparison is drawn: each line with its sign, so that no colour is needed. Pure."""

import shlex
from collections.abc import Iterator, Sequence
from typing import Final, assert_never

from rich.cells import cell_len

from tui.domain.comparison_text import Line, LineKind
from tui.domain.environment import Environment
from tui.domain.text import clean
from tui.ui.glyphs import UNICODE, Glyphs
from tui.ui.log_lines import fold
from tui.ui.widgets.sheet import SheetLine, Tone
from tui.usecases.comparing import Spot

_INDENT: Final = 2
_HANG: Final = 2
_NARROWEST: Final = 8


def drawn(lines: Sequence[Line], width: int, glyphs: Glyphs = UNICODE) -> tuple[SheetLine, ...]:
    """`lines` as they stand on `width` cells: nothing is cut off, what is too long goes on below its beginning."""
    return tuple(piece for line in lines for piece in _pieces(line, width, glyphs))


def _pieces(line: Line, width: int, glyphs: Glyphs) -> Iterator[SheetLine]:
    tone, text = _tone(line.kind), glyphs.text(clean(line.text))
    head = f"{line.kind.value} {' ' * (_INDENT * line.depth)}"
    room = max(width - len(head), _NARROWEST)
    if cell_len(text) <= room:
        yield (head, tone), (text, tone)
        return
    first, *others = fold(text, room, max(room - _HANG, _NARROWEST))
    yield (head, tone), (first, tone)
    for piece in others:
        yield (" " * (len(head) + _HANG), tone), (piece, tone)


def _tone(kind: LineKind) -> Tone:
    match kind:
        case LineKind.TITLE:
            return Tone.TITLE
        case LineKind.SAME:
            return Tone.MUTED
        case LineKind.ADDED:
            return Tone.ADDED
        case LineKind.REMOVED:
            return Tone.REMOVED
        case LineKind.CHANGED:
            return Tone.CHANGED
        case LineKind.UNREAD:
            return Tone.UNREAD
        case LineKind.NOTE:
            return Tone.PLAIN
        case _:
            assert_never(kind)


def sides_text(left: Spot, right: Spot) -> str:
    """Both references whole, with the sign that marks what only that side has."""
    width = max(cell_len(left.environment.title), cell_len(right.environment.title))
    return f"- {_side(left, width)}\n+ {_side(right, width)}"


def _side(spot: Spot, width: int) -> str:
    title = spot.environment.title
    padding = " " * (width - cell_len(title))
    return f"{title}{padding}  {spot.environment.reference(spot.repository, spot.tag)}"


def command(left: Spot, right: Spot) -> str:
    """The command line that does the same; empty for two repositories, which it cannot compare."""
    if left.repository != right.repository:
        return ""
    words = ["windlass", "compare", f"{left.repository}:{left.tag}", left.environment.name, right.environment.name]
    return shlex.join([*words, "--with", right.tag] if left.tag != right.tag else words)


def next_environment(environments: Sequence[Environment], side: Spot, other: Spot) -> Environment | None:
    """The environment after that of `side`, going round, in which it is not the same as `other`; None without one."""
    at = environments.index(side.environment)
    following = (*environments[at + 1 :], *environments[:at])
    is_same_tag = (side.repository, side.tag) == (other.repository, other.tag)
    return next((item for item in following if not (is_same_tag and item == other.environment)), None)
