"""What only reads, as values."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tui.cli.commands import Common
from tui.domain.reference import Repository, Tag

if TYPE_CHECKING:
    from tui.cli.output import Console
    from tui.domain.needle import Needle


@dataclass(frozen=True, slots=True)
class StatusCommand:
    """Print the board. A row is shown where any of `repositories` (globs) and `tag` match; empty means all."""

    common: Common
    repositories: tuple[str, ...] = ()
    tag: re.Pattern[str] | None = None
    only_drift: bool = False
    explains: bool = False
    as_json: bool = False

    def run(self, console: "Console") -> int:
        """Does it. The exit code."""
        from tui.cli.status import run_status

        return run_status(self, console)


@dataclass(frozen=True, slots=True)
class CompareCommand:
    """Say what differs between an image in two environments. Of the second the tag may be another."""

    common: Common
    image: tuple[Repository, Tag]
    left: str
    right: str
    right_tag: Tag | None = None
    as_json: bool = False

    def run(self, console: "Console") -> int:
        """Does it. The exit code."""
        from tui.cli.compare import run_compare

        return run_compare(self, console)


@dataclass(frozen=True, slots=True)
class WhereCommand:
    """Say which environments and tags hold a digest, a commit or a build."""

    common: Common
    needle: "Needle"
    repositories: tuple[str, ...] = ()
    as_json: bool = False

    def run(self, console: "Console") -> int:
        """Does it. The exit code."""
        from tui.cli.where import run_where

        return run_where(self, console)


@dataclass(frozen=True, slots=True)
class HistoryCommand:
    """Print what the journal knows of a tag, of a repository, or of all promotions.

    With `promotion` every event of that one; with `verifies` whether the journal is as it was written; with
    `asks_registries` what promotions are noted in the registries, whoever made them.
    """

    common: Common
    repository: Repository | None = None
    tag: Tag | None = None
    promotion: str = ""
    verifies: bool = False
    asks_registries: bool = False
    as_json: bool = False

    def run(self, console: "Console") -> int:
        """Does it. The exit code."""
        from tui.cli.history import run_history

        return run_history(self, console)


class ReportFormat(StrEnum):
    """What a report is written as."""

    MARKDOWN = "markdown"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class ReportCommand:
    """Write a report on drift, for a change ticket; to stdout where no `file` is named."""

    common: Common
    format: ReportFormat
    repositories: tuple[str, ...] = ()
    tag: re.Pattern[str] | None = None
    file: str | None = None

    def run(self, console: "Console") -> int:
        """Does it. The exit code."""
        from tui.cli.report import run_report

        return run_report(self, console)
