"""The network as the SDK sees it: the client's own transport.

Left alone, the SDK spends four requests on a page, shows a token to whatever host a Link names, and waits out a 429
without a word. Here its requests go the way of all others: one cache of tokens, one TLS trust, one pace, one set of
rules for links, errors and redaction. This module imports azure, so it is imported only where it is used.
"""

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Final, cast

from azure.core.pipeline.transport import AsyncHttpResponse, AsyncHttpTransport, HttpRequest

from tui.registry.acr.exchange import Exchange, Page
from tui.registry.request import Request
from tui.registry.urls import Url

_HEADERS: Final = ("Accept", "Content-Type")
"""What goes out of the SDK's headers; the others name it and its telemetry."""
_NEXT: Final = '<next>; rel="next"'
"""Tells the SDK that there is a next page. Which one it is never told: it would ask any host that a Link names."""


class Bridge(AsyncHttpTransport[HttpRequest, AsyncHttpResponse]):
    """Answers the SDK's requests through the exchange that each call hands along as `exchange=`.

    An error of the ports goes through the SDK's pipeline as it is: no policy of it knows one.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def send(self, request: HttpRequest, **kwargs: Any) -> AsyncHttpResponse:
        """The answer to `request`, which is always a good one. Raises RegistryError."""
        exchange = cast("Exchange", kwargs["exchange"])
        page = await exchange.answer(exchange.prepared(_translated(request)))
        # A thousand rows are now read, for some milliseconds. Pages that arrive together take turns, and the screen is
        # drawn in between.
        async with self._turn:
            await asyncio.sleep(0)
        return _Response(request, page)

    async def open(self) -> None:
        """Nothing: connections are the client's."""

    async def close(self) -> None:
        """Nothing: connections are the client's."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing: connections are the client's."""


class _Response(AsyncHttpResponse):
    """A page, as the SDK's pipeline reads it. Its type is always JSON: the SDK would read XML as gladly."""

    def __init__(self, request: HttpRequest, page: Page) -> None:
        super().__init__(request, None)
        self.status_code = page.status
        self.reason = "OK"
        self.content_type = "application/json"
        self.headers = {"Content-Type": self.content_type, **({"Link": _NEXT} if page.has_next else {})}
        self._body = page.body

    def body(self) -> bytes:
        """The body."""
        return self._body

    async def load_body(self) -> None:
        """Nothing: the body is here."""

    def stream_download(self, pipeline: Any, *, decompress: bool = True, **kwargs: Any) -> AsyncIterator[bytes]:
        """Raises NotImplementedError: nothing that is asked for here streams."""
        raise NotImplementedError


def _translated(request: HttpRequest) -> Request:
    headers = {name: value for name in _HEADERS if (value := request.headers.get(name))}
    body = cast("str | bytes | None", request.body)
    content = body.encode() if isinstance(body, str) else body
    return Request("ask", request.method, Url.parse(request.url), headers=headers, body=content)
