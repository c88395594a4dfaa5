"""The board ends when its terminal goes away, also where the kernel tells it nothing of that."""

import os
import pty
import subprocess
import sys

PATIENCE = 30.0


def read_until(controller: int, text: bytes) -> None:
    seen = b""
    while text not in seen:
        seen += os.read(controller, 65536)


def test_a_board_that_lost_its_terminal_ends() -> None:
    controller, terminal = pty.openpty()
    board = subprocess.Popen(
        [sys.executable, "-m", "tui", "demo"],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30"},
        start_new_session=True,
    )
    os.close(terminal)
    try:
        read_until(controller, b"gateway")
        os.close(controller)
        board.wait(PATIENCE)
    finally:
        board.kill()
        board.wait()
