"""`windlass` alone: the board, where there is a terminal for it."""

import os
from pathlib import Path

from tui.cli.commands import BoardCommand
from tui.cli.output import Console
from tui.cli.terminal import require_terminal
from tui.settings.place import find_settings


def run_board_here(command: BoardCommand, console: Console) -> int:
    """Opens the board on the settings. Raises SettingsError, and UsageError where there is no terminal for it.

    The last known board is drawn first of all; what the next one needs is imported below it.
    """
    require_terminal(console)
    from tui.wiring.board import entering_last_known

    common = command.common
    file = find_settings(common.config, os.environ, Path.cwd())
    with entering_last_known(file, os.environ, ascii_only=common.ascii_only) as entrance:
        import asyncio

        from tui.settings.load import load_settings
        from tui.wiring.board import run_board

        board = run_board(load_settings(file), entrance, read_only=common.read_only, ascii_only=common.ascii_only)
        return asyncio.run(board)
