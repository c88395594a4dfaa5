"""Uploads (distribution specification, "Push"): one PUT of the whole blob, or PATCHes where that fails.

What can go on after a break: the last bytes of a blob are kept (`Limits.window`), so an upload continues if the
registry still holds all before them, and starts afresh if the kept bytes reach back to the first. Anything else
raises Unreachable, and a caller that has the bytes elsewhere may push again. Whatever fails, nothing is committed,
and the session is given up with a DELETE.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from typing import Final

from tui.domain.content import Descriptor
from tui.domain.reference import Repository
from tui.ports.errors import InvalidAnswer, RegistryError, Unreachable
from tui.registry import links
from tui.registry.blobs import has_blob
from tui.registry.feed import Feed, WrongBytes
from tui.registry.manifests import refuse_other_digest
from tui.registry.request import Answer, Request, push_scope
from tui.registry.retry import Again
from tui.registry.stall import Stall
from tui.registry.transport import Transport
from tui.registry.urls import RefusedUrl, Url

_REFUSALS: Final = frozenset({401, 404, 405, 411, 413, 416, 501})
"""Answers to an upload after which another way may succeed: an expired token or session, a limit of a proxy."""
_REFUSALS_OF_A_WAY: Final = frozenset({405, 411, 413, 501})
"""Those that no repetition changes."""
_RANGE: Final = re.compile(r"(?:bytes[ =])?0-(\d{1,18})")
_GOODBYE: Final = 5.0
"""Seconds given to the DELETE of a session that is given up."""


async def push_blob(
    transport: Transport, repository: Repository, blob: Descriptor, chunks: AsyncIterator[bytes], begun: str = ""
) -> None:
    """Uploads the blob, in the session whose Location is `begun` if there is one. Raises RegistryError.

    An error of `chunks` itself comes through as it is.
    """
    async with Feed(blob, chunks, transport.limits.window) as feed:
        await _Upload(transport, repository, blob, feed).run(begun)


class _Upload:
    """One blob on its way up: where its session is, and how much of it is there."""

    def __init__(self, transport: Transport, repository: Repository, blob: Descriptor, feed: Feed) -> None:
        self._transport = transport
        self._repository = repository
        self._blob = blob
        self._feed = feed
        self._operation = f"push blob {blob.digest.short} to {repository}"
        self._start = transport.root.at(f"/v2/{repository}/blobs/uploads/")
        self._location: Url | None = None
        self._is_stale = False
        self._chunk_size = transport.limits.chunk_size or transport.limits.window

    async def run(self, begun: str) -> None:
        """Uploads and commits. On any failure, and when cancelled, the session is given up."""
        try:
            await self._feed.prove_empty()
            if begun:
                self._location = self._resolve_location(begun, self._start)
            await self._push()
        except WrongBytes as error:
            raise self._of_source(error) from None
        except BaseException:
            await self._abandon()
            raise

    async def _push(self) -> None:
        send = self._put_whole if self._transport.limits.chunk_size is None else self._patch_all
        tries, patience = 0, self._transport.retrier.patience()
        while True:
            try:
                return await send(self._location or await self._begin())
            except (Again, RegistryError, WrongBytes) as error:
                tries += not (isinstance(error, Again) and error.is_paced)
                if await self._is_there_after(error, tries):
                    return None
                if isinstance(error, Again) and error.is_paced and patience.is_over(self._feed.offset):
                    raise error.final from None
                send = self._patch_all

    async def _begin(self) -> Url:
        answer = await self._transport.call(self._request("POST", self._start, 202))
        smallest = answer.header("OCI-Chunk-Min-Length")
        if smallest.isdigit():
            self._chunk_size = max(self._chunk_size, int(smallest[:12]))
        return self._move(answer, self._start)

    async def _put_whole(self, location: Url) -> None:
        """The whole blob in the request that commits it; its length is said before, so that a part is never taken."""
        request = self._request("PUT", location.adding(digest=str(self._blob.digest)), 201)
        self._check_digest(request, await self._send(request, self._feed.size))

    async def _patch_all(self, location: Url) -> None:
        while self._feed.offset < self._feed.size:
            location = await self._patch(location)
        request = self._request("PUT", location.adding(digest=str(self._blob.digest)), 201)
        self._check_digest(request, await self._send(request, 0))

    async def _patch(self, location: Url) -> Url:
        start = self._feed.offset
        length = min(self._chunk_size, self._feed.size - start)
        request = self._request("PATCH", location, 202)
        request = replace(request, headers={"Content-Range": f"{start}-{start + length - 1}"})
        answer = await self._send(request, length)
        held = _held_by(answer, min(length, 1))
        if held is not None and not (start < held and self._feed.rewind(held)):
            raise Again(Unreachable(self._operation, self._transport.endpoint.host, "it lost bytes that it had taken"))
        return self._move(answer, location)

    async def _send(self, request: Request, length: int) -> Answer:
        """The answer to `request` with the next `length` bytes. Raises Again where the upload may go on another way."""
        limits = self._transport.limits
        headers = {**request.headers, "Content-Type": "application/octet-stream", "Content-Length": str(length)}
        expected = request.expected | _REFUSALS
        try:
            async with Stall(limits.read) as stall:
                body = stall.watch(self._feed.body(length)) if length else None
                request = replace(request, headers=headers, body=body, expected=expected)
                answer = await self._transport.attempt(request)
        except TimeoutError:
            detail = f"it took no bytes for {limits.read:g} s"
            raise Again(Unreachable(self._operation, self._transport.endpoint.host, detail), answered=False) from None
        if answer.status in _REFUSALS:
            raise self._refused(request, answer)
        return answer

    def _refused(self, request: Request, answer: Answer) -> Again | RegistryError:
        # Some registries report ranges that they then do not take: better start afresh.
        self._is_stale = answer.status == 416
        failure = self._transport.failure(request, answer)
        if isinstance(failure, Again) or (request.method == "PATCH" and answer.status in _REFUSALS_OF_A_WAY):
            return failure
        return Again(failure)

    async def _is_there_after(self, error: Again | RegistryError | WrongBytes, tries: int) -> bool:
        """Makes ready to go on after `error`, and returns False; True where the blob is there all the same.

        Raises the error where there is no way to go on.
        """
        if self._feed.failure is not None or isinstance(error, WrongBytes):
            raise self._of_source(self._feed.failure or error) from None
        if isinstance(error, RegistryError):
            raise error
        if tries > self._transport.limits.resumes:
            raise error.final from None
        await self._transport.retrier.wait(error, tries)
        if self._feed.rewind(await self._held()):
            return False
        if self._feed.offset == self._feed.size and await has_blob(self._transport, self._repository, self._blob):
            return True  # it was committed, and only the answer is lost
        await self._abandon()
        if self._feed.rewind(0):
            return False
        raise error.final from None

    def _of_source(self, failure: Exception) -> Exception:
        if isinstance(failure, WrongBytes):
            return InvalidAnswer(self._operation, self._transport.endpoint.host, f"nothing was committed: {failure}")
        return failure

    async def _held(self) -> int:
        """How many bytes the session holds; -1 where there is none any more, or it does not say."""
        if self._location is None or self._is_stale:
            return -1
        request = self._request("GET", self._location, 204)
        try:
            answer = await self._transport.call(request)
            if answer.header("Location"):
                self._move(answer, self._location)
        except RegistryError:
            return -1
        held = _held_by(answer)
        return -1 if held is None else held

    async def _abandon(self) -> None:
        """Gives the session up, as well as may be: what the registry keeps of it is its own to clean up."""
        location, self._location = self._location, None
        self._is_stale = False
        if location is not None:
            with suppress(RegistryError, Again, TimeoutError):
                async with asyncio.timeout(_GOODBYE):
                    await self._transport.attempt(self._request("DELETE", location, 204))

    def _request(self, method: str, url: Url, expected: int) -> Request:
        return Request(
            self._operation,
            method,
            url,
            (push_scope(self._repository),),
            expected=frozenset({expected}),
            streams=method in {"PUT", "PATCH"},
            patience=self._transport.limits.commit,
        )

    def _move(self, answer: Answer, asked: Url) -> Url:
        self._location = self._resolve_location(answer.headers.get("Location"), asked)
        return self._location

    def _resolve_location(self, location: str | None, asked: Url) -> Url:
        try:
            return links.upload_location(location, asked, self._transport.root)
        except RefusedUrl as error:
            raise self._transport.refuse(self._operation, f"its upload goes on at {error}") from None

    def _check_digest(self, request: Request, answer: Answer) -> None:
        refuse_other_digest(self._transport, request, answer, self._blob.digest)


def _held_by(answer: Answer, least: int = 0) -> int | None:
    """Bytes in a Range header, `0-<last byte>`; None where it is absent.

    Both nothing and one byte are spelled `0-0` by some registries; that is read as the `least` that can be there.
    Where neither is known, nothing is the safer reading: a byte sent twice is refused, and one left out is not.
    """
    match = _RANGE.fullmatch(answer.header("Range"))
    if match is None:
        return None
    last = int(match[1])
    return last + 1 if last else least
