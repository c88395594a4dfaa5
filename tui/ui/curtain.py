"""The curtain: what stands on the terminal until the board is drawn there. Textual is still to be imported meanwhile.

However it ends, by a key, a signal or a fault, the terminal is what it was before; once Textual has taken the terminal
over, that is Textual's to do. Keys typed meanwhile wait for it: they are neither shown nor read here.
"""

import os
import signal
import sys
import termios
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final, NoReturn, TextIO

from tui.ui.glimpse import LEAST, Glimpse, drawing, fits, starting

ALTERNATE: Final = "\x1b[?1049h"
_RAISE: Final = f"{ALTERNATE}\x1b[?25l\x1b[?7l\x1b[H\x1b[2J"
"""The other screen, no cursor, no wrapping, and nothing on it."""

_LOWER: Final = "\x1b[0m\x1b[?7h\x1b[?1049l\x1b[?25h"

_INPUT, _LOCAL, _CHARACTERS = 0, 3, 6
"""Where termios has the input modes, the local modes and the control characters."""

_TRANSLATING: Final = termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR
_EDITING: Final = termios.ECHO | termios.ICANON | termios.IEXTEN

_NO_KEY: Final = b"\0"
"""_POSIX_VDISABLE: no key gives this signal."""

_KILLED: Final = 128
"""What a shell adds to the number of the signal that ended a process."""

Attributes = list[Any]
"""What `termios.tcgetattr` gives."""


class Curtain:
    """What stands on a terminal, or does not. Textual draws on the stream that `stream` is, and reads `keyboard`."""

    def __init__(self, stream: TextIO, keyboard: TextIO) -> None:
        self._stream = stream
        self._keyboard = keyboard
        self.before: Attributes | None = None
        """How the terminal was; None where nothing was changed."""
        self.stands = False
        self.shows_board = False

    def draw(self, glimpse: Glimpse | None, now: float, *, ascii_only: bool) -> None:
        """Shows `glimpse` on the other screen, if there is room for a board. From here on only Ctrl-C is a signal."""
        if (size := self._size()) is None:
            return
        self.before = termios.tcgetattr(self._keyboard)
        signal.signal(signal.SIGTERM, _end)
        self.stands, self.shows_board = True, glimpse is not None and fits(glimpse, *size, now)
        termios.tcsetattr(self._keyboard, termios.TCSANOW, _quiet(self.before))
        self._write(_RAISE)
        self._write(drawing(glimpse, *size, now) if glimpse and self.shows_board else starting(ascii_only=ascii_only))

    def hand_over(self) -> None:
        """Says that somebody else draws on this screen now, and leaves it in the end."""
        self.stands = False
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def lower(self) -> None:
        """Gives the terminal back as it was."""
        if self.stands:
            self.hand_over()
            self._write(_LOWER)
        if self.before is not None:
            termios.tcsetattr(self._keyboard, termios.TCSANOW, self.before)

    def _size(self) -> tuple[int, int] | None:
        """Columns and lines; None where nothing is to be drawn. Textual may be told to draw elsewhere altogether."""
        if not self._stream.isatty() or "TEXTUAL_DRIVER" in os.environ:
            return None
        size = os.get_terminal_size(self._stream.fileno())
        columns, lines = _told("COLUMNS") or size.columns, _told("LINES") or size.lines
        return (columns, lines) if columns >= LEAST[0] and lines >= LEAST[1] else None

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


@contextmanager
def curtain() -> Generator[Curtain, None, None]:
    """The curtain of this process's terminal, which is lowered whatever happens."""
    own = Curtain(sys.__stderr__ or sys.stderr, sys.__stdin__ or sys.stdin)
    try:
        yield own
    finally:
        own.lower()


def _told(variable: str) -> int:
    """A size that the environment tells, which Textual believes before the terminal (`shutil.get_terminal_size`)."""
    told = os.environ.get(variable, "")
    return int(told) if told.isascii() and told.isdecimal() else 0


def _quiet(before: Attributes) -> Attributes:
    """As Textual wants it, so that no key is changed on its way there; but Ctrl-C ends what does not read keys yet."""
    modes, characters = [*before], [*before[_CHARACTERS]]
    modes[_INPUT] &= ~_TRANSLATING
    modes[_LOCAL] &= ~_EDITING
    characters[termios.VMIN], characters[termios.VTIME] = 1, 0
    characters[termios.VSUSP] = characters[termios.VQUIT] = _NO_KEY
    modes[_CHARACTERS] = characters
    return modes


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """Ends the process as the signal would have, but by way of everybody who cleans up."""
    del frame
    raise SystemExit(_KILLED + number)
