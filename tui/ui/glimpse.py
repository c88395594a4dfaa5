"""A glimpse: the last known board as text, which a terminal can show before Textual is imported.

It comes from a file, so nothing in it is believed: what is neither a colour nor plain text is cleaned away.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tui.domain.amounts import span
from tui.domain.text import clean

LEAST: Final = 40, 10
"""Columns and lines that the board itself needs."""

LIMIT: Final = 512 * 1024
"""Bytes of a glimpse; 300 columns of 100 lines, each cell in a colour of its own run, have fewer."""

_FORM: Final = "windlass glimpse 1"
_HEAD: Final = 3
"""Lines before the rows: the form, the key, and columns with the time."""

_LONGEST: Final = 8192
_RUN: Final = re.compile(r"(\x1b\[[0-9;]{0,64}m)")
"""Select Graphic Rendition (ECMA-48, 8.3.117): the one control sequence that moves nothing and asks for nothing."""

_PLAIN: Final = "\x1b[0m"
_LOUD: Final = "\x1b[0;1;7m"


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A board of `columns` cells as it stood at `taken_at` (seconds since 1970); rows are text with SGR sequences."""

    columns: int
    taken_at: int
    rows: tuple[str, ...]


def to_text(glimpse: Glimpse, key: str) -> str:
    """What is kept of `glimpse` for boards of `key`: a line that says all that the look of a board depends on."""
    return "\n".join((_FORM, clean(key), f"{glimpse.columns} {glimpse.taken_at}", *glimpse.rows))


def from_text(text: str, key: str) -> Glimpse | None:
    """The glimpse in `text`, cleaned; None where it is another form's, of another key, or broken."""
    form, *rest = text.split("\n")
    if form != _FORM or len(rest) < _HEAD or rest[0] != clean(key):
        return None
    columns, _, taken_at = rest[1].partition(" ")
    if not _is_number(columns) or not _is_number(taken_at):
        return None
    return Glimpse(int(columns), int(taken_at), tuple(map(_cleaned, rest[2:])))


def fits(glimpse: Glimpse, columns: int, lines: int, now: float) -> bool:
    """True where `glimpse` fills a terminal of that size, and is no older than nothing."""
    return columns <= glimpse.columns and lines <= len(glimpse.rows) and glimpse.taken_at <= now


def drawing(glimpse: Glimpse, columns: int, lines: int, now: float) -> str:
    """What draws `glimpse`, cropped, on an empty terminal of that size, with its age over whatever stands there."""
    rows = (f"\x1b[{at};1H{_cropped(row, columns)}{_PLAIN}" for at, row in enumerate(glimpse.rows[:lines], 1))
    note = f" last known, {span(now - glimpse.taken_at)} ago "
    return f"{''.join(rows)}\x1b[1;{columns - len(note) + 1}H{_LOUD}{note}{_PLAIN}"


def starting(*, ascii_only: bool) -> str:
    """What says on an empty terminal that the board is to come, where no glimpse of it can be had."""
    return f"\x1b[1m windlass{_PLAIN}  starting{'~' if ascii_only else '…'}"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 12


def _cleaned(row: str) -> str:
    return "".join(part if is_run else clean(part) for part, is_run in _parts(row[:_LONGEST]))


def _cropped(row: str, columns: int) -> str:
    """`row` in so many characters; a terminal that does not wrap cuts what is wider."""
    return "".join(_crop(tuple(_parts(row)), columns))


def _crop(parts: Sequence[tuple[str, bool]], columns: int) -> Iterator[str]:
    for part, is_run in parts:
        yield part if is_run else part[:columns]
        columns -= 0 if is_run else min(len(part), columns)


def _parts(row: str) -> Iterator[tuple[str, bool]]:
    """The parts of `row`; True for those that change how the next is written."""
    for at, part in enumerate(_RUN.split(row)):
        yield part, at % 2 == 1
