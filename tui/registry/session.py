"""One upload session at a registry: begun, followed from Location to Location, asked for, and given up."""

import asyncio
import re
from contextlib import suppress
from typing import Final

from tui.domain.content import Descriptor
from tui.domain.reference import Repository
from tui.ports.errors import RegistryError
from tui.registry import links
from tui.registry.bookmark import Bookmark
from tui.registry.request import Answer, Request, push_scope
from tui.registry.retry import Again
from tui.registry.transport import Transport
from tui.registry.urls import RefusedUrl, Url

GOODBYE: Final = 5.0
"""Seconds given to the last request of a session that is left."""
_RANGE: Final = re.compile(r"(?:bytes[ =])?0-(\d{1,18})")


class Session:
    """The session in which `blob` goes up to `repository`; `location` is None while there is none.

    Wherever it stands, its bookmark says so: after each answer another process could go on.
    """

    def __init__(self, transport: Transport, repository: Repository, blob: Descriptor, bookmark: Bookmark) -> None:
        self.operation = f"push blob {blob.digest.short} to {repository}"
        self.location: Url | None = None
        self.is_stale = False
        """True where the registry refused the very range that it had reported."""
        self.smallest_chunk = 0
        self._transport = transport
        self._repository = repository
        self._bookmark = bookmark
        self._start = transport.root.at(f"/v2/{repository}/blobs/uploads/")

    @property
    def is_kept(self) -> bool:
        """True where another process could go on with it."""
        return self.location is not None and self._bookmark.is_kept and not self.is_stale

    async def begin(self) -> Url:
        """Begins it; where it goes on."""
        answer = await self._transport.call(self.request("POST", self._start, 202))
        smallest = answer.header("OCI-Chunk-Min-Length")
        if smallest.isdigit():
            self.smallest_chunk = int(smallest[:12])
        return await self.move(answer, self._start)

    async def enter(self, location: str) -> None:
        """Takes over one that was begun by another request, whose Location this is. Raises InvalidAnswer."""
        await self._go_to(self._resolve(location, self._start))

    async def reenter(self, location: Url) -> int:
        """Takes up again one that was interrupted: the bytes it holds; 0, and there is none, if it cannot go on."""
        self.location = location
        held = await self.held()
        if held > 0:
            return held
        if held == 0:
            await self.abandon()
        self.location = None
        await self._bookmark.drop()
        return 0

    async def move(self, answer: Answer, asked: Url) -> Url:
        """Follows it to where `answer` says; a request answered without a Location was to `asked`."""
        return await self._go_to(self._resolve(answer.headers.get("Location"), asked))

    async def held(self) -> int:
        """How many bytes it holds; -1 where there is none any more, or it does not say."""
        if self.location is None or self.is_stale:
            return -1
        request = self.request("GET", self.location, 204)
        try:
            answer = await self._transport.call(request)
            if answer.header("Location"):
                await self.move(answer, self.location)
        except RegistryError:
            return -1
        held = held_by(answer)
        return -1 if held is None else held

    async def leave(self) -> None:
        """Leaves it as it stands, to whoever comes next."""
        await self._bookmark.release()

    async def finish(self) -> None:
        """Forgets it: the registry has committed what it held."""
        await self._bookmark.drop()

    async def abandon(self) -> None:
        """Gives it up, as well as may be: what the registry keeps of it is its own to clean up."""
        location, self.location = self.location, None
        self.is_stale = False
        await self._bookmark.drop()
        if location is not None:
            with suppress(RegistryError, Again, TimeoutError):
                async with asyncio.timeout(GOODBYE):
                    await self._transport.attempt(self.request("DELETE", location, 204))

    def request(self, method: str, url: Url, expected: int) -> Request:
        """One request of it."""
        return Request(
            self.operation,
            method,
            url,
            (push_scope(self._repository),),
            expected=frozenset({expected}),
            streams=method in {"PUT", "PATCH"},
            patience=self._transport.limits.commit,
        )

    async def _go_to(self, location: Url) -> Url:
        self.location = location
        await self._bookmark.keep(location)
        return location

    def _resolve(self, location: str | None, asked: Url) -> Url:
        try:
            return links.upload_location(location, asked, self._transport.root)
        except RefusedUrl as error:
            raise self._transport.refuse(self.operation, f"its upload goes on at {error}") from None


def held_by(answer: Answer, least: int = 0) -> int | None:
    """Bytes in a Range header, `0-<last byte>`; None where it is absent.

    Both nothing and one byte are spelled `0-0` by some registries; that is read as the `least` that can be there.
    Where neither is known, nothing is the safer reading: a byte sent twice is refused, and one left out is not.
    """
    match = _RANGE.fullmatch(answer.header("Range"))
    if match is None:
        return None
    last = int(match[1])
    return last + 1 if last else least
