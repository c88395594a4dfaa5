"""`windlass` alone: the board, where there is a terminal for it."""

import asyncio
import os

from tui.cli.commands import BoardCommand
from tui.cli.exits import UsageError
from tui.cli.opening import settings_of
from tui.cli.output import Console


def run_board_here(command: BoardCommand, console: Console) -> int:
    """Opens the board on the settings. Raises SettingsError, and UsageError where there is no terminal for it."""
    require_terminal(console)
    settings = settings_of(command.common)
    from tui.wiring import run_board

    common = command.common
    return asyncio.run(run_board(settings, read_only=common.read_only, ascii_only=common.ascii_only))


def require_terminal(console: Console) -> None:
    """Raises UsageError where a full-screen program cannot be drawn or typed into."""
    if not (console.out.isatty() and console.keyboard.isatty()):
        raise UsageError("the board needs a terminal; `windlass status` prints it anywhere")
    if os.environ.get("TERM") == "dumb":
        raise UsageError(
            "the board cannot be drawn on a dumb terminal (TERM=dumb); `windlass status` prints it anywhere"
        )
