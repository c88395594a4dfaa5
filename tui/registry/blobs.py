"""Blobs: asked for, mounted, and streamed down with their size and digest proved.

The last chunk is held back until all of them proved right, so that a reader which writes as it reads never
completes anything wrong. A transfer that breaks off goes on where it stopped and is still verified as a whole.
"""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tui.domain.content import Descriptor
from tui.domain.reference import Repository
from tui.ports.errors import Forbidden, InvalidAnswer, NotFound, Unauthorised
from tui.registry.limits import KIB
from tui.registry.proof import Proof
from tui.registry.request import Request, pull_scope, push_scope
from tui.registry.retry import Again
from tui.registry.transport import Transport
from tui.registry.urls import Url

if TYPE_CHECKING:
    from tui.registry.reply import Reply

_TOLD: Final = frozenset({200, 404, 410})
"""Answers that tell whether a blob is there: that it is not is no failure, of which a sentence would be made."""
_WHOLE: Final = 64 * KIB
"""Bytes up to which a blob is read in one piece: of a set most blobs are configs and small layers."""
_RANGE: Final = re.compile(r"bytes (\d{1,18})-\d{1,18}/(?:\d{1,18}|\*)")


def blob_url(transport: Transport, repository: Repository, blob: Descriptor) -> Url:
    """Where a blob is."""
    return transport.root.at(f"/v2/{repository}/blobs/{blob.digest}")


async def has_blob(transport: Transport, repository: Repository, blob: Descriptor) -> bool:
    """True where the repository holds the blob."""
    operation = f"look for blob {blob.digest.short} in {repository}"
    request = Request(
        operation, "HEAD", blob_url(transport, repository, blob), (pull_scope(repository),), expected=_TOLD
    )
    return (await transport.call(request)).status == 200


async def mount_blob(transport: Transport, repository: Repository, blob: Descriptor, origin: Repository) -> str | None:
    """Mounts the blob from `origin`; None where that was done, else the Location of the upload begun in its place.

    An empty Location means that nothing was begun: a 401 or 403 says only that `origin` may not be read, and the blob
    can still be uploaded.
    """
    url = transport.root.at(f"/v2/{repository}/blobs/uploads/")
    url = url.adding(mount=str(blob.digest)).adding(**{"from": origin})
    operation = f"mount blob {blob.digest.short} from {origin} in {repository}"
    scopes = (push_scope(repository), pull_scope(origin))
    request = Request(operation, "POST", url, scopes, expected=frozenset({201, 202}))
    try:
        answer = await transport.call(request)
    except (Unauthorised, Forbidden, NotFound):
        return ""
    return None if answer.status == 201 else answer.header("Location")


@asynccontextmanager
async def open_blob(
    transport: Transport, repository: Repository, blob: Descriptor, start: int = 0
) -> AsyncGenerator[AsyncIterator[bytes], None]:
    """The blob's bytes from `start` on, as they arrive; the last chunk comes only when size and digest proved right.

    From a later `start` on only the size is proved: the digest is left to the registry that has the bytes before, when
    it commits the whole (distribution specification, "Pushing blobs").
    """
    if not start and blob.size <= _WHOLE:
        yield _once_through(await _read_whole(transport, repository, blob))
        return
    download = _Download(transport, repository, blob, start)
    async with aclosing(download.verified()) as chunks:
        yield chunks


async def _read_whole(transport: Transport, repository: Repository, blob: Descriptor) -> bytes:
    """All bytes of a small blob, proved; where they break off they are read anew. Raises InvalidAnswer."""
    ranges, proof = Ranges(transport, repository, blob, is_hauled=False), Proof(blob)
    answer = await transport.call(replace(ranges.request(0), limit=blob.size + 1))
    proof.add(answer.body)
    ranges.check_size(proof)
    ranges.check_all(proof)
    return answer.body


async def _once_through(body: bytes) -> AsyncGenerator[bytes, None]:
    if body:
        yield body


class Ranges:
    """Requests for a blob's bytes from any of them on, and what their answers hold. All of it raises InvalidAnswer."""

    def __init__(self, transport: Transport, repository: Repository, blob: Descriptor, *, is_hauled: bool) -> None:
        self._transport = transport
        self._blob = blob
        self._request = Request(
            f"fetch blob {blob.digest.short} of {repository}",
            "GET",
            blob_url(transport, repository, blob),
            (pull_scope(repository),),
            streams=True,
            is_hauled=is_hauled,
        )

    def request(self, start: int) -> Request:
        """That for all bytes from `start` on."""
        if not start:
            return self._request
        return replace(self._request, headers={"Range": f"bytes={start}-"}, expected=frozenset({200, 206}))

    def skipped(self, reply: "Reply", start: int) -> int:
        """Bytes at the beginning of the answer before `start`: all of them where it ignores Range."""
        if reply.status != 206:
            length = reply.headers.text("Content-Length")
            if length.isdigit() and int(length[:18]) != self._blob.size:
                raise self.refuse(f"it is {int(length[:18])} bytes and not the {self._blob.size} of its descriptor")
            return start
        match = _RANGE.match(reply.headers.text("Content-Range"))
        if match is None or int(match[1]) != start:
            raise self.refuse("it goes on at another byte than was asked for")
        return 0

    def check_size(self, proof: Proof) -> None:
        """Refuses more bytes than the blob has."""
        if proof.is_exceeded:
            raise self.refuse(f"it is larger than the {self._blob.size} bytes of its descriptor")

    def check_all(self, proof: Proof) -> None:
        """Refuses other bytes than the blob's, once all have passed."""
        if not proof.holds:
            raise self.refuse("its bytes are not those of the digest")

    def refuse(self, detail: str) -> InvalidAnswer:
        """The error for an answer that is not the blob."""
        return self._transport.refuse(self._request.operation, detail)


class _Download:
    """One blob on its way down."""

    def __init__(self, transport: Transport, repository: Repository, blob: Descriptor, start: int) -> None:
        self._transport = transport
        self._proof = Proof(blob, start)
        self._is_needed = not 0 < start == blob.size
        self._ranges = Ranges(transport, repository, blob, is_hauled=False)

    async def verified(self) -> AsyncGenerator[bytes, None]:
        """The chunks, the last one only when all of them proved right. Raises InvalidAnswer."""
        held = b""
        async with aclosing(self._resumed()) as chunks:
            async for chunk in chunks:
                self._proof.add(chunk)
                self._ranges.check_size(self._proof)
                if self._proof.is_complete:
                    held = chunk
                else:
                    yield chunk
        self._ranges.check_all(self._proof)
        if held:
            yield held

    async def _resumed(self) -> AsyncGenerator[bytes, None]:
        """The chunks, over as many connections as it takes; each break is told before it is mended."""
        breaks = 0
        while self._is_needed:
            try:
                async with aclosing(self._once()) as chunks:
                    async for chunk in chunks:
                        yield chunk
                return
            except Again as again:
                if self._proof.is_complete:
                    return  # every byte came; only the end of the answer did not
                breaks += 1
                if breaks > self._transport.limits.resumes:
                    raise again.final from None
                await self._transport.retrier.wait(again, breaks)

    async def _once(self) -> AsyncGenerator[bytes, None]:
        """The chunks from where the download stands. Raises Again where the connection breaks off."""
        async with self._transport.open(self._ranges.request(self._proof.done)) as reply:
            skipped = self._ranges.skipped(reply, self._proof.done)
            async for chunk in reply.chunks():
                kept = chunk[skipped:] if skipped else chunk
                skipped -= len(chunk) - len(kept)
                if kept:
                    yield kept
