"""Manifests: GET, HEAD, PUT and DELETE by tag and by digest (distribution specification, "Pulling manifests",
"Pushing Manifests", "Deleting tags", "Deleting Manifests")."""

from collections.abc import Sequence
from typing import Final, Literal

from aiohttp import web

from tui.domain.content import digest_of
from tui.domain.reference import Digest, Repository, Tag
from tui.sandbox.errors import Code, Refused
from tui.sandbox.faults import FAULTS
from tui.sandbox.manifest import Manifest, parse_manifest
from tui.sandbox.paths import NOW, STORE, known_repository_in, reference_in, repository_in, tag_named

LIMIT: Final = 4 * 1024 * 1024
"""Bytes that a manifest may have."""

MissingContent = Literal["refuse", "accept"]
"""What to do with a manifest that refers to content the repository does not hold; the specification allows both."""

MISSING_CONTENT: web.AppKey[str] = web.AppKey("missing_content", str)


async def get_manifest(request: web.Request) -> web.Response:
    """The manifest, byte for byte as it was pushed. Raises Refused: MANIFEST_UNKNOWN, NAME_UNKNOWN."""
    digest, manifest = _found(request)
    headers = {"Docker-Content-Digest": str(digest), "ETag": f'"{digest}"'}
    if request.headers.get("If-None-Match") == headers["ETag"]:
        return web.Response(status=304, headers=headers)
    headers["Content-Type"] = manifest.media_type
    if request.method == "HEAD":
        return web.Response(headers=headers | {"Content-Length": str(len(manifest.data))})
    return web.Response(body=manifest.data, headers=headers)


async def put_manifest(request: web.Request) -> web.Response:
    """Keeps a manifest whose content is here. Raises Refused: MANIFEST_INVALID and its kin, 413 when too large."""
    repository, reference = repository_in(request), reference_in(request)
    data = await _body(request)
    digest = _verified(data, reference)
    manifest = parse_manifest(data, request.headers.get("Content-Type", "").partition(";")[0].strip())
    _refuse_missing_content(request, repository, manifest)
    tags = _tags(request, reference)
    request.app[STORE].put_manifest(repository, digest, manifest, tags, request.app[NOW]())
    response = web.Response(status=201)
    response.headers["Location"] = f"/v2/{repository}/manifests/{digest}"
    response.headers["Docker-Content-Digest"] = str(digest)
    if manifest.subject and not request.app[FAULTS].referrers_missing:
        response.headers["OCI-Subject"] = str(manifest.subject)
    if isinstance(reference, Digest):
        response.headers.extend([("OCI-Tag", tag) for tag in tags])
    return response


async def delete_manifest(request: web.Request) -> web.Response:
    """Deletes a tag, or a manifest with all its tags. Raises Refused: MANIFEST_UNKNOWN, NAME_UNKNOWN."""
    store, repository, reference = request.app[STORE], known_repository_in(request), reference_in(request)
    if isinstance(reference, Digest):
        found = store.delete_manifest(repository, reference)
    else:
        found = store.delete_tag(repository, reference)
    if not found:
        raise _unknown(reference)
    return web.Response(status=202)


def _found(request: web.Request) -> tuple[Digest, Manifest]:
    store, repository, reference = request.app[STORE], known_repository_in(request), reference_in(request)
    digest = store.resolve(repository, reference)
    manifest = store.manifest(repository, digest) if digest else None
    if digest is None or manifest is None:
        raise _unknown(reference)
    return digest, manifest


def _unknown(reference: Digest | Tag) -> Refused:
    return Refused(Code.MANIFEST_UNKNOWN, "manifest unknown to registry", detail={"reference": str(reference)})


async def _body(request: web.Request) -> bytes:
    data = bytearray()
    async for piece in request.content.iter_any():
        data += piece
        if len(data) > LIMIT:
            raise Refused(Code.SIZE_INVALID, f"a manifest may have {LIMIT} bytes", status=413)
    return bytes(data)


def _verified(data: bytes, reference: Digest | Tag) -> Digest:
    algorithm = reference.algorithm if isinstance(reference, Digest) else "sha256"
    digest = digest_of(data, algorithm)
    if isinstance(reference, Digest) and reference != digest:
        raise Refused(Code.DIGEST_INVALID, "provided digest did not match uploaded content")
    return digest


def _refuse_missing_content(request: web.Request, repository: Repository, manifest: Manifest) -> None:
    missing = request.app[STORE].lacks(repository, manifest)
    if missing and request.app[MISSING_CONTENT] == "refuse":
        raise Refused(
            Code.MANIFEST_BLOB_UNKNOWN,
            "manifest references a manifest or blob unknown to registry",
            detail={"digests": [str(digest) for digest in missing]},
        )


def _tags(request: web.Request, reference: Digest | Tag) -> Sequence[Tag]:
    """The tags to set: the one in the path, or those a push by digest names as parameters."""
    if not isinstance(reference, Digest):
        return [reference]
    return [tag_named(text) for text in request.query.getall("tag", [])]
