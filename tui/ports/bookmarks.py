"""Where uploads that may be interrupted are remembered, so that another process can go on with them."""

from typing import Protocol

from tui.domain.reference import Digest


class UploadBookmarks(Protocol):
    """The Location of each upload under way, by its place (`registry/repository`) and digest. Raises JournalError.

    Of all that go on with an upload, in this process or another, one has its bookmark at a time.
    """

    async def keep(self, place: str, digest: Digest, location: str) -> None:
        """Keeps where the upload goes on. It is the keeper's until `release`, `drop`, or the end of its process."""
        ...

    async def release(self, place: str, digest: Digest) -> None:
        """Lets whoever comes next go on with the upload, which is interrupted."""
        ...

    async def recall(self, place: str, digest: Digest) -> str:
        """Where the upload goes on, from now on as its keeper; empty where there is none, or another is at it."""
        ...

    async def drop(self, place: str, digest: Digest) -> None:
        """Forgets the upload: it is committed, or given up."""
        ...
