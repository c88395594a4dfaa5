"""The blob host: the storage to which a registry sends downloads on, where nobody may show the registry's token.

Azure Storage refuses a request with both a signed address and an Authorization header (400,
InvalidAuthenticationInfo); a client that carries its token over the redirect fails here as it does there.
"""

from collections import Counter
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from tui.sandbox.blobs import send_blob, unknown
from tui.sandbox.errors import answer_refusals
from tui.sandbox.faults import FAULTS, Faults
from tui.sandbox.gone import let_go
from tui.sandbox.paths import STORE, digest_in, repository_in
from tui.sandbox.store import Store

SERVED: web.AppKey[Counter[int]] = web.AppKey("served", Counter)

_REFUSAL: Final = '<?xml version="1.0"?><Error><Code>InvalidAuthenticationInfo</Code></Error>'


def new_blob_host(store: Store, served: Counter[int]) -> web.Application:
    """An application that serves the blobs of `store`, and counts in `served` what it answered, by status."""
    application = web.Application(middlewares=[_count_answers, let_go, answer_refusals])
    application[STORE], application[SERVED], application[FAULTS] = store, served, Faults()
    application.router.add_get("/v2/{name:.+}/blobs/{digest}", _get_blob, allow_head=False)
    return application


@web.middleware
async def _count_answers(request: web.Request, handler: Handler) -> web.StreamResponse:
    response = await handler(request)
    request.app[SERVED][response.status] += 1
    return response


async def _get_blob(request: web.Request) -> web.StreamResponse:
    if "Authorization" in request.headers:
        return web.Response(status=400, text=_REFUSAL, content_type="application/xml")
    digest = digest_in(request)
    content = request.app[STORE].blob(repository_in(request), digest)
    if content is None:
        raise unknown(digest)
    return await send_blob(request, digest, content)
