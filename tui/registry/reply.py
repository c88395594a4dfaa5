"""An answer whose head has arrived, while its body is still to be read."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator

from tui.ports.errors import InvalidAnswer
from tui.registry.endpoint import Endpoint
from tui.registry.headers import Headers
from tui.registry.request import Request
from tui.registry.urls import Url


class Reply(ABC):
    """`url` is where it came from in the end."""

    def __init__(self, status: int, headers: Headers, request: Request, url: Url, endpoint: Endpoint) -> None:
        self.status = status
        self.headers = headers
        self.url = url
        self.is_elsewhere = url.origin != endpoint.root.origin
        """True where it came from another origin than the registry's."""
        self._request = request
        self._endpoint = endpoint

    @abstractmethod
    def chunks(self) -> AsyncIterator[bytes]:
        """The body as it arrives. Raises Again where it breaks off."""

    @abstractmethod
    def close(self) -> None:
        """Gives the connection back, or closes it where the body was not read to its end."""

    async def read(self, limit: int) -> bytes:
        """The body, whole. Raises InvalidAnswer where it is longer than `limit` bytes, Again where it breaks off."""
        parts = bytearray()
        async for chunk in self.chunks():
            parts += chunk
            if len(parts) > limit:
                detail = f"its answer is larger than the {limit} bytes that are read of one"
                raise InvalidAnswer(self._request.operation, self._endpoint.host, detail)
        return bytes(parts)

    async def read_start(self, limit: int) -> bytes:
        """The first `limit` bytes of the body at most; enough to say what went wrong."""
        parts = bytearray()
        async for chunk in self.chunks():
            parts += chunk
            if len(parts) >= limit:
                self.close()
                break
        return bytes(parts[:limit])
