"""`windlass history`."""

from tui.cli.commands import HistoryCommand
from tui.cli.exits import Exit
from tui.cli.output import Console


def run_history(command: HistoryCommand, console: Console) -> Exit:
    """Raises SettingsError, UsageError."""
    raise NotImplementedError
