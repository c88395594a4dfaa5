"""Lists that a registry gives a page at a time (distribution specification, "Content discovery").

Fewer rows than asked for do not mean the end; only a missing Link does. A Link that was followed before is refused,
as it would be followed for ever.
"""

import json
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from typing import Any, Final, cast

from tui.domain.text import clean
from tui.ports.errors import NotFound, Unsupported
from tui.registry import links
from tui.registry.request import Answer, Request
from tui.registry.transport import Transport
from tui.registry.urls import RefusedUrl, Url

_MOST_PAGES: Final = 10_000


async def pages(transport: Transport, first: Request) -> AsyncGenerator[Answer, None]:
    """The answers to `first` and to each next page. Raises InvalidAnswer where a Link breaks the rules."""
    seen: set[Url] = set()
    url: Url | None = first.url
    while url is not None:
        if url in seen or len(seen) >= _MOST_PAGES:
            raise transport.refuse(first.operation, "its list of pages does not end")
        seen.add(url)
        try:
            answer = await _ask(transport, replace(first, url=url))
        except NotFound:
            if len(seen) == 1:
                raise
            raise transport.refuse(first.operation, "its list breaks off: the next page is not there") from None
        yield answer
        try:
            url = links.next_page(answer.headers.all("Link"), url, transport.root)
        except RefusedUrl as error:
            raise transport.refuse(first.operation, f"its list goes on at {error}") from None


async def _ask(transport: Transport, request: Request) -> Answer:
    try:
        return await transport.call(request)
    except Unsupported:
        if "n=" not in request.url.query or "last=" in request.url.query:
            raise
        # Page sizes are limited in the registry's settings, and some refuse what is above instead of giving less.
        return await transport.call(replace(request, url=replace(request.url, query="")))


def names(transport: Transport, request: Request, answer: Answer, key: str) -> list[str]:
    """The strings under `key` in a page; `null` is an empty list, as some registries spell it."""
    value = read_object(transport, request, answer).get(key, [])
    items = cast("list[object]", value) if isinstance(value, list) else []
    if (value is not None and not isinstance(value, list)) or not all(isinstance(item, str) for item in items):
        raise transport.refuse(request.operation, f"its answer holds no list of {key}")
    return cast("list[str]", items)


def read_object(transport: Transport, request: Request, answer: Answer) -> Mapping[str, Any]:
    """The JSON object in `answer`. Raises InvalidAnswer."""
    try:
        document: Any = json.loads(answer.body)
    except (ValueError, RecursionError):
        kind = clean(answer.header("Content-Type").partition(";")[0], 60) or "something else"
        raise transport.refuse(request.operation, f"its answer is not JSON but {kind}") from None
    if not isinstance(document, dict):
        raise transport.refuse(request.operation, "its answer is not a JSON object")
    return cast("Mapping[str, Any]", document)
