"""`windlass where`."""

from tui.cli.commands import WhereCommand
from tui.cli.exits import Exit
from tui.cli.output import Console


def run_where(command: WhereCommand, console: Console) -> Exit:
    """Raises SettingsError, UsageError."""
    raise NotImplementedError
