"""Pages of a list: `n` rows after `last`, and the relative `Link` to the next page (RFC 8288)."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from tui.sandbox.errors import Code, Refused

_COUNT: Final = re.compile(r"[0-9]{1,18}")

PAGE_LIMIT: web.AppKey[int] = web.AppKey("page_limit", int)
"""Rows in a page at most, whatever is asked for."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, and the headers that lead to the next."""

    rows: Sequence[str]
    headers: Mapping[str, str]


def page(request: web.Request, rows: Sequence[str]) -> Page:
    """The part of the sorted `rows` that `request` asks for. Raises Refused: UNSUPPORTED for an `n` that is no count.

    Distribution specification, "Listing Tags": `n=0` answers an empty list without a Link.
    """
    count = _count(request)
    last = request.query.get("last")
    start = 0 if last is None else bisect_right(rows, last)
    chosen = rows[start : start + count]
    more = bool(chosen) and start + count < len(rows)
    return Page(chosen, {"Link": _link(request, count, chosen[-1])} if more else {})


def _count(request: web.Request) -> int:
    limit = request.app[PAGE_LIMIT]
    asked = request.query.get("n", str(limit))
    if not _COUNT.fullmatch(asked):
        raise Refused(Code.UNSUPPORTED, "n must be a number of rows")
    return min(int(asked), limit)


def _link(request: web.Request, count: int, last: str) -> str:
    query = {**request.query, "n": str(count), "last": last}
    return f'<{request.path}?{urlencode(query)}>; rel="next"'
