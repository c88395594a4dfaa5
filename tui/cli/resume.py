"""`windlass resume`: going on with what was interrupted."""

from tui.cli.commands import ResumeCommand
from tui.cli.exits import Exit
from tui.cli.output import Console


def run_resume(command: ResumeCommand, console: Console) -> Exit:
    """Raises SettingsError, UsageError."""
    raise NotImplementedError
