"""What a registry refuses, said as the OCI distribution specification says it (section "Error Codes")."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler


class Code(StrEnum):
    """An error code of the specification; TAG_INVALID comes from the older registry API.

    PAGINATION_NUMBER_INVALID is CNCF distribution's, REGISTRY_DISALLOWED_OPERATION and TAG_UNKNOWN are Azure's.
    """

    BLOB_UNKNOWN = "BLOB_UNKNOWN"
    BLOB_UPLOAD_INVALID = "BLOB_UPLOAD_INVALID"
    BLOB_UPLOAD_UNKNOWN = "BLOB_UPLOAD_UNKNOWN"
    DENIED = "DENIED"
    DIGEST_INVALID = "DIGEST_INVALID"
    MANIFEST_BLOB_UNKNOWN = "MANIFEST_BLOB_UNKNOWN"
    MANIFEST_INVALID = "MANIFEST_INVALID"
    MANIFEST_UNKNOWN = "MANIFEST_UNKNOWN"
    NAME_INVALID = "NAME_INVALID"
    NAME_UNKNOWN = "NAME_UNKNOWN"
    PAGINATION_NUMBER_INVALID = "PAGINATION_NUMBER_INVALID"
    REGISTRY_DISALLOWED_OPERATION = "REGISTRY_DISALLOWED_OPERATION"
    SIZE_INVALID = "SIZE_INVALID"
    TAG_INVALID = "TAG_INVALID"
    TAG_UNKNOWN = "TAG_UNKNOWN"
    TOOMANYREQUESTS = "TOOMANYREQUESTS"
    UNAUTHORIZED = "UNAUTHORIZED"
    UNSUPPORTED = "UNSUPPORTED"


_STATUS: Final[Mapping[Code, int]] = {
    Code.BLOB_UNKNOWN: 404,
    Code.BLOB_UPLOAD_UNKNOWN: 404,
    Code.MANIFEST_UNKNOWN: 404,
    Code.NAME_UNKNOWN: 404,
    Code.REGISTRY_DISALLOWED_OPERATION: 405,
    Code.TAG_UNKNOWN: 404,
    Code.UNAUTHORIZED: 401,
    Code.DENIED: 403,
    Code.TOOMANYREQUESTS: 429,
}
_OTHERWISE: Final = 400


class Refused(Exception):
    """A request that the registry does not fulfil: the code, the sentence, and where they differ status and headers."""

    def __init__(
        self,
        code: Code,
        message: str,
        *,
        detail: object = None,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.detail = detail
        self.status = status or _STATUS.get(code, _OTHERWISE)
        self.headers = dict(headers or {})


def answer(refused: Refused) -> web.Response:
    """The response that carries `refused`: its status, its headers and the specification's JSON body."""
    row: dict[str, object] = {"code": refused.code, "message": refused.message}
    if refused.detail is not None:
        row["detail"] = refused.detail
    return web.json_response({"errors": [row]}, status=refused.status, headers=refused.headers)


@web.middleware
async def answer_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns a Refused, and what the router itself refuses, into a response."""
    try:
        return await handler(request)
    except Refused as refused:
        return answer(refused)
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed) as unrouted:
        return answer(Refused(Code.UNSUPPORTED, "there is no such endpoint here", status=unrouted.status))
