"""The routes of a registry, put together as one aiohttp application."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from tui.sandbox import blobs, manifests, referrers, tags, tokens, uploads
from tui.sandbox.acr.budgets import keep_budgets
from tui.sandbox.acr.locks import keep_locks
from tui.sandbox.acr.routes import ROUTES as ACR_ROUTES
from tui.sandbox.auth import Acr, Auth, authorise
from tui.sandbox.errors import answer_refusals
from tui.sandbox.faults import FAULTS, inject_faults
from tui.sandbox.gone import let_go
from tui.sandbox.paths import route_of

REQUESTS: web.AppKey[Counter[tuple[str, str]]] = web.AppKey("requests")
REFUSED: web.AppKey[Counter[int]] = web.AppKey("refused")

Routes = Mapping[tuple[str, str], Mapping[str, Handler]]
"""The handlers by method, of each route by its name and path."""


async def ping(request: web.Request) -> web.Response:
    """Says that this is a registry (distribution specification, "Determining Support")."""
    return web.json_response({})


# The first that fits serves a request, so uploads stand before blobs, whose digest could be "uploads".
_OCI_ROUTES: Final[Routes] = {
    ("ping", "/v2/"): {"GET": ping},
    ("catalog", "/v2/_catalog"): {"GET": tags.list_repositories},
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


_TOKEN_ROUTES: Final[Routes] = {("token", "/token"): {"GET": tokens.get_token, "POST": tokens.post_token}}
_COUNTED_REFUSALS: Final = frozenset({401, 429})
_MIDDLEWARES: Final = (let_go, inject_faults, answer_refusals, keep_budgets, authorise)


def new_application(auth: Auth) -> web.Application:
    """An application with every route and middleware; its owner adds the state under the room's keys."""
    azure = isinstance(auth, Acr)
    application = web.Application(middlewares=[_count_requests, *_MIDDLEWARES, *([keep_locks] if azure else [])])
    application.on_response_prepare.append(_add_headers)
    own = ACR_ROUTES if azure else _TOKEN_ROUTES
    for (name, path), handlers in {**_OCI_ROUTES, **own}.items():
        resource = application.router.add_resource(path, name=name)
        for method, handler in handlers.items():
            resource.add_route(method, handler)
    return application


@web.middleware
async def _count_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts by method and route, and refusals by status, so that a test can say what was asked for."""
    request.app[REQUESTS][request.method, route_of(request)] += 1
    response = await handler(request)
    if response.status in _COUNTED_REFUSALS:
        request.app[REFUSED][response.status] += 1
    return response


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Docker-Distribution-API-Version"] = "registry/2.0"
    if warning := request.app[FAULTS].warning:
        response.headers["Warning"] = f'299 - "{warning}"'
