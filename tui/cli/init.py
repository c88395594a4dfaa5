"""`windlass init`."""

from tui.cli.commands import InitCommand
from tui.cli.exits import Exit, UsageError
from tui.cli.output import Console


def run_init(command: InitCommand, console: Console) -> Exit:
    """Finds registries and writes a settings file. Raises UsageError."""
    raise UsageError(f"not there yet: {command.registries} {console}")
