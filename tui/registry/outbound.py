"""The way out of this machine: which authorities are trusted, and through which proxy."""

import asyncio
import os
import ssl
import sys
from typing import Final

from tui.domain.proxies import proxy_for
from tui.ports.errors import Unreachable
from tui.registry.endpoint import Endpoint
from tui.registry.urls import Url

_WITH_SETTINGS: Final = frozenset({"darwin", "win32"})
"""Systems on which a proxy can be set elsewhere than in the environment."""


class Outbound:
    """What all connections to one registry, and to where it redirects, have in common. It serves any thread."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._loading = asyncio.Lock()
        self._endpoint = endpoint
        self._context: ssl.SSLContext | None = None
        self._proxies: dict[tuple[str, str, int], str | None] = {}

    async def trust(self, operation: str) -> ssl.SSLContext:
        """The authorities that are believed, loaded once and aside, as that takes long. Raises Unreachable."""
        async with self._loading:
            if self._context is None:
                self._context = await self._load(operation)
            return self._context

    async def _load(self, operation: str) -> ssl.SSLContext:
        try:
            return await asyncio.to_thread(_context, self._endpoint.ca_file)
        except OSError as error:
            detail = f"the authority file {self._endpoint.ca_file} cannot be read: {error.strerror or 'not PEM'}"
            raise Unreachable(operation, self._endpoint.host, detail) from error

    def proxy(self, url: Url) -> str | None:
        """The proxy that the environment names for `url`, as every other client on the machine would use it.

        The environment is searched once for an origin, as that takes longer than to send.
        """
        if url.origin not in self._proxies:
            self._proxies[url.origin] = _proxy(url)
        return self._proxies[url.origin]


def _context(ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def _proxy(url: Url) -> str | None:
    if sys.platform not in _WITH_SETTINGS and not any(name.lower().endswith("_proxy") for name in os.environ):
        return None  # and an import less
    from urllib.request import getproxies, proxy_bypass

    return proxy_for(url.scheme, url.host, url.port, getproxies(), proxy_bypass)
