"""Locks: what a repository, a tag or a manifest forbids is answered 405 REGISTRY_DISALLOWED_OPERATION.

Each of the three has attributes of its own, and any of them forbids. Microsoft's article "Lock a container image in an
Azure container registry": what may not be written may not be deleted either. That a manifest stays while a locked tag
points at it is this registry's own caution.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, cast

from aiohttp import web
from aiohttp.typedefs import Handler

from tui.domain.reference import Digest, Repository
from tui.sandbox.errors import Code, Refused
from tui.sandbox.paths import STORE, digest_in, reference_in, repository_in, route_of, tag_named
from tui.sandbox.records import FREE, Attributes
from tui.sandbox.store import Part

_DISALLOWED: Final = (
    "The operation is disallowed on this registry, repository or image. View troubleshooting steps at "
    "https://aka.ms/acr/faq/#why-does-my-pull-or-push-request-fail-with-disallowed-operation-"
)
_FIELDS: Final[Mapping[str, str]] = {
    "deleteEnabled": "deletable",
    "writeEnabled": "writable",
    "listEnabled": "listed",
    "readEnabled": "readable",
}
_LOCKED_ROUTES: Final = frozenset({"manifest", "blob", "upload", "acr-repository", "acr-tag"})


@web.middleware
async def keep_locks(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets a request through that no lock forbids. Raises Refused: REGISTRY_DISALLOWED_OPERATION."""
    if route_of(request) in _LOCKED_ROUTES:
        repository = repository_in(request)
        for part in _touched(request, repository):
            record = request.app[STORE].record(repository, part)
            if _forbids(record.attributes if record else FREE, request):
                raise Refused(Code.REGISTRY_DISALLOWED_OPERATION, _DISALLOWED, detail={})
    return await handler(request)


def changed(attributes: Attributes, body: bytes) -> Attributes:
    """`attributes` with what the JSON of a PATCH says. Raises Refused: UNSUPPORTED for what says nothing."""
    try:
        fields = cast("object", json.loads(body))
    except ValueError as cause:
        raise _invalid() from cause
    if not isinstance(fields, dict):
        raise _invalid()
    wanted = {_FIELDS[key]: value for key, value in cast("dict[str, object]", fields).items() if key in _FIELDS}
    if not all(isinstance(value, bool) for value in wanted.values()):
        raise _invalid()
    return replace(attributes, **cast("dict[str, bool]", wanted))


def row(attributes: Attributes) -> Mapping[str, bool]:
    """`attributes` as Azure writes them."""
    return {field: getattr(attributes, name) for field, name in _FIELDS.items()}


def _forbids(attributes: Attributes, request: web.Request) -> bool:
    route = route_of(request)
    if request.method in {"GET", "HEAD"}:
        return route in {"manifest", "blob"} and not attributes.readable
    if request.method == "DELETE" and route != "upload":
        return not (attributes.deletable and attributes.writable)
    return not route.startswith("acr-") and not attributes.writable


def _touched(request: web.Request, repository: Repository) -> Sequence[Part]:
    """The parts of `repository` whose locks count for `request`, itself among them."""
    match route_of(request):
        case "acr-tag":
            return (None, tag_named(request.match_info["tag"]))
        case "blob":
            return (None, digest_in(request))
        case "manifest":
            return (None, *_touched_by_manifest(request, repository))
        case "acr-repository" if request.method == "DELETE":
            store = request.app[STORE]
            return (None, *store.manifests(repository), *store.tags(repository))
        case _:
            return (None,)


def _touched_by_manifest(request: web.Request, repository: Repository) -> Sequence[Part]:
    store, reference = request.app[STORE], reference_in(request)
    if request.method == "PUT":
        return (reference, *[tag_named(text) for text in request.query.getall("tag", [])])
    if not isinstance(reference, Digest):
        digest = store.resolve(repository, reference)
        return (reference, digest) if request.method != "DELETE" and digest else (reference,)
    pointing = [tag for tag, digest in store.tags(repository).items() if digest == reference]
    return (reference, *pointing) if request.method == "DELETE" else (reference,)


def _invalid() -> Refused:
    return Refused(Code.UNSUPPORTED, "changeable attributes must be true or false")
