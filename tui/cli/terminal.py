"""Whether there is a terminal that a full-screen program can be drawn on."""

import os

from tui.cli.exits import UsageError
from tui.cli.output import Console


def require_terminal(console: Console) -> None:
    """Raises UsageError where a full-screen program cannot be drawn or typed into."""
    if not (console.out.isatty() and console.keyboard.isatty()):
        raise UsageError("the board needs a terminal; `windlass status` prints it anywhere")
    if os.environ.get("TERM") == "dumb":
        raise UsageError(
            "the board cannot be drawn on a dumb terminal (TERM=dumb); `windlass status` prints it anywhere"
        )
