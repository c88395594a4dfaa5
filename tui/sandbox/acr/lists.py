"""Lists: the repositories of a registry, the tags and the manifests of a repository (`/acr/v1`)."""

from collections.abc import Iterable, Sequence

from aiohttp import web

from tui.domain.reference import Digest, Repository, Tag
from tui.sandbox.acr.paging import order_of, page_of
from tui.sandbox.acr.rows import manifest_row, tag_row, tags_by_digest
from tui.sandbox.paths import STORE, digest_named, known_repository_in
from tui.sandbox.store import Store


async def list_repositories(request: web.Request) -> web.Response:
    """The names of the repositories, in ASCII order."""
    found = page_of(request, request.app[STORE].catalog())
    return web.json_response({"repositories": list(found.names)}, headers=found.headers)


async def list_tags(request: web.Request) -> web.Response:
    """The tags, or those of one `digest`. Raises Refused: NAME_UNKNOWN, DIGEST_INVALID."""
    store, repository = request.app[STORE], known_repository_in(request)
    digests = store.listed_tags(repository)
    if "digest" in request.query:
        wanted = digest_named(request.query["digest"])
        digests = {tag: digest for tag, digest in digests.items() if digest == wanted}
    found = page_of(request, _ordered(request, store, repository, digests))
    rows = [tag_row(store, repository, Tag(name), digests[Tag(name)]) for name in found.names]
    return web.json_response({**heading(request, repository), "tags": rows}, headers=found.headers)


async def list_manifests(request: web.Request) -> web.Response:
    """The manifests, tagged or not. Raises Refused: NAME_UNKNOWN."""
    store, repository = request.app[STORE], known_repository_in(request)
    manifests = {
        str(digest): manifest
        for digest, manifest in store.manifests(repository).items()
        if (record := store.record(repository, digest)) and record.attributes.listed
    }
    order = _ordered(request, store, repository, [Digest.parse(text) for text in manifests])
    found = page_of(request, order)
    tags, chosen = tags_by_digest(store, repository), [Digest.parse(name) for name in found.names]
    rows = [manifest_row(store, repository, each, manifests[str(each)], tags.get(each, ())) for each in chosen]
    return web.json_response({**heading(request, repository), "manifests": rows}, headers=found.headers)


def heading(request: web.Request, repository: Repository) -> dict[str, object]:
    """What every answer about a repository begins with."""
    return {"registry": request.host, "imageName": repository}


def _ordered(
    request: web.Request, store: Store, repository: Repository, parts: Iterable[Digest | Tag]
) -> Sequence[str]:
    """The names of `parts`, which come sorted by name, in the order that is asked for."""
    order = order_of(request)
    if not order:
        return [str(part) for part in parts]
    dated = [(record.updated, str(part)) for part in parts if (record := store.record(repository, part))]
    return [name for _, name in sorted(dated, reverse=order == "timedesc")]
