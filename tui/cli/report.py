"""`windlass report`."""

from tui.cli.commands import ReportCommand
from tui.cli.exits import Exit
from tui.cli.output import Console


def run_report(command: ReportCommand, console: Console) -> Exit:
    """Raises SettingsError, UsageError."""
    raise NotImplementedError
