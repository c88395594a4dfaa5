"""What the command line can ask for, as values."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tui.domain.environment import EngineName
from tui.domain.reference import Repository, Tag

if TYPE_CHECKING:
    from tui.domain.needle import Needle


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


@dataclass(frozen=True, slots=True)
class DemoCommand:
    """Open the board on embedded registries; with `serve_in`, only serve them and write the settings there."""

    common: Common
    seed: int
    serve_in: str | None = None


@dataclass(frozen=True, slots=True)
class StatusCommand:
    """Print the board. A row is shown where any of `repositories` (globs) and `tag` match; empty means all."""

    common: Common
    repositories: tuple[str, ...] = ()
    tag: re.Pattern[str] | None = None
    only_drift: bool = False
    explains: bool = False
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class CompareCommand:
    """Say what differs between an image in two environments. Of the second the tag may be another."""

    common: Common
    image: tuple[Repository, Tag]
    left: str
    right: str
    right_tag: Tag | None = None
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class WhereCommand:
    """Say which environments and tags hold a digest, a commit or a build."""

    common: Common
    needle: "Needle"
    repositories: tuple[str, ...] = ()
    as_json: bool = False


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


@dataclass(frozen=True, slots=True)
class UndoCommand:
    """Put back what a promotion replaced; without an id, the last one that wrote a tag."""

    common: Common
    promotion: str = ""
    is_confirmed: bool = False
    only_plan: bool = False
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class ResumeCommand:
    """Go on with promotions that were interrupted; without an id, with all. `forgets` lets go of them instead."""

    common: Common
    promotion: str = ""
    forgets: bool = False
    is_confirmed: bool = False
    only_plan: bool = False
    as_json: bool = False


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


@dataclass(frozen=True, slots=True)
class DoctorCommand:
    """Say what works and what does not. `notifies` sends every hook a test."""

    common: Common
    notifies: bool = False
    as_json: bool = False


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


@dataclass(frozen=True, slots=True)
class LockCommand:
    """Lock the tag of `images` in an environment, or unlock it."""

    common: Common
    images: tuple[tuple[Repository, Tag], ...]
    environment: str
    locks: bool
    is_confirmed: bool = False
    as_json: bool = False


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


Command = (
    BoardCommand
    | DemoCommand
    | StatusCommand
    | CompareCommand
    | WhereCommand
    | HistoryCommand
    | ReportCommand
    | PromoteCommand
    | ApproveCommand
    | UndoCommand
    | ResumeCommand
    | FollowCommand
    | LockCommand
    | InitCommand
    | DoctorCommand
)
