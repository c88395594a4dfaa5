"""The way out of this machine: which authorities are trusted, and through which proxy."""

import asyncio
import ssl
from urllib.request import getproxies, proxy_bypass

from tui.ports.errors import Unreachable
from tui.registry.endpoint import Endpoint
from tui.registry.urls import Url


class Outbound:
    """What all connections to one registry, and to where it redirects, have in common. It serves any thread."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._context: ssl.SSLContext | None = None
        self._proxies: dict[tuple[str, str], str | None] = {}

    async def trust(self, operation: str) -> ssl.SSLContext:
        """The authorities that are believed, loaded once and aside, as that takes long. Raises Unreachable."""
        if self._context is None:
            try:
                self._context = await asyncio.to_thread(_context, self._endpoint.ca_file)
            except OSError as error:
                detail = f"the authority file {self._endpoint.ca_file} cannot be read: {error.strerror or 'not PEM'}"
                raise Unreachable(operation, self._endpoint.host, detail) from error
        return self._context

    def proxy(self, url: Url) -> str | None:
        """The proxy that the environment names for `url`, as every other client on the machine would use it.

        The environment is searched once for a host, as that takes longer than to send.
        """
        key = url.scheme, url.host
        if key not in self._proxies:
            self._proxies[key] = _proxy(url)
        return self._proxies[key]


def _context(ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


def _proxy(url: Url) -> str | None:
    proxies = getproxies()
    if not proxies or url.host in {"localhost", "127.0.0.1", "::1"} or proxy_bypass(url.host):
        return None
    return proxies.get(url.scheme)
