"""Data on stdout, narration on stderr.

A reader that goes away (`| head`) is no failure, and must not stop a promotion: what it would have read is dropped.
"""

import os
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, TextIO, cast

from tui.domain.text import clean

LINE_LIMIT: Final = 16_384
_CLEAR: Final = "\r\x1b[K"


@dataclass(slots=True)
class Console:
    """The three streams of a command."""

    out: TextIO
    err: TextIO
    keyboard: TextIO
    ascii_only: bool = False
    _has_progress: bool = field(default=False, init=False)

    @property
    def can_ask(self) -> bool:
        """True where a person can be asked: questions go to stderr, answers come from stdin."""
        return self.keyboard.isatty() and self.err.isatty()

    @property
    def shows_progress(self) -> bool:
        """True where a line can be drawn over."""
        return self.err.isatty() and os.environ.get("TERM") != "dumb"

    def data(self, line: str) -> None:
        """A line of what was asked for."""
        self._clear_progress()
        self._write(self.out, clean(line, LINE_LIMIT) + "\n")

    def document(self, text: str) -> None:
        """Machine-readable text, whole: JSON keeps control characters out by itself."""
        self._clear_progress()
        self._write(self.out, text + "\n")

    def say(self, line: str) -> None:
        """A line for people."""
        self._clear_progress()
        self._write(self.err, clean(line, LINE_LIMIT) + "\n")

    def ask(self, question: str) -> None:
        """A question, after which the cursor stays."""
        self._clear_progress()
        self._write(self.err, clean(question, LINE_LIMIT) + " ")

    def progress(self, line: str) -> None:
        """A line that the next output replaces; only where `shows_progress`."""
        self._write(self.err, _CLEAR + clean(line, LINE_LIMIT))
        self._has_progress = True

    def _clear_progress(self) -> None:
        if self._has_progress:
            self._has_progress = False
            self._write(self.err, _CLEAR)

    @staticmethod
    def _write(stream: TextIO, text: str) -> None:
        try:
            stream.write(text)
            stream.flush()
        except OSError:  # nobody reads, the terminal is gone, or the disk is full: the work goes on
            _discard(stream)


def standard_console(*, ascii_only: bool = False) -> Console:
    """The process's own streams. What a stream cannot encode becomes a question mark."""
    out, err, keyboard = _opened(sys.stdout, "w"), _opened(sys.stderr, "w"), _opened(sys.stdin, "r")
    for stream in (out, err):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    return Console(out, err, keyboard, ascii_only)


def _opened(stream: TextIO | None, mode: str) -> TextIO:
    """`stream`; one that leads nowhere for one that was closed before the process began (`>&-`)."""
    return cast("TextIO", os.fdopen(os.open(os.devnull, os.O_RDWR), mode)) if stream is None else stream


def _discard(stream: TextIO) -> None:
    """From now on `stream` leads nowhere, so that neither the next line nor the end of the process complains."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        with suppress(OSError, ValueError):
            os.dup2(nowhere, stream.fileno())
    finally:
        os.close(nowhere)
