"""What an upload takes its bytes from, and the simplest of it: bytes that are here, or will be all at once."""

from collections.abc import Awaitable, Callable
from typing import Protocol, cast

from tui.domain.content import Descriptor
from tui.ports.errors import RegistryError
from tui.registry.limits import MIB
from tui.registry.request import Freight


class WrongBytes(Exception):
    """The bytes given to an upload are not as many as its blob has; its text is fit to show."""


class Cargo(Protocol):
    """The bytes of a blob from byte `start` on: those before are where they are wanted already."""

    size: int
    start: int
    offset: int
    """That of the next byte to go out."""
    failure: Exception | None
    """Why there are no more."""

    async def ready(self) -> None:
        """Returns once there are bytes to send. Raises what their source raises, and WrongBytes."""
        ...

    async def hold(self, length: int) -> None:
        """Returns once the next `length` bytes are here, or as many as there is room for. Raises as `ready` does."""
        ...

    def body(self, length: int) -> bytes | Freight:
        """The next `length` bytes, as the body of the one request that is under way."""
        ...

    def stream(self, length: int) -> Freight:
        """The next `length` bytes, or fewer where it is told to stop, or `failure` says why there are no more."""
        ...

    def rewind(self, offset: int) -> bool:
        """Goes back to `offset`; False where that cannot be."""
        ...


class Parcel:
    """A blob's bytes from `start` on, whole in memory as soon as they came."""

    def __init__(self, blob: Descriptor, body: bytes | Awaitable[bytes], start: int = 0) -> None:
        self.size = blob.size
        self.start = start
        self.offset = start
        self.failure: Exception | None = None
        self._body = body

    async def ready(self) -> None:
        """Returns once they came. Raises what their source raises, and WrongBytes where they are not as many."""
        end = self.start + len(await self._whole())
        if end > self.size:
            raise WrongBytes(f"there are more bytes than the {self.size} of the descriptor")
        if end < self.size:
            raise WrongBytes(f"the bytes ended after {end} of {self.size}")

    async def _whole(self) -> bytes:
        if not isinstance(self._body, bytes):
            try:
                self._body = await self._body
            except RegistryError as error:
                self.failure = error
                raise
        return self._body

    async def hold(self, length: int) -> None:
        """They are here."""

    def body(self, length: int) -> bytes | Freight:
        """The next `length` bytes; as freight where the event loop would have much to do with them."""
        if length > MIB:
            return self.stream(length)
        first = self.offset - self.start
        self.offset += length
        return cast("bytes", self._body)[first : first + length]

    def stream(self, length: int) -> Freight:
        """The next `length` bytes."""
        first = self.offset - self.start
        self.offset += length
        return _Freight(memoryview(cast("bytes", self._body))[first : first + length])

    def rewind(self, offset: int) -> bool:
        """Goes back to `offset`; False where that is before the first byte, or none."""
        if not self.start <= offset <= self.size:
            return False
        self.offset = offset
        return True


class _Freight:
    def __init__(self, view: memoryview) -> None:
        self._view = view
        self._is_stopped = False

    def load(self, send: Callable[[memoryview], object]) -> None:
        for at in range(0, len(self._view), MIB):
            if self._is_stopped:
                break
            send(self._view[at : at + MIB])

    def stop(self) -> None:
        self._is_stopped = True
