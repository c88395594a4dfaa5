"""A registry, one verb at a time; what can only be read simply lacks the pushers.

Repositories are full names in the registry (an environment's prefix already applied). All raise RegistryError.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager
from typing import Protocol, runtime_checkable

from tui.domain.content import Descriptor, RawManifest
from tui.domain.locks import LockedPart
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import TagEntry
from tui.ports.listing import Rank, foremost


class RepositoryLister(Protocol):
    """Lists the catalog."""

    def repositories(self) -> AsyncGenerator[tuple[Repository, ...], None]:
        """The names of all repositories, a page at a time."""
        ...


class TagReader(Protocol):
    """Reads a repository's tags with what they point to."""

    def tags(self, repository: Repository, rank: Rank = foremost) -> AsyncGenerator[Collection[TagEntry], None]:
        """The entries of all tags, some at a time. Raises NotFound where there is no such repository.

        A tag that is listed but cannot be resolved has no digest and says why.
        """
        ...


class TagNameLister(Protocol):
    """Lists tags by name alone, which costs a request for each page and none for each tag."""

    def tag_names(self, repository: Repository) -> AsyncGenerator[tuple[Tag, ...], None]:
        """The names of all tags, a page at a time. Raises NotFound where there is no such repository."""
        ...


@runtime_checkable
class TagKnower(Protocol):
    """Has listed the tags of repositories, so that a tag which is not among them need not be asked for."""

    async def known_tags(self, repository: Repository) -> frozenset[Tag] | None:
        """All tags of the repository; None where they are not known."""
        ...


class Resolver(Protocol):
    """Resolves references."""

    async def resolve(self, repository: Repository, reference: Tag | Digest) -> Descriptor:
        """The descriptor of a manifest, without its body. Raises NotFound."""
        ...


class ManifestFetcher(Resolver, Protocol):
    """Fetches manifests."""

    async def fetch_manifest(self, repository: Repository, reference: Tag | Digest) -> RawManifest:
        """The exact bytes of a manifest, verified against the digest asked for. Raises NotFound."""
        ...


class BlobFetcher(Protocol):
    """Fetches blobs."""

    def open_blob(
        self, repository: Repository, blob: Descriptor, start: int = 0
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The blob's bytes from `start` on, as they arrive; the last chunk is given only when the size proved right.

        From the first byte on the digest is proved as well; later, only who has the bytes before can do that.
        """
        ...


class ReferrerLister(Protocol):
    """Lists what refers to a manifest."""

    async def referrers(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...]:
        """Manifests whose subject is `subject`: signatures, SBOMs, attestations. Empty where there are none."""
        ...

    async def referrers_by_api(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...] | None:
        """The same, as the referrers API tells it; None where the registry has none, and a tag may list them."""
        ...


class Source(ManifestFetcher, BlobFetcher, ReferrerLister, Protocol):
    """A registry that images are read from."""


class BlobPusher(Protocol):
    """Pushes blobs."""

    async def has_blob(self, repository: Repository, blob: Descriptor) -> bool:
        """True where the repository already holds the blob."""
        ...

    async def mount_blob(self, repository: Repository, blob: Descriptor, origin: Repository) -> bool:
        """Asks for a cross-repository mount; False where the registry would rather have an upload."""
        ...

    async def kept_of(self, repository: Repository, blob: Descriptor) -> int:
        """Bytes of an interrupted upload of the blob that the registry still has, and `haul_blob` will go on from.

        0 where there is none.
        """
        ...

    async def push_blob(self, repository: Repository, blob: Descriptor, body: bytes) -> None:
        """Uploads the blob, whose bytes are `body`; nothing is committed unless the registry finds the digest right."""
        ...


class BlobHauler(Protocol):
    """Brings blobs from other registries."""

    async def haul_blob(
        self,
        repository: Repository,
        blob: Descriptor,
        source: BlobFetcher,
        origin: Repository,
        advanced: Callable[[int], None],
    ) -> None:
        """Brings the blob from `origin` of `source`, from where `kept_of` said; nothing is committed unless all its
        bytes came and the registry finds the digest right.

        `advanced` is told now and then how many bytes are under way or there.
        """
        ...


class ManifestPusher(Protocol):
    """Pushes manifests."""

    async def push_manifest(self, repository: Repository, reference: Tag | Digest, manifest: RawManifest) -> None:
        """PUTs the exact bytes. Keeps the referrers fallback tag up to date where the registry does not."""
        ...


class TagRemover(Protocol):
    """Takes tags away."""

    async def untag(self, repository: Repository, tag: Tag) -> None:
        """Takes `tag` away; its manifest stays. Raises NotFound, and Unsupported where only manifests can go."""
        ...


class Whoami(Protocol):
    """Knows who it is."""

    async def identity(self) -> str:
        """Who the registry takes this client for: a user's name or the subject of its token; empty for nobody."""
        ...


class Target(Source, BlobPusher, BlobHauler, ManifestPusher, TagRemover, Whoami, Protocol):
    """A registry that images are promoted into; it is read as well, to skip what is there and to verify."""


class TagLocker(Protocol):
    """Locks and unlocks tags; only some registries can."""

    async def write_lock(self, repository: Repository, tag: Tag) -> LockedPart | None:
        """What forbids writing `tag`: its own lock or its repository's; None where neither is locked, or is there."""
        ...

    async def lock(self, repository: Repository, tag: Tag) -> None:
        """Lets nobody move or delete `tag`. Raises NotFound."""
        ...

    async def unlock(self, repository: Repository, tag: Tag) -> None:
        """Lets `tag` be moved and deleted again. Raises NotFound."""
        ...


class Lister(RepositoryLister, TagReader, TagNameLister, Protocol):
    """A registry that the board shows."""


class Registry(Lister, Target, Protocol):
    """A registry, whole."""
