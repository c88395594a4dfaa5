"""How long until `windlass demo` paints its first screen, beside an empty Textual application, in one run.

    python -m tests.benchmarks.first_paint [ROUNDS]

Both run on a pseudo-terminal of 160x50. A screen counts as painted with the first write that positions text after the
alternate screen was entered. Aimed at 1.3 times the empty application; and a filled board within 2 s.
"""

import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import time
from dataclasses import dataclass
from fcntl import ioctl
from termios import TIOCSWINSZ

EMPTY = "from textual.app import App\nApp().run()"
ALTERNATE = b"\x1b[?1049h"
PAINTED = re.compile(rb"\x1b\[[0-9;]*m[^\x1b]{8,}")
FILLED = b"s ago"


@dataclass(frozen=True, slots=True)
class Painted:
    """Seconds from start to the first painted screen, and to a filled board (0 where there is none)."""

    first: float
    filled: float


def measure(command: list[str], until_filled: bytes = b"") -> Painted:
    """Starts `command` on a terminal and watches what it writes."""
    controller, terminal = pty.openpty()
    ioctl(terminal, TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
    environment = os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment, start_new_session=True
    )
    os.close(terminal)
    try:
        return _watch(controller, started, until_filled)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        os.close(controller)


def _watch(controller: int, started: float, until_filled: bytes) -> Painted:
    seen, first = b"", 0.0
    while time.perf_counter() - started < 20:
        if not select.select([controller], [], [], 0.5)[0]:
            continue
        seen += os.read(controller, 65536)
        _, entered, after = seen.partition(ALTERNATE)
        if not first and entered and PAINTED.search(after):
            first = time.perf_counter() - started
        if first and (not until_filled or until_filled in after):
            return Painted(first, time.perf_counter() - started)
    raise RuntimeError(f"nothing was painted: {seen[-500:]!r}")


def main(rounds: int) -> None:
    """Measures both in turn and prints each round and the median ratio."""
    ratios: list[float] = []
    for _ in range(rounds):
        empty = measure([sys.executable, "-c", EMPTY])
        board = measure([sys.executable, "-m", "tui", "demo"], FILLED)
        ratios.append(board.first / empty.first)
        figures = f"empty {empty.first:.3f} s   board {board.first:.3f} s   ratio {ratios[-1]:.2f}"
        print(f"{figures}   filled {board.filled:.2f} s", flush=True)
    print(f"median ratio {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
