"""A registry that speaks the OCI distribution API, behind the port that the use cases know."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import TracebackType
from typing import Self

from tui.domain.content import Descriptor, RawManifest
from tui.domain.notices import Notice
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import TagEntry
from tui.ports.bookmarks import UploadBookmarks
from tui.ports.listing import Rank, foremost
from tui.ports.registry import BlobFetcher
from tui.registry import blobs, manifests, untagging, uploads
from tui.registry.bookmark import bookmark_of
from tui.registry.catalog import list_repositories
from tui.registry.credentials import CredentialSource
from tui.registry.endpoint import Endpoint
from tui.registry.limits import Limits, Timing
from tui.registry.parcel import Cargo, Parcel
from tui.registry.referrers import Referrers
from tui.registry.tags import list_tag_names, list_tags
from tui.registry.transport import Transport
from tui.registry.ways import Ways

__all__ = ["Endpoint", "Limits", "RegistryClient", "Timing", "ignore"]


def ignore(notice: Notice) -> None:
    """Listens to no notice."""


class RegistryClient:
    """Implements `tui.ports.registry.Registry`. Connections are made on first use; close it in the same loop."""

    def __init__(
        self,
        endpoint: Endpoint,
        credentials: CredentialSource,
        *,
        observe: Callable[[Notice], None] = ignore,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        timing: Timing = Timing(),  # noqa: B008 - frozen
        bookmarks: UploadBookmarks | None = None,
    ) -> None:
        self.endpoint = endpoint
        self._bookmarks = bookmarks
        self._transport = Transport(endpoint, credentials, observe, limits, timing)
        self._ways = Ways()
        self._begun: dict[tuple[Repository, Digest], uploads.Begun] = {}
        self._referrers = Referrers(self._transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes all connections."""
        await self._transport.close()

    def repositories(self) -> AsyncGenerator[tuple[Repository, ...], None]:
        """The names of all repositories, a page at a time."""
        return list_repositories(self._transport)

    def tags(self, repository: Repository, rank: Rank = foremost) -> AsyncGenerator[Collection[TagEntry], None]:
        """The entries of all tags, some at a time. Raises NotFound where there is no such repository."""
        return list_tags(self._transport, repository, rank)

    def tag_names(self, repository: Repository) -> AsyncGenerator[tuple[Tag, ...], None]:
        """The names of all tags, a page at a time. Raises NotFound where there is no such repository."""
        return list_tag_names(self._transport, repository)

    async def resolve(self, repository: Repository, reference: Tag | Digest) -> Descriptor:
        """The descriptor of a manifest, without its body. Raises NotFound."""
        return await manifests.resolve(self._transport, repository, reference)

    async def fetch_manifest(self, repository: Repository, reference: Tag | Digest) -> RawManifest:
        """The exact bytes of a manifest, verified against the digest asked for. Raises NotFound."""
        return await manifests.fetch_manifest(self._transport, repository, reference)

    def open_blob(
        self, repository: Repository, blob: Descriptor, start: int = 0
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The blob's bytes from `start` on, as they arrive; the last chunk comes only when all proved right."""
        return blobs.open_blob(self._transport, repository, blob, start)

    async def referrers(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...]:
        """Manifests whose subject is `subject`; empty where there are none."""
        return await self._referrers.list(repository, subject)

    async def referrers_by_api(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...] | None:
        """The same, as the referrers API tells it; None where the registry has none."""
        return await self._referrers.list_by_api(repository, subject)

    async def has_blob(self, repository: Repository, blob: Descriptor) -> bool:
        """True where the repository already holds the blob."""
        return await blobs.has_blob(self._transport, repository, blob)

    async def mount_blob(self, repository: Repository, blob: Descriptor, origin: Repository) -> bool:
        """Asks for a cross-repository mount; False where an upload is wanted, which `push_blob` then goes on with."""
        location = await blobs.mount_blob(self._transport, repository, blob, origin)
        if location:
            self._begun[repository, blob.digest] = uploads.Begun(location)
        return location is None

    async def kept_of(self, repository: Repository, blob: Descriptor) -> int:
        """Bytes of an interrupted upload that the registry still has, and `push_blob` will go on from.

        The bookmark of that upload may be another process's, which was killed; one that lives keeps its own.
        """
        key = repository, blob.digest
        if key not in self._begun or not self._begun[key].held:
            bookmark = bookmark_of(self._bookmarks, self._transport, repository, blob)
            kept = await uploads.kept_of(self._transport, repository, blob, bookmark)
            if kept.held:
                self._begun[key] = kept
        return self._begun[key].held if key in self._begun else 0

    async def push_blob(self, repository: Repository, blob: Descriptor, body: bytes) -> None:
        """Uploads the blob, whose bytes are `body`. The registry proves the digest when it commits."""
        begun = self._begun.pop((repository, blob.digest), uploads.Begun())
        await self._push(repository, blob, Parcel(blob, body[begun.held :], begun.held), begun)

    async def haul_blob(
        self,
        repository: Repository,
        blob: Descriptor,
        source: BlobFetcher,
        origin: Repository,
        advanced: Callable[[int], None],
    ) -> None:
        """Uploads the blob, from where `kept_of` said, with the bytes that `origin` of `source` has.

        Its digest is proved on the way; that of one that went on is proved by the registry when it commits. A small
        blob, in which it is the round trips that count, is read whole while the session begins.
        """
        from tui.registry.haul import hauled
        from tui.registry.intake import Intake

        begun = self._begun.pop((repository, blob.digest), uploads.Begun())
        if isinstance(source, RegistryClient) and blob.size - begun.held > self._transport.limits.hauled:
            intake = Intake(source._transport, origin, blob, begun.held)
            async with hauled(blob, intake, self._transport.limits.room, advanced) as haul:
                await self._push(repository, blob, haul, begun)
            return
        async with _coming(_read(source, origin, blob, begun.held)) as body:
            await self._push(repository, blob, Parcel(blob, body, begun.held), begun)

    async def _push(self, repository: Repository, blob: Descriptor, cargo: Cargo, begun: uploads.Begun) -> None:
        bookmark = bookmark_of(self._bookmarks, self._transport, repository, blob)
        await uploads.push_blob(self._transport, repository, blob, cargo, begun, bookmark, self._ways)

    async def push_manifest(self, repository: Repository, reference: Tag | Digest, manifest: RawManifest) -> None:
        """PUTs the exact bytes. Keeps the referrers fallback tag up to date where the registry does not."""
        await self._referrers.push(repository, reference, manifest)

    async def untag(self, repository: Repository, tag: Tag) -> None:
        """Takes `tag` away; its manifest stays. Raises NotFound, and Unsupported where that cannot be done safely."""
        await untagging.untag(self._transport, repository, tag)

    async def identity(self) -> str:
        """Who the registry takes this client for; empty for nobody. Raises RegistryError where none can be found."""
        return await self._transport.identity()


@asynccontextmanager
async def _coming(body: Coroutine[None, None, bytes]) -> AsyncGenerator[asyncio.Task[bytes], None]:
    """`body`, on its way already; none of it goes on after the block."""
    task = asyncio.create_task(body)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])
        _ = task.cancelled() or task.exception()  # told already to whoever wanted the bytes


async def _read(source: BlobFetcher, repository: Repository, blob: Descriptor, start: int) -> bytes:
    async with source.open_blob(repository, blob, start) as chunks:
        return b"".join([chunk async for chunk in chunks])
