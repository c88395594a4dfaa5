"""What writes to registries, as values."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.cli.commands import Common
from tui.domain.environment import EngineName
from tui.domain.reference import Repository, Tag

if TYPE_CHECKING:
    from tui.cli.output import Console


@dataclass(frozen=True, slots=True)
class PromoteCommand:
    """Promote `images` to an environment, or only plan it.

    With `all_drift` there are none: all are meant that drift in the target, of `repositories` and with `tag`.
    """

    common: Common
    images: tuple[tuple[Repository, Tag], ...]
    target: str
    source: str | None = None
    target_tag: Tag | None = None
    engine: EngineName = EngineName.AUTO
    allows_change: bool = False
    is_confirmed: bool = False
    only_plan: bool = False
    as_json: bool = False
    all_drift: bool = False
    repositories: tuple[str, ...] = ()
    tag: re.Pattern[str] | None = None

    def run(self, console: "Console") -> int:
        """Does it. The exit code."""
        from tui.cli.promote import run_promote

        return run_promote(self, console)


@dataclass(frozen=True, slots=True)
class LockCommand:
    """Lock the tag of `images` in an environment, or unlock it."""

    common: Common
    images: tuple[tuple[Repository, Tag], ...]
    environment: str
    locks: bool
    is_confirmed: bool = False
    as_json: bool = False

    def run(self, console: "Console") -> int:
        """Does it. The exit code."""
        from tui.cli.lock import run_lock

        return run_lock(self, console)
