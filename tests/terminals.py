"""A program on a terminal of its own, as it is written to and as it is typed into."""

import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fcntl import ioctl
from pathlib import Path
from typing import Final

ENTERED: Final = b"\x1b[?1049h"
LEFT: Final = b"\x1b[?1049l\x1b[?25h"
PATIENCE: Final = 20.0


@dataclass(slots=True)
class Screen:
    """A pseudo-terminal and the process on it."""

    controller: int
    terminal: int
    process: subprocess.Popen[bytes]
    modes: list[object]
    seen: bytes = b""
    _patience: float = field(default_factory=lambda: time.monotonic() + PATIENCE)

    def until(self, text: bytes) -> bytes:
        """What was written, as soon as `text` is there."""
        return self.until_it(lambda seen: text in seen)

    def until_it(self, holds: Callable[[bytes], bool]) -> bytes:
        """What was written, as soon as something holds for it."""
        while not holds(self.seen):
            assert time.monotonic() < self._patience, self.seen
            if select.select([self.controller], [], [], 0.1)[0]:
                self.seen += os.read(self.controller, 65536)
        return self.seen

    def press(self, keys: bytes) -> None:
        """Types `keys`."""
        os.write(self.controller, keys)

    def ended(self) -> int:
        """The exit code, once everything that the process wrote was read and the terminal is as it was."""
        self.until(LEFT)
        code = self.process.wait(PATIENCE)
        assert termios.tcgetattr(self.terminal) == self.modes
        return code


@contextmanager
def started(*argv: str, size: tuple[int, int] = (80, 24), **env: str) -> Generator[Screen, None, None]:
    """Runs Python with `argv` on a terminal of its own."""
    controller, terminal = pty.openpty()
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    modes = termios.tcgetattr(terminal)
    process = subprocess.Popen(
        [sys.executable, *argv],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        cwd=Path.cwd(),
        env=_environment() | env,
        preexec_fn=lambda: _control(terminal),
    )
    try:
        yield Screen(controller, terminal, process, modes)
    finally:
        process.kill()
        process.wait()
        os.close(controller)
        os.close(terminal)


def _environment() -> dict[str, str]:
    """That of this process, but for what tells the size of another terminal."""
    inherited = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    return inherited | {"TERM": "xterm-256color", "PYTHONPATH": str(Path.cwd())}


def _control(terminal: int) -> None:
    """Makes `terminal` the one whose Ctrl-C is a signal for this process."""
    os.setsid()
    ioctl(terminal, termios.TIOCSCTTY, 0)
