"""What the command line can ask for, as values that know who does it; here what all have in common, and the board.

The others stand where their options do, so that a process defines no command but those of its own kind.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tui.cli.output import Console


class Command(Protocol):
    """What was asked for."""

    @property
    def common(self) -> "Common": ...

    def run(self, console: "Console") -> int:
        """Does it. The exit code. Raises UsageError, SettingsError, WindlassError."""
        ...


@dataclass(frozen=True, slots=True)
class Common:
    """The options that every command takes."""

    config: str | None = None
    read_only: bool = False
    ascii_only: bool = False


@dataclass(frozen=True, slots=True)
class BoardCommand:
    """Open the board."""

    common: Common

    def run(self, console: "Console") -> int:
        """Does it. The exit code."""
        from tui.cli.board import run_board_here

        return run_board_here(self, console)
