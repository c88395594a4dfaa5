"""Lists of names: the tags of a repository, and the repositories of a registry."""

from aiohttp import web

from tui.sandbox.paging import page
from tui.sandbox.paths import STORE, known_repository_in


async def list_tags(request: web.Request) -> web.Response:
    """The tags in ASCII order (distribution specification, "Listing Tags"). Raises Refused: NAME_UNKNOWN."""
    repository = known_repository_in(request)
    found = page(request, list(request.app[STORE].listed_tags(repository)))
    return web.json_response({"name": repository, "tags": found.rows}, headers=found.headers)


async def list_repositories(request: web.Request) -> web.Response:
    """The repositories in ASCII order: not in the specification, but what most registries answer."""
    found = page(request, request.app[STORE].catalog())
    return web.json_response({"repositories": found.rows}, headers=found.headers)
