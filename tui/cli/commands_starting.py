"""What somebody new begins with, as values."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.cli.commands import Common

if TYPE_CHECKING:
    from tui.cli.output import Console


@dataclass(frozen=True, slots=True)
class DemoCommand:
    """Open the board on embedded registries; with `serve_in`, only serve them and write the settings there."""

    common: Common
    seed: int
    serve_in: str | None = None

    def run(self, console: "Console") -> int:
        """Does it. The exit code."""
        from tui.cli.demo import run_demo

        return run_demo(self, console)


@dataclass(frozen=True, slots=True)
class DoctorCommand:
    """Say what works and what does not. `notifies` sends every hook a test."""

    common: Common
    notifies: bool = False
    as_json: bool = False

    def run(self, console: "Console") -> int:
        """Does it. The exit code."""
        from tui.cli.doctor import run_doctor

        return run_doctor(self, console)


@dataclass(frozen=True, slots=True)
class InitCommand:
    """Find registries and write a settings file. `registries` are named outright; without any, Azure is asked."""

    common: Common
    registries: tuple[str, ...] = ()
    auth: str = "azure-default"
    tenant: str = ""
    subscriptions: tuple[str, ...] = ()
    arm: str = ""
    ca: str = ""
    """A PEM file to trust in addition when Azure Resource Manager at `arm` is asked."""
    overwrites: bool = False
    is_confirmed: bool = False

    def run(self, console: "Console") -> int:
        """Does it. The exit code."""
        from tui.cli.init import run_init

        return run_init(self, console)
