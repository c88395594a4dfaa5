"""Where content that was read once is kept: what a digest names never changes. All raise JournalError."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from tui.domain.content import RawManifest
from tui.domain.reference import Digest, Repository

if TYPE_CHECKING:
    from tui.domain.facts import ImageFacts


class ContentMemory(Protocol):
    """Manifests and the facts of configs by digest; and what a repository was found to hold."""

    async def manifests(self, digests: Collection[Digest]) -> Mapping[Digest, RawManifest]:
        """Those of the manifests that were ever kept, each verified against its digest again."""
        ...

    async def keep_manifest(self, manifest: RawManifest) -> None:
        """Keeps the manifest's exact bytes."""
        ...

    async def facts(self, digests: Collection[Digest]) -> "Mapping[Digest, ImageFacts]":
        """The facts of those of the configs that were ever kept."""
        ...

    async def keep_facts(self, digest: Digest, facts: "ImageFacts") -> None:
        """Keeps what is known of a config."""
        ...

    async def presence(self, environment: str, repository: Repository, digest: Digest, since: datetime) -> bool | None:
        """Whether the repository (by its name on the board) was found to hold a manifest or blob.

        None if that was not asked since.
        """
        ...

    async def keep_presence(
        self, environment: str, repository: Repository, digest: Digest, *, is_held: bool, at: datetime
    ) -> None:
        """Keeps what was found; a later answer replaces an earlier one."""
        ...
