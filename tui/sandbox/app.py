"""The routes of a registry, put together as one aiohttp application."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from tui.sandbox import blobs, manifests, referrers, tags, tokens, uploads
from tui.sandbox.auth import authorise
from tui.sandbox.errors import answer_refusals
from tui.sandbox.faults import FAULTS, inject_faults
from tui.sandbox.paths import route_of

REQUESTS: web.AppKey[Counter[tuple[str, str]]] = web.AppKey("requests")


async def ping(request: web.Request) -> web.Response:
    """Says that this is a registry (distribution specification, "Determining Support")."""
    return web.json_response({})


# The first that fits serves a request, so uploads stand before blobs, whose digest could be "uploads".
_ROUTES: Final[Mapping[tuple[str, str], Mapping[str, Handler]]] = {
    ("ping", "/v2/"): {"GET": ping},
    ("catalog", "/v2/_catalog"): {"GET": tags.list_repositories},
    ("token", "/token"): {"GET": tokens.get_token, "POST": tokens.post_token},
    ("tags", "/v2/{name:.+}/tags/list"): {"GET": tags.list_tags},
    ("referrers", "/v2/{name:.+}/referrers/{digest}"): {"GET": referrers.list_referrers},
    ("upload", "/v2/{name:.+}/blobs/uploads/{session:[0-9a-f]*}"): {
        "GET": uploads.report_upload,
        "POST": uploads.start_upload,
        "PATCH": uploads.continue_upload,
        "PUT": uploads.finish_upload,
        "DELETE": uploads.cancel_upload,
    },
    ("blob", "/v2/{name:.+}/blobs/{digest}"): {
        "GET": blobs.get_blob,
        "HEAD": blobs.get_blob,
        "DELETE": blobs.delete_blob,
    },
    ("manifest", "/v2/{name:.+}/manifests/{reference}"): {
        "GET": manifests.get_manifest,
        "HEAD": manifests.get_manifest,
        "PUT": manifests.put_manifest,
        "DELETE": manifests.delete_manifest,
    },
}


def new_application() -> web.Application:
    """An application with every route and middleware; its owner adds the state under the room's keys."""
    application = web.Application(middlewares=[_count_requests, inject_faults, answer_refusals, authorise])
    application.on_response_prepare.append(_add_headers)
    for (name, path), handlers in _ROUTES.items():
        resource = application.router.add_resource(path, name=name)
        for method, handler in handlers.items():
            resource.add_route(method, handler)
    return application


@web.middleware
async def _count_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts by method and route, so that a test can say what was asked for and what was not."""
    request.app[REQUESTS][request.method, route_of(request)] += 1
    return await handler(request)


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Docker-Distribution-API-Version"] = "registry/2.0"
    if warning := request.app[FAULTS].warning:
        response.headers["Warning"] = f'299 - "{warning}"'
