"""What a survey tells, as it lands."""

from dataclasses import dataclass

from tui.domain.reference import Repository
from tui.domain.snapshot import Failure, Loading, Snapshot, Unread


@dataclass(frozen=True, slots=True)
class RepositoriesFound:
    """A catalog, or the settings, named these repositories; their tags are being read."""

    repositories: tuple[Repository, ...]
    passed_over: tuple[Repository, ...] = ()
    """Those that a catalog named besides, and that the scope leaves out."""


@dataclass(frozen=True, slots=True)
class SnapshotTaken:
    """A repository was read in an environment, whole."""

    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class SnapshotBegun:
    """Some tags of a repository that somebody looks at were read in an environment; the others are still to come."""

    environment: str
    repository: Repository
    reading: Loading


@dataclass(frozen=True, slots=True)
class SnapshotFailed:
    """A repository could not be read in an environment; its cells are unknown."""

    environment: str
    repository: Repository
    reading: Unread


@dataclass(frozen=True, slots=True)
class CatalogFailed:
    """The repositories of an environment could not be listed; those known otherwise are read all the same."""

    environment: str
    failure: Failure


@dataclass(frozen=True, slots=True)
class CatalogClosed:
    """The repositories of an environment may not be listed, and those that the settings name are read all the same.

    In an Azure registry with permissions per repository many may read who may not list. What only a pattern means is
    then known from the other environments alone.
    """

    environment: str
    failure: Failure


SurveyEvent = RepositoriesFound | SnapshotBegun | SnapshotTaken | SnapshotFailed | CatalogFailed | CatalogClosed
