"""Blob uploads: at once, in two steps, streamed, in chunks, resumed, cancelled or mounted from another repository.

Distribution specification, "Pushing blobs" and "Mounting a blob from another repository". What arrives goes straight
to a file, so an upload of gigabytes takes no memory; an interrupted one keeps what arrived and can be resumed.
"""

import asyncio
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from aiohttp import web

from tui.domain.reference import Digest, Repository
from tui.sandbox.auth import may_pull
from tui.sandbox.content import Spooled, digest_of_file
from tui.sandbox.errors import Code, Refused
from tui.sandbox.faults import cut_after
from tui.sandbox.paths import STORE, digest_named, repository_in, repository_named
from tui.sandbox.spool import Spool

_CONTENT_RANGE: Final = re.compile(r"([0-9]{1,18})-([0-9]{1,18})")


@dataclass(slots=True)
class Upload:
    """A session: the repository it is for, the file that grows, and the bytes it has."""

    repository: Repository
    path: Path
    size: int = 0

    def append(self, data: bytes) -> None:
        """Adds `data` to the file."""
        with self.path.open("ab", buffering=0) as file:
            file.write(data)
        self.size += len(data)

    def cut_back(self, size: int) -> None:
        """Forgets everything after the first `size` bytes."""
        with self.path.open("ab") as file:
            file.truncate(size)
        self.size = size


UPLOADS: web.AppKey[dict[str, Upload]] = web.AppKey("uploads", dict)
SPOOL: web.AppKey[Spool] = web.AppKey("spool", Spool)


async def start_upload(request: web.Request) -> web.Response:
    """POST: mounts, takes a whole blob, or begins a session. Raises Refused: DIGEST_INVALID, NAME_INVALID."""
    repository = repository_in(request)
    if "mount" in request.query:
        digest = digest_named(request.query["mount"])
        if _mount(request, repository, digest):
            return _created(repository, digest)
    whole = digest_named(request.query["digest"]) if "digest" in request.query else None
    session = uuid4().hex
    upload = Upload(repository, request.app[SPOOL].new_file())
    request.app[UPLOADS][session] = upload
    if whole:
        return await _finish(request, session, upload, whole)
    return _progress(202, session, upload)


async def continue_upload(request: web.Request) -> web.Response:
    """PATCH: adds a chunk, or a stream of unknown length. Raises Refused: 416 out of order, SIZE_INVALID."""
    session, upload = _session(request)
    await _receive(request, session, upload)
    return _progress(202, session, upload)


async def finish_upload(request: web.Request) -> web.Response:
    """PUT: adds what is left, verifies the digest and keeps the blob. Raises Refused: DIGEST_INVALID, SIZE_INVALID."""
    return await _finish(request, *_session(request), digest_named(request.query.get("digest", "")))


async def report_upload(request: web.Request) -> web.Response:
    """GET: how far the session is. Raises Refused: BLOB_UPLOAD_UNKNOWN."""
    return _progress(204, *_session(request))


async def cancel_upload(request: web.Request) -> web.Response:
    """DELETE: forgets the session. Raises Refused: BLOB_UPLOAD_UNKNOWN."""
    session, _ = _session(request)
    _forget(request, session)
    return web.Response(status=204)


def _session(request: web.Request) -> tuple[str, Upload]:
    session = request.match_info["session"]
    upload = request.app[UPLOADS].get(session)
    if upload is None or upload.repository != repository_in(request):
        raise _unknown()
    return session, upload


def _unknown() -> Refused:
    return Refused(Code.BLOB_UPLOAD_UNKNOWN, "blob upload unknown to registry")


def _forget(request: web.Request, session: str) -> None:
    if upload := request.app[UPLOADS].pop(session, None):
        upload.path.unlink(missing_ok=True)


def _mount(request: web.Request, repository: Repository, digest: Digest) -> bool:
    """Without `from` any repository will do that the client may pull from."""
    store = request.app[STORE]
    source = request.query.get("from")
    sources = set(store.holders(digest)) & ({repository_named(source)} if source else set(store.holders(digest)))
    if not any(may_pull(request, name) for name in sources):
        return False
    store.mount(repository, digest)
    return True


async def _receive(request: web.Request, session: str, upload: Upload) -> None:
    before = upload.size
    expected = _expected(request, session, upload)
    cut = cut_after(request) if request.can_read_body else None
    async for piece in request.content.iter_any():
        upload.append(piece if cut is None else piece[: max(before + cut - upload.size, 0)])
        if cut is not None and upload.size >= before + cut and request.transport is not None:
            request.transport.abort()
            return
    if expected is not None and upload.size - before != expected:
        upload.cut_back(before)
        raise Refused(Code.SIZE_INVALID, "the chunk is not as long as its Content-Range says")


def _expected(request: web.Request, session: str, upload: Upload) -> int | None:
    """The length of the chunk by its Content-Range, if it has one and comes in order."""
    header = request.headers.get("Content-Range")
    if header is None:
        return None
    match = _CONTENT_RANGE.fullmatch(header)
    if match is None or int(match[2]) < int(match[1]):
        raise Refused(Code.BLOB_UPLOAD_INVALID, "Content-Range must be FIRST-LAST")
    if int(match[1]) != upload.size:
        headers = _progress(416, session, upload).headers
        position = {key: headers[key] for key in ("Location", "Range")}
        raise Refused(Code.BLOB_UPLOAD_INVALID, "the chunk is out of order", status=416, headers=position)
    return int(match[2]) - int(match[1]) + 1


async def _finish(request: web.Request, session: str, upload: Upload, digest: Digest) -> web.Response:
    await _receive(request, session, upload)
    if request.transport is None or request.transport.is_closing():
        raise _unknown()  # cut off in the middle: nobody hears this, and what came is kept to go on with
    # In a thread: reading gigabytes again would hold up every other request.
    try:
        found = await asyncio.to_thread(digest_of_file, upload.path, digest.algorithm)
    except FileNotFoundError:
        raise _unknown() from None  # it was cancelled meanwhile
    if found != digest:
        _forget(request, session)
        raise Refused(Code.DIGEST_INVALID, "provided digest did not match uploaded content")
    if request.app[UPLOADS].pop(session, None) is None:
        raise _unknown()
    request.app[STORE].add_blob(upload.repository, digest, Spooled(upload.path, upload.size))
    return _created(upload.repository, digest)


def _progress(status: int, session: str, upload: Upload) -> web.Response:
    # An empty session says 0-0 as well: the specification has no form for "nothing yet".
    headers = {
        "Location": f"/v2/{upload.repository}/blobs/uploads/{session}",
        "Range": f"0-{max(upload.size - 1, 0)}",
        "Docker-Upload-UUID": session,
    }
    return web.Response(status=status, headers=headers)


def _created(repository: Repository, digest: Digest) -> web.Response:
    headers = {"Location": f"/v2/{repository}/blobs/{digest}", "Docker-Content-Digest": str(digest)}
    return web.Response(status=201, headers=headers)
