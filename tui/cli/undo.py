"""`windlass undo`: putting back what a promotion replaced."""

from tui.cli.commands import UndoCommand
from tui.cli.exits import Exit
from tui.cli.output import Console


def run_undo(command: UndoCommand, console: Console) -> Exit:
    """Raises SettingsError, UsageError."""
    raise NotImplementedError
