"""Uploads (distribution specification, "Push"): one PUT of the whole blob, or PATCHes where that fails.

A blob beyond `Limits.whole` goes up in streamed PATCHes, as every registry takes them from other clients: no length is
said before, so each can be ended well at any moment. CNCF distribution 2.8 cannot go on with a session whose request
was cut off in its middle ("upload resumed at wrong offset"), only with one between two requests. So neither a source
that fails nor a cancel cuts a PATCH, and none lasts longer than `Limits.stretch`: where the connection to such a
registry breaks, that time is lost at most, on a slow line as on a fast one, and a fast one needs one PATCH for a layer.
Registries that keep what a cut request brought lose nothing either way. Who takes no stream gets each PATCH's length.

What can go on after a break: an upload continues where the registry holds bytes that were read here, as those after
them can be had again, and starts afresh if the cargo reaches back to the first byte. Anything else raises Unreachable,
and a caller that has the bytes elsewhere may push again.

Whatever fails, nothing is committed. What becomes of the session depends: it is left as it stands, with its bookmark,
where another process could go on with it (a lost connection, a token that ran out, a source that broke off, a cancel:
a PATCH under way may end first); it is given up with a DELETE where it holds wrong bytes, or nobody would find it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from tui.domain.content import Descriptor
from tui.domain.reference import Repository
from tui.ports.errors import InvalidAnswer, RegistryError, Unreachable
from tui.registry.blobs import has_blob
from tui.registry.bookmark import Bookmark
from tui.registry.manifests import refuse_other_digest
from tui.registry.parcel import Cargo, Stretch, WrongBytes
from tui.registry.request import Answer, Freight, Request
from tui.registry.retry import Again
from tui.registry.session import Session, held_by
from tui.registry.transport import Transport
from tui.registry.urls import Url
from tui.registry.ways import Ways, to_its_end

_REFUSALS: Final = frozenset({401, 404, 405, 411, 413, 416, 501})
"""Answers to an upload after which another way may succeed: an expired token or session, a limit of a proxy."""
_REFUSALS_OF_A_WAY: Final = frozenset({405, 411, 413, 501})
"""Those that no repetition changes."""


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
        tries, patience = 0, self._transport.retrier.patience()
        while True:
            try:
                location = self._session.location or await self._session.begin()
                await self._cargo.ready()  # while the session began
                return await self._way(location)
            except (Again, RegistryError, WrongBytes) as error:
                tries += not (isinstance(error, Again) and error.is_paced)
                if await self._is_there_after(error, tries):
                    return None
                if isinstance(error, Again) and error.is_paced and patience.is_over(self._cargo.offset):
                    raise error.final from None

    @property
    def _way(self) -> Callable[[Url], Awaitable[None]]:
        """How what is left goes up to a Location, as far as is known what the registry takes."""
        limits = self._transport.limits
        if self._was_sent_whole:
            return self._patch_all
        if limits.chunk_size is None:
            if self._cargo.size - self._cargo.start <= limits.whole:
                return self._put_whole
            if self._ways.takes_streams:
                return self._stream_all
        return self._patch_all if self._ways.takes_chunks else self._put_whole

    async def _put_whole(self, location: Url) -> None:
        """All that is left in the request that commits it; its length is said before, so a part is never taken."""
        self._was_sent_whole = True
        await self._commit(location, self._cargo.size - self._cargo.offset)

    async def _stream_all(self, location: Url) -> None:
        while self._cargo.offset < self._cargo.size:
            location = await self._stream(location)
            if self._cargo.failure is not None:
                raise self._cargo.failure
        await self._commit(location, 0)

    async def _patch_all(self, location: Url) -> None:
        while self._cargo.offset < self._cargo.size:
            length = min(self._chunk_size, self._cargo.size - self._cargo.offset)
            await self._cargo.hold(length)
            location = await self._patch(location, length)
        await self._commit(location, 0)

    async def _commit(self, location: Url, length: int) -> None:
        request = self._session.request("PUT", location.adding(digest=str(self._blob.digest)), 201)
        request = replace(request, headers={"Content-Length": str(length)})
        answer = await self._send(request, self._cargo.body(length) if length else b"")
        refuse_other_digest(self._transport, request, answer, self._blob.digest)

    @property
    def _chunk_size(self) -> int:
        limits = self._transport.limits
        return max(limits.chunk_size or limits.window, self._session.smallest_chunk)

    async def _stream(self, location: Url) -> Url:
        start = self._cargo.offset
        limits = self._transport.limits
        freight = Stretch(self._cargo, min(limits.stretch_size, self._cargo.size - start), limits.stretch)
        request = self._session.request("PATCH", location, 202)
        return await to_its_end(self._follow(request, freight, start), freight.stop, self._session)

    async def _patch(self, location: Url, length: int) -> Url:
        start = self._cargo.offset
        request = self._session.request("PATCH", location, 202)
        headers = {"Content-Range": f"{start}-{start + length - 1}", "Content-Length": str(length)}
        follow = self._follow(replace(request, headers=headers), self._cargo.body(length), start)
        return await to_its_end(follow, lambda: None, self._session)

    async def _follow(self, patch: Request, body: bytes | Freight, start: int) -> Url:
        """Where the upload goes on after `patch`, which begins at `start`."""
        answer = await self._send(patch, body)
        least = min(1, self._cargo.offset - start)
        held = held_by(answer, least)
        if held is not None and not (start + least <= held and self._cargo.rewind(held)):
            raise Again(Unreachable(self._operation, self._transport.endpoint.host, "it lost bytes that it had taken"))
        return await self._session.move(answer, patch.url)

    async def _send(self, request: Request, body: bytes | Freight) -> Answer:
        """The answer to `request` with `body`. Raises Again where the upload may go on another way."""
        is_hauled = not isinstance(body, bytes)
        headers = {**request.headers, "Content-Type": "application/octet-stream"}
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
            self._ways.refuse(request)
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
