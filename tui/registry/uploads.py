"""Uploads (distribution specification, "Push"): one PUT of the whole blob, or PATCHes where that fails.

A blob beyond `Limits.whole` goes up in PATCHes from the start: CNCF distribution 2.8 cannot go on with a session whose
request was cut off in its middle ("upload resumed at wrong offset"), only with one between two requests. So each PATCH
is read whole before it is sent: what befalls the source cuts none. Registries that keep what a cut request brought lose
nothing either way.

What can go on after a break: an upload continues where the registry holds bytes that were read here, as those after
them can be had again, and starts afresh if the cargo reaches back to the first byte. Anything else raises Unreachable,
and a caller that has the bytes elsewhere may push again.

Whatever fails, nothing is committed. What becomes of the session depends: it is left as it stands, with its bookmark,
where another process could go on with it (a lost connection, a token that ran out, a source that broke off, a cancel:
a PATCH under way may end first); it is given up with a DELETE where it holds wrong bytes, or nobody would find it.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from tui.domain.content import Descriptor
from tui.domain.reference import Repository
from tui.ports.errors import InvalidAnswer, RegistryError, Unreachable
from tui.registry.blobs import has_blob
from tui.registry.bookmark import Bookmark
from tui.registry.manifests import refuse_other_digest
from tui.registry.parcel import Cargo, WrongBytes
from tui.registry.request import Answer, Request
from tui.registry.retry import Again
from tui.registry.session import GOODBYE, Session, held_by
from tui.registry.transport import Transport
from tui.registry.urls import Url

_REFUSALS: Final = frozenset({401, 404, 405, 411, 413, 416, 501})
"""Answers to an upload after which another way may succeed: an expired token or session, a limit of a proxy."""
_REFUSALS_OF_A_WAY: Final = frozenset({405, 411, 413, 501})
"""Those that no repetition changes."""


@dataclass(slots=True)
class Ways:
    """What one registry was found to take. Some refuse PATCHes with a Content-Range, or all but the first."""

    takes_chunks: bool = True


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that is there already: its Location, empty where there is none, and the bytes it holds."""

    location: str = ""
    held: int = 0


async def kept_of(transport: Transport, repository: Repository, blob: Descriptor, bookmark: Bookmark) -> Begun:
    """The interrupted upload of the blob that the bookmark leads to, as the registry has it now."""
    location = await bookmark.recall()
    if location is None:
        return Begun()
    session = Session(transport, repository, blob, bookmark)
    held = await session.reenter(location)
    if held > blob.size:
        await session.abandon()
    return Begun(str(session.location), held) if session.location else Begun()


async def push_blob(
    transport: Transport,
    repository: Repository,
    blob: Descriptor,
    cargo: Cargo,
    begun: Begun,
    bookmark: Bookmark,
    ways: Ways,
) -> None:
    """Uploads the blob in the session `begun`, if there is one; `cargo` are the bytes that it does not hold yet.

    The digest of what others uploaded before is proved by the registry when it commits: a blob that went on and turns
    out wrong raises Unreachable, so that it is begun anew. Raises RegistryError; an error of `cargo` itself comes
    through as it is.
    """
    session = Session(transport, repository, blob, bookmark)
    await _Upload(transport, repository, blob, cargo, session, ways).run(begun.location)


class _Upload:
    """One blob on its way up."""

    def __init__(
        self,
        transport: Transport,
        repository: Repository,
        blob: Descriptor,
        cargo: Cargo,
        session: Session,
        ways: Ways,
    ) -> None:
        self._transport = transport
        self._repository = repository
        self._blob = blob
        self._cargo = cargo
        self._session = session
        self._ways = ways
        self._was_sent_whole = False
        self._operation = session.operation

    async def run(self, begun: str) -> None:
        """Uploads and commits. On any failure, and when cancelled, the session is left or given up."""
        try:
            if begun:
                await self._session.enter(begun)
            await self._push()
            await self._session.finish()
        except WrongBytes as error:
            await self._session.abandon()
            raise self._of_source(error) from None
        except InvalidAnswer as error:
            await self._session.abandon()
            if not self._cargo.start:
                raise
            detail = f"what went on at byte {self._cargo.start} came to nothing: {error.detail}"
            raise Unreachable(self._operation, self._transport.endpoint.host, detail) from None
        except BaseException:
            await (self._session.leave() if self._session.is_kept else self._session.abandon())
            raise

    async def _push(self) -> None:
        send = self._patch_all if self._goes_in_patches else self._put_whole
        tries, patience = 0, self._transport.retrier.patience()
        while True:
            try:
                location = self._session.location or await self._session.begin()
                await self._cargo.ready()  # while the session began
                return await send(location)
            except (Again, RegistryError, WrongBytes) as error:
                tries += not (isinstance(error, Again) and error.is_paced)
                if await self._is_there_after(error, tries):
                    return None
                if isinstance(error, Again) and error.is_paced and patience.is_over(self._cargo.offset):
                    raise error.final from None
                send = self._patch_all if self._was_sent_whole or self._ways.takes_chunks else self._put_whole

    @property
    def _goes_in_patches(self) -> bool:
        limits = self._transport.limits
        is_large = self._cargo.size - self._cargo.start > limits.whole
        return limits.chunk_size is not None or (is_large and self._ways.takes_chunks)

    async def _put_whole(self, location: Url) -> None:
        """All that is left in the request that commits it; its length is said before, so a part is never taken."""
        self._was_sent_whole = True
        await self._commit(location, self._cargo.size - self._cargo.offset)

    async def _patch_all(self, location: Url) -> None:
        while self._cargo.offset < self._cargo.size:
            location = await self._patch_to_its_end(location)
        await self._commit(location, 0)

    async def _commit(self, location: Url, length: int) -> None:
        request = self._session.request("PUT", location.adding(digest=str(self._blob.digest)), 201)
        refuse_other_digest(self._transport, request, await self._send(request, length), self._blob.digest)

    async def _patch_to_its_end(self, location: Url) -> Url:
        """One PATCH. Its bytes are here already: when cancelled, it is waited for a moment, so that it counts."""
        length = min(self._chunk_size, self._cargo.size - self._cargo.offset)
        await self._cargo.hold(length)
        patch = asyncio.create_task(self._patch(location, length))
        try:
            return await asyncio.shield(patch)
        except asyncio.CancelledError:
            with suppress(RegistryError, Again, WrongBytes, TimeoutError):
                async with asyncio.timeout(GOODBYE if self._session.is_kept else 0):
                    await patch
            raise

    @property
    def _chunk_size(self) -> int:
        limits = self._transport.limits
        return max(limits.chunk_size or limits.window, self._session.smallest_chunk)

    async def _patch(self, location: Url, length: int) -> Url:
        start = self._cargo.offset
        request = self._session.request("PATCH", location, 202)
        request = replace(request, headers={"Content-Range": f"{start}-{start + length - 1}"})
        answer = await self._send(request, length)
        held = held_by(answer, min(length, 1))
        if held is not None and not (start < held and self._cargo.rewind(held)):
            raise Again(Unreachable(self._operation, self._transport.endpoint.host, "it lost bytes that it had taken"))
        return await self._session.move(answer, location)

    async def _send(self, request: Request, length: int) -> Answer:
        """The answer to `request` with the next `length` bytes. Raises Again where the upload may go on another way."""
        body = self._cargo.body(length) if length else b""
        is_hauled = not isinstance(body, bytes)
        headers = {**request.headers, "Content-Type": "application/octet-stream"}
        if is_hauled:
            headers["Content-Length"] = str(length)
        expected = request.expected | _REFUSALS
        request = replace(request, headers=headers, body=body, expected=expected, is_hauled=is_hauled)
        answer = await self._transport.attempt(request)
        if answer.status in _REFUSALS:
            raise self._refused(request, answer)
        return answer

    def _refused(self, request: Request, answer: Answer) -> Again | RegistryError:
        # Some registries report ranges that they then do not take: better start afresh.
        self._session.is_stale = answer.status == 416
        failure = self._transport.failure(request, answer)
        is_way_refused = request.method == "PATCH" and answer.status in _REFUSALS_OF_A_WAY
        if request.method == "PATCH" and (is_way_refused or self._session.is_stale):
            self._ways.takes_chunks = False
        if isinstance(failure, Again) or (is_way_refused and self._was_sent_whole):
            return failure
        return Again(failure)

    async def _is_there_after(self, error: Again | RegistryError | WrongBytes, tries: int) -> bool:
        """Makes ready to go on after `error`, and returns False; True where the blob is there all the same.

        Raises the error where there is no way to go on.
        """
        if self._cargo.failure is not None or isinstance(error, WrongBytes):
            raise self._of_source(self._cargo.failure or error) from None
        if isinstance(error, RegistryError):
            raise error
        if tries > self._transport.limits.resumes:
            raise error.final from None
        await self._transport.retrier.wait(error, tries)
        if self._cargo.rewind(await self._session.held()):
            return False
        if self._cargo.offset == self._cargo.size and await has_blob(self._transport, self._repository, self._blob):
            return True  # it was committed, and only the answer is lost
        await self._session.abandon()
        if self._cargo.rewind(0):
            return False
        raise Unreachable(self._operation, self._transport.endpoint.host, error.final.detail) from None

    def _of_source(self, failure: Exception) -> Exception:
        if isinstance(failure, WrongBytes):
            return InvalidAnswer(self._operation, self._transport.endpoint.host, f"nothing was committed: {failure}")
        return failure
