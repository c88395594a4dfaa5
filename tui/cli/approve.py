"""`windlass approve`: approving of promotions before they are made."""

from tui.cli.commands import ApproveCommand
from tui.cli.exits import Exit
from tui.cli.output import Console


def run_approve(command: ApproveCommand, console: Console) -> Exit:
    """Raises SettingsError, UsageError."""
    raise NotImplementedError
