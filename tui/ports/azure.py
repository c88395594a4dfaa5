"""What is needed from Azure: a login, the registries that it can see, and imports that Azure does on its side."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Protocol

from tui.domain.discovery import FoundRegistry
from tui.domain.environment import Environment
from tui.domain.reference import Digest, Repository, Tag


@dataclass(frozen=True, slots=True)
class AzureToken:
    """An access token of Azure's; `expires_at` is in seconds since the epoch. Kept out of `repr`."""

    value: str = field(repr=False)
    expires_at: float


class AzureLogin(Protocol):
    """One login, for one tenant."""

    async def token(self, scope: str) -> AzureToken:
        """A token for `scope` (`https://management.azure.com/.default`) that is good for some minutes at least.

        May be called often: it remembers, and many who ask at once are asked for once. Raises LoginError.
        """
        ...


class RegistryFinder(Protocol):
    """Finds registries."""

    def registries(self) -> AsyncGenerator[FoundRegistry, None]:
        """Every registry that the login can see, in every subscription. Raises LoginError, RegistryError."""
        ...


@dataclass(frozen=True, slots=True)
class ImportJob:
    """One import, by digest. Without a `tag` only the content is copied.

    `origin` and `place` are full names in their registries. `overwrites` is what the plan confirmed: Azure refuses to
    move a tag that is there where it is false.
    """

    source: Environment
    target: Environment
    origin: Repository
    place: Repository
    digest: Digest
    tag: Tag | None = None
    overwrites: bool = False


@dataclass(frozen=True, slots=True)
class ImportAdvanced:
    """What Azure says of a running import: its own word for the state, `seconds` after it was asked for."""

    status: str
    seconds: float


class Importer(Protocol):
    """Has Azure copy images between its registries."""

    async def refusal(self, source: Environment, target: Environment) -> str:
        """Why Azure cannot import from `source` into `target`: one sentence; empty where it can be tried."""
        ...

    def run(self, job: ImportJob) -> AsyncGenerator[ImportAdvanced, None]:
        """Imports, and ends when Azure says that it is done. Raises ImportFailed, LoginError.

        A connection that breaks while it is waited for is taken up again; only so many run at one time.
        Closing the iterator stops the waiting, not Azure.
        """
        ...
