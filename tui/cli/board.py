"""`windlass` alone: the board, where there is a terminal for it."""

import asyncio

from tui.cli.commands import BoardCommand
from tui.cli.opening import settings_of
from tui.cli.output import Console
from tui.cli.terminal import require_terminal


def run_board_here(command: BoardCommand, console: Console) -> int:
    """Opens the board on the settings. Raises SettingsError, and UsageError where there is no terminal for it."""
    require_terminal(console)
    settings = settings_of(command.common)
    from tui.wiring.board import run_board

    common = command.common
    return asyncio.run(run_board(settings, read_only=common.read_only, ascii_only=common.ascii_only))
