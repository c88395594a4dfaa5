"""Programs on a pseudo-terminal of 160x50, and how long a key takes until the frame begins that shows its effect."""

import os
import pty
import select
import signal
import struct
import subprocess
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import ioctl
from termios import TIOCSCTTY, TIOCSWINSZ
from typing import Final

_QUIET: Final = 0.03
"""Seconds without output after which a terminal counts as still: what follows a key is then its effect."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """A program's terminal."""

    controller: int
    process: subprocess.Popen[bytes]

    def wait_for(self, text: bytes, seconds: float = 120) -> None:
        """Reads until `text` was written."""
        seen, until = b"", time.monotonic() + seconds
        while text not in seen:
            if time.monotonic() > until:
                raise RuntimeError(f"{text!r} never came: {seen[-2000:]!r}")
            seen = (seen + self._read(0.5))[-20_000:]

    def press(self, key: bytes) -> float:
        """Seconds from sending `key` to the first byte of what it brings about."""
        while self._read(_QUIET):
            pass
        started = time.perf_counter()
        os.write(self.controller, key)
        if not select.select([self.controller], [], [], 5)[0]:
            raise RuntimeError(f"nothing follows {key!r}")
        return time.perf_counter() - started

    def _read(self, seconds: float) -> bytes:
        ready = select.select([self.controller], [], [], seconds)[0]
        try:
            return os.read(self.controller, 65536) if ready else b""
        except OSError:  # what the kernel says where the program has ended
            return b""

    def drain(self, seconds: float) -> None:
        """Reads for so long, or until the program ends."""
        until = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < until:
            self._read(0.2)


@contextmanager
def running(command: Sequence[str]) -> Generator[Terminal]:
    """Runs `command` on a terminal of its own, and ends it afterwards; whatever ends this process, the kernel does."""
    controller, terminal = pty.openpty()
    ioctl(terminal, TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
    environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    process = subprocess.Popen(
        command,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=environment,
        start_new_session=True,
        preexec_fn=lambda: ioctl(0, TIOCSCTTY, 0),  # so that it is told when the terminal goes away with this process
    )
    os.close(terminal)
    try:
        yield Terminal(controller, process)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(controller)
