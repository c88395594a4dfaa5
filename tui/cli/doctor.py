"""`windlass doctor`: what works, what does not, and what mends it."""

from tui.cli.commands import DoctorCommand
from tui.cli.exits import Exit
from tui.cli.output import Console


def run_doctor(command: DoctorCommand, console: Console) -> Exit:
    """Raises SettingsError, UsageError."""
    raise NotImplementedError
