"""`windlass follow`: promoting new tags as they appear."""

from tui.cli.commands import FollowCommand
from tui.cli.exits import Exit
from tui.cli.output import Console


def run_follow(command: FollowCommand, console: Console) -> Exit:
    """Raises SettingsError, UsageError."""
    raise NotImplementedError
