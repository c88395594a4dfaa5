"""Pages as Azure Container Registry gives them: 100 rows unless more are asked for, and never more than the cap."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from aiohttp import web

from tui.sandbox.errors import Code, Refused
from tui.sandbox.paging import PAGE_LIMIT

_DEFAULT: Final = 100
_COUNT: Final = re.compile(r"[0-9]{1,18}")
_KEPT: Final = "digest"


@dataclass(frozen=True, slots=True)
class Page:
    """The names of the rows in a page, and the headers that lead to the next."""

    names: Sequence[str]
    headers: Mapping[str, str]


def page_of(request: web.Request, names: Sequence[str]) -> Page:
    """The page of `names` that `request` asks for: `n` of them after `last`.

    `names` are in the order of the list: sorted, unless `orderby` says otherwise. Raises Refused:
    PAGINATION_NUMBER_INVALID.
    """
    count = _count(request)
    start = _start(request, names)
    chosen = names[start : start + count]
    more = start + count < len(names)
    return Page(chosen, {"Link": _link(request, count, chosen[-1])} if more else {})


def order_of(request: web.Request) -> str:
    """What rows are ordered by: `timedesc`, `timeasc`, or with an empty text their names. Raises Refused."""
    order = request.query.get("orderby", "").lower()
    if order not in {"", "none", "timedesc", "timeasc"}:
        raise Refused(Code.UNSUPPORTED, "orderby must be none, timedesc or timeasc")
    return order.removeprefix("none")


def _count(request: web.Request) -> int:
    asked = request.query.get("n", str(_DEFAULT))
    if not _COUNT.fullmatch(asked) or not int(asked):
        raise Refused(Code.PAGINATION_NUMBER_INVALID, "invalid number of results requested", detail={"n": asked[:20]})
    return min(int(asked), request.app[PAGE_LIMIT])


def _start(request: web.Request, names: Sequence[str]) -> int:
    last = request.query.get("last")
    if not last:
        return 0
    if not order_of(request):
        return bisect_right(names, last)
    return names.index(last) + 1 if last in names else len(names)


def _link(request: web.Request, count: int, last: str) -> str:
    """The next page relative to the registry; the name is one segment, so its slashes are escaped."""
    kept = {_KEPT: request.query[_KEPT]} if _KEPT in request.query else {}
    query = urlencode({"last": last, "n": count, "orderby": request.query.get("orderby", ""), **kept})
    name = request.match_info.get("name")
    path = request.path.replace(f"/{name}/", f"/{quote(name, safe='')}/", 1) if name else request.path
    return f'<{path}?{query}>; rel="next"'
