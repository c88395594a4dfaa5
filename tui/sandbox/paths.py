"""The names in a request: route, repository, reference and digest, parsed once, where they enter."""

from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from tui.domain.reference import Digest, InvalidName, Repository, Tag, parse_repository, parse_tag
from tui.sandbox.errors import Code, Refused
from tui.sandbox.store import Store

STORE: web.AppKey[Store] = web.AppKey("store", Store)
NOW: web.AppKey[Callable[[], datetime]] = web.AppKey("now")
"""The time that what is pushed gets, by the registry's clock."""


def route_of(request: web.Request) -> str:
    """The name of the route that serves `request`, such as `manifest`; `app` has them all."""
    resource = request.match_info.route.resource
    return (resource.name if resource else None) or "unknown"


def repository_in(request: web.Request) -> Repository:
    """The repository in the path. Raises Refused: NAME_INVALID."""
    return repository_named(request.match_info["name"])


def repository_named(text: str) -> Repository:
    """The repository `text` names. Raises Refused: NAME_INVALID."""
    try:
        return parse_repository(text)
    except InvalidName as cause:
        raise Refused(Code.NAME_INVALID, str(cause)) from cause


def known_repository_in(request: web.Request) -> Repository:
    """The repository in the path, if it exists. Raises Refused: NAME_INVALID, NAME_UNKNOWN."""
    repository = repository_in(request)
    if not request.app[STORE].knows(repository):
        raise Refused(Code.NAME_UNKNOWN, "repository name not known to registry", detail={"name": repository})
    return repository


def digest_named(text: str) -> Digest:
    """The digest `text` names. Raises Refused: DIGEST_INVALID."""
    try:
        return Digest.parse(text)
    except InvalidName as cause:
        raise Refused(Code.DIGEST_INVALID, str(cause)) from cause


def digest_in(request: web.Request) -> Digest:
    """The digest in the path. Raises Refused: DIGEST_INVALID."""
    return digest_named(request.match_info["digest"])


def tag_named(text: str) -> Tag:
    """The tag `text` names. Raises Refused: TAG_INVALID."""
    try:
        return parse_tag(text)
    except InvalidName as cause:
        raise Refused(Code.TAG_INVALID, str(cause)) from cause


def reference_in(request: web.Request) -> Digest | Tag:
    """The tag or digest in the path: only a digest has a colon. Raises Refused: DIGEST_INVALID, TAG_INVALID."""
    text = request.match_info["reference"]
    return digest_named(text) if ":" in text else tag_named(text)
