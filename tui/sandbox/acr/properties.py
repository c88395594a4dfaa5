"""Properties: a single repository, tag or manifest read, locked, unlocked and deleted (`/acr/v1`)."""

from dataclasses import replace

from aiohttp import web

from tui.domain.reference import Digest, Repository, Tag
from tui.sandbox.acr.lists import heading
from tui.sandbox.acr.locks import changed
from tui.sandbox.acr.rows import manifest_row, references, repository_row, tag_row, tags_by_digest
from tui.sandbox.errors import Code, Refused
from tui.sandbox.manifest import Manifest
from tui.sandbox.paths import STORE, digest_in, known_repository_in, tag_named
from tui.sandbox.store import Part


async def get_repository(request: web.Request) -> web.Response:
    """The repository's times, counts and attributes. Raises Refused: NAME_UNKNOWN."""
    return _repository(request, _repository_in(request))


async def update_repository(request: web.Request) -> web.Response:
    """Changes what may be done to the repository. Raises Refused: NAME_UNKNOWN, UNSUPPORTED."""
    repository = _repository_in(request)
    await _update(request, repository, None)
    return _repository(request, repository)


async def delete_repository(request: web.Request) -> web.Response:
    """Deletes the repository with all it holds, and says what that was. Raises Refused: NAME_UNKNOWN."""
    store, repository = request.app[STORE], _repository_in(request)
    digests = [str(digest) for digest in store.manifests(repository)]
    body = {"manifestsDeleted": digests, "tagsDeleted": list(store.tags(repository))}
    store.delete_repository(repository)
    return web.json_response(body, status=202)


async def get_tag(request: web.Request) -> web.Response:
    """The tag's digest, times and attributes. Raises Refused: NAME_UNKNOWN, TAG_UNKNOWN."""
    return _tag(request, known_repository_in(request), *_tag_in(request))


async def update_tag(request: web.Request) -> web.Response:
    """Changes what may be done to the tag. Raises Refused: NAME_UNKNOWN, TAG_UNKNOWN, UNSUPPORTED."""
    repository, (tag, digest) = known_repository_in(request), _tag_in(request)
    await _update(request, repository, tag)
    return _tag(request, repository, tag, digest)


async def delete_tag(request: web.Request) -> web.Response:
    """Deletes the tag and leaves its manifest. Raises Refused: NAME_UNKNOWN, TAG_UNKNOWN."""
    repository, (tag, _) = known_repository_in(request), _tag_in(request)
    request.app[STORE].delete_tag(repository, tag)
    return web.Response(status=202)


async def get_manifest(request: web.Request) -> web.Response:
    """The manifest's size, platform, tags and attributes. Raises Refused: NAME_UNKNOWN, MANIFEST_UNKNOWN."""
    return _manifest(request, known_repository_in(request), *_manifest_in(request))


async def update_manifest(request: web.Request) -> web.Response:
    """Changes what may be done to the manifest. Raises Refused: NAME_UNKNOWN, MANIFEST_UNKNOWN, UNSUPPORTED."""
    repository, (digest, manifest) = known_repository_in(request), _manifest_in(request)
    await _update(request, repository, digest)
    return _manifest(request, repository, digest, manifest)


async def _update(request: web.Request, repository: Repository, part: Part) -> None:
    store, body = request.app[STORE], await request.read()
    record = store.record(repository, part)
    if record:
        store.set_record(repository, part, replace(record, attributes=changed(record.attributes, body)))


def _repository(request: web.Request, repository: Repository) -> web.Response:
    return web.json_response({**heading(request, repository), **repository_row(request.app[STORE], repository)})


def _tag(request: web.Request, repository: Repository, tag: Tag, digest: Digest) -> web.Response:
    row = tag_row(request.app[STORE], repository, tag, digest)
    return web.json_response({**heading(request, repository), "tag": row})


def _manifest(request: web.Request, repository: Repository, digest: Digest, manifest: Manifest) -> web.Response:
    store = request.app[STORE]
    tags = tags_by_digest(store, repository).get(digest, ())
    row = manifest_row(store, repository, digest, manifest, tags)
    if found := references(manifest):
        row["references"] = found
    return web.json_response({**heading(request, repository), "manifest": row})


def _repository_in(request: web.Request) -> Repository:
    """The repository in the path, if a manifest was ever pushed there: blobs alone make none."""
    repository = known_repository_in(request)
    if request.app[STORE].record(repository, None) is None:
        raise Refused(Code.NAME_UNKNOWN, "repository name not known to registry", detail={"name": repository})
    return repository


def _tag_in(request: web.Request) -> tuple[Tag, Digest]:
    tag = tag_named(request.match_info["tag"])
    digest = request.app[STORE].resolve(known_repository_in(request), tag)
    if digest is None:
        raise Refused(Code.TAG_UNKNOWN, "the specified tag does not exist")
    return tag, digest


def _manifest_in(request: web.Request) -> tuple[Digest, Manifest]:
    digest = digest_in(request)
    manifest = request.app[STORE].manifest(known_repository_in(request), digest)
    if manifest is None:
        raise Refused(Code.MANIFEST_UNKNOWN, "manifest unknown to registry", detail={"reference": str(digest)})
    return digest, manifest
