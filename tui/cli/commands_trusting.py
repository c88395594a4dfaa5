"""What goes on around a promotion, as values."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.cli.commands import Common
from tui.domain.reference import Repository, Tag

if TYPE_CHECKING:
    from tui.cli.output import Console


@dataclass(frozen=True, slots=True)
class ApproveCommand:
    """Approve of promoting `images` to an environment."""

    common: Common
    images: tuple[tuple[Repository, Tag], ...]
    target: str
    source: str | None = None
    remark: str = ""
    is_confirmed: bool = False
    as_json: bool = False

    def run(self, console: "Console") -> int:
        """Does it. The exit code."""
        from tui.cli.approve import run_approve

        return run_approve(self, console)


@dataclass(frozen=True, slots=True)
class UndoCommand:
    """Put back what a promotion replaced; without an id, the last one that wrote a tag."""

    common: Common
    promotion: str = ""
    is_confirmed: bool = False
    only_plan: bool = False
    as_json: bool = False

    def run(self, console: "Console") -> int:
        """Does it. The exit code."""
        from tui.cli.undo import run_undo

        return run_undo(self, console)


@dataclass(frozen=True, slots=True)
class ResumeCommand:
    """Go on with promotions that were interrupted; without an id, with all. `forgets` lets go of them instead."""

    common: Common
    promotion: str = ""
    forgets: bool = False
    is_confirmed: bool = False
    only_plan: bool = False
    as_json: bool = False

    def run(self, console: "Console") -> int:
        """Does it. The exit code."""
        from tui.cli.resume import run_resume

        return run_resume(self, console)


@dataclass(frozen=True, slots=True)
class FollowCommand:
    """Promote new tags as they appear, until stopped. `every` is seconds; `port` listens on loopback for a webhook.

    `catches_up` takes what the target lacks when following begins for new as well.
    """

    common: Common
    every: int = 60
    is_once: bool = False
    port: int | None = None
    secret_env: str = ""
    catches_up: bool = False
    as_json: bool = False
    is_confirmed: bool = False

    def run(self, console: "Console") -> int:
        """Does it. The exit code."""
        from tui.cli.follow import run_follow

        return run_follow(self, console)
