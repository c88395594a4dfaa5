"""Blobs: GET and HEAD with ranges, and DELETE (distribution specification, "Pulling blobs", "Deleting Blobs")."""

import re
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from tui.domain.reference import Digest
from tui.sandbox.content import Content
from tui.sandbox.errors import Code, Refused
from tui.sandbox.faults import FAULTS, cut_after
from tui.sandbox.paths import STORE, digest_in, known_repository_in, repository_in

_RANGE: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


async def get_blob(request: web.Request) -> web.StreamResponse:
    """The blob, a part of it, or where it is to be had. Raises Refused: BLOB_UNKNOWN; 416 for no such range."""
    digest = digest_in(request)
    content = request.app[STORE].blob(known_repository_in(request), digest)
    if content is None:
        raise unknown(digest)
    origin = request.app[FAULTS].redirect_origin
    if origin and request.method == "GET":
        return web.Response(status=307, headers={"Location": origin + request.path})
    return await send_blob(request, digest, content)


async def send_blob(request: web.Request, digest: Digest, content: Content) -> web.StreamResponse:
    """`content`, or the part of it that `Range` asks for. Raises Refused with status 416 for no such range."""
    start, stop = wanted(request.headers.get("Range"), content.size)
    partial = (start, stop) != (0, content.size)
    response = web.StreamResponse(status=206 if partial else 200, headers=_headers(digest, stop - start))
    if partial:
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{content.size}"
    await response.prepare(request)
    if request.method != "HEAD":
        await _send(request, response, content, start, stop)
    return response


async def delete_blob(request: web.Request) -> web.Response:
    """Unlinks the blob from the repository. Raises Refused: BLOB_UNKNOWN."""
    digest = digest_in(request)
    if not request.app[STORE].delete_blob(repository_in(request), digest):
        raise unknown(digest)
    return web.Response(status=202)


def unknown(digest: Digest) -> Refused:
    """The refusal of a blob that the repository does not hold."""
    return Refused(Code.BLOB_UNKNOWN, "blob unknown to registry", detail={"digest": str(digest)})


def wanted(header: str | None, size: int) -> tuple[int, int]:
    """The bytes a `Range` header asks for, as start and stop; all of them without one. Raises Refused with status 416.

    RFC 9110, section 14: a range of another form is ignored, as are several ranges at once.
    """
    match = _RANGE.fullmatch(header or "")
    if match is None or match[0] == "bytes=-":
        return 0, size
    first, last = match.groups()
    start = int(first) if first else max(size - int(last), 0)
    stop = min(int(last) + 1, size) if first and last else size
    if start >= stop:
        raise Refused(Code.SIZE_INVALID, "no such range", status=416, headers={"Content-Range": f"bytes */{size}"})
    return start, stop


def _headers(digest: Digest, length: int) -> Mapping[str, str]:
    return {
        "Accept-Ranges": "bytes",
        "Content-Length": str(length),
        "Content-Type": "application/octet-stream",
        "Docker-Content-Digest": str(digest),
        "ETag": f'"{digest}"',
    }


async def _send(request: web.Request, response: web.StreamResponse, content: Content, start: int, stop: int) -> None:
    cut = cut_after(request)
    for piece in content.read(start, stop if cut is None else min(stop, start + cut)):
        await response.write(piece)
    if cut is not None and request.transport is not None:
        request.transport.close()
