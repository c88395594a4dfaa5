"""The rules for URLs that a registry names: the next page, the place of an upload, a redirect.

A page never leads to another origin: a client that follows such a link shows that host a token. An upload may live
elsewhere, but credentials do not follow it there, and https never becomes http on the way.
"""

import re
from collections.abc import Iterable
from typing import Final

from tui.registry.urls import RefusedUrl, Url

_LINK: Final = re.compile(r"<([^<>]*)>((?:\s*;[^<>,]*)*)")
_NEXT: Final = re.compile(r';\s*rel\s*=\s*"?\s*next\s*"?\s*(?:;|$)', re.IGNORECASE)

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


def next_page(links: Iterable[str], page: Url, root: Url) -> Url | None:
    """The URL that the Link headers of `page` call next; None on the last page. Raises RefusedUrl."""
    for link in links:
        for target, parameters in _LINK.findall(link):
            if _NEXT.search(parameters):
                return _same_origin(Url.parse(target, page).upgraded_to(root), root)
    return None


def upload_location(location: str | None, request: Url, root: Url) -> Url:
    """Where an upload goes on, from a Location header, absolute or relative. Raises RefusedUrl."""
    if not location:
        raise RefusedUrl("no Location to upload to")
    return _never_downgraded(Url.parse(location, request).upgraded_to(root), root)


def redirected(location: str | None, request: Url, root: Url) -> Url:
    """Where a redirect leads. Raises RefusedUrl."""
    if not location:
        raise RefusedUrl("a redirect without a Location")
    return _never_downgraded(Url.parse(location, request).upgraded_to(root), root)


def _same_origin(url: Url, root: Url) -> Url:
    if url.origin != root.origin:
        raise RefusedUrl("a next page on another host")
    return url


def _never_downgraded(url: Url, root: Url) -> Url:
    if root.scheme == "https" and url.scheme != "https":
        raise RefusedUrl("a way from https to plain http")
    return url
