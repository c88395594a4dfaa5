"""`windlass compare`."""

from tui.cli.commands import CompareCommand
from tui.cli.exits import Exit
from tui.cli.output import Console


def run_compare(command: CompareCommand, console: Console) -> Exit:
    """Raises SettingsError, UsageError."""
    raise NotImplementedError
