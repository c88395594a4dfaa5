"""`windlass lock` and `windlass unlock`."""

from tui.cli.commands import LockCommand
from tui.cli.exits import Exit, UsageError
from tui.cli.output import Console


def run_lock(command: LockCommand, console: Console) -> Exit:
    """Locks or unlocks. Raises SettingsError, UsageError."""
    raise UsageError(f"not there yet: {command.environment} {console}")
