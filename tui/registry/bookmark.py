"""The bookmark of one upload: where another process goes on with it should this one be killed."""

from contextlib import suppress
from dataclasses import dataclass

from tui.domain.content import Descriptor
from tui.domain.reference import Repository
from tui.ports.bookmarks import UploadBookmarks
from tui.ports.errors import JournalError
from tui.registry.transport import Transport
from tui.registry.urls import RefusedUrl, Url


@dataclass(slots=True)
class Bookmark:
    """Of an upload of `blob` to `place`. Without `bookmarks`, as for a small blob, nothing is remembered.

    A Location on another host is never kept: where storage is uploaded to directly, its URL is the permission to.
    Bookmarks that cannot be written stop no upload: without them the bytes move again, and that is all. Nor are they
    tried again and again for it: each try may take as long as another program keeps their file.
    """

    bookmarks: UploadBookmarks | None
    place: str
    blob: Descriptor
    root: Url
    is_kept: bool = False

    async def keep(self, location: Url) -> None:
        """Remembers that the upload goes on at `location`."""
        if self.bookmarks is None:
            return
        if location.origin != self.root.origin:
            await self.drop()
            return
        try:
            await self.bookmarks.keep(self.place, self.blob.digest, str(location))
            self.is_kept = True
        except JournalError:
            self.bookmarks = None

    async def release(self) -> None:
        """Lets whoever comes next go on."""
        if self.bookmarks is not None and self.is_kept:
            with suppress(JournalError):
                await self.bookmarks.release(self.place, self.blob.digest)

    async def recall(self) -> Url | None:
        """Where an interrupted upload goes on; None where there is none, or another is at it."""
        if self.bookmarks is None:
            return None
        location = ""
        with suppress(JournalError):
            location = await self.bookmarks.recall(self.place, self.blob.digest)
        self.is_kept = bool(location)
        return await self._checked(location) if location else None

    async def drop(self) -> None:
        """Forgets the upload."""
        if self.bookmarks is not None and self.is_kept:
            self.is_kept = False
            with suppress(JournalError):
                await self.bookmarks.drop(self.place, self.blob.digest)

    async def _checked(self, location: str) -> Url | None:
        """What was kept is believed as little as what a registry says: it must be on the registry's own origin."""
        with suppress(RefusedUrl):
            url = Url.parse(location)
            if url.origin == self.root.origin:
                return url
        await self.drop()
        return None


def bookmark_of(
    bookmarks: UploadBookmarks | None, transport: Transport, repository: Repository, blob: Descriptor
) -> Bookmark:
    """The bookmark of an upload of `blob`; one that remembers nothing where the blob is small."""
    place = f"{transport.endpoint.host}/{repository}"
    is_large = blob.size > transport.limits.bookmarked
    return Bookmark(bookmarks if is_large else None, place, blob, transport.root)
