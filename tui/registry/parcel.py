"""What an upload takes its bytes from, and the simplest of it: bytes that are here, or will be all at once."""

import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Protocol, cast

from tui.domain.content import Descriptor
from tui.ports.errors import RegistryError
from tui.registry.limits import MIB
from tui.registry.request import Freight


class WrongBytes(Exception):
    """The bytes given to an upload are not as many as its blob has; its text is fit to show."""


class Stopped(Exception):
    """Bytes are not there because their source was told to stop."""


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

    def part(self, most: int) -> memoryview:
        """The next bytes, at least one and `most` at most; `offset` stays. Blocks. Raises RegistryError, Stopped."""
        ...

    def stop(self) -> None:
        """Has a `part` under way in another thread end at once, and gives no other."""
        ...

    def rewind(self, offset: int) -> bool:
        """Goes back to `offset`; False where that cannot be."""
        ...


class Whole:
    """The next `length` bytes of `cargo`, as freight."""

    def __init__(self, cargo: Cargo, length: int) -> None:
        self._cargo = cargo
        self._end = cargo.offset + length

    def load(self, send: Callable[[memoryview], object]) -> None:
        """Moves them all. Raises RegistryError, Stopped, and what `send` raises."""
        while self._cargo.offset < self._end:
            self._load_part(send)

    def stop(self) -> None:
        """Has a `load` under way in another thread end at once."""
        self._cargo.stop()

    def _load_part(self, send: Callable[[memoryview], object]) -> None:
        cargo = self._cargo
        part = cargo.part(self._end - cargo.offset)
        send(part)
        cargo.offset += len(part)


class Stretch(Whole):
    """The next `length` bytes of `cargo`, or fewer, as freight whose length is not said before.

    It ends well where `seconds` are over, where it is told to stop, and where `failure` says why there are no more.
    """

    def __init__(self, cargo: Cargo, length: int, seconds: float) -> None:
        super().__init__(cargo, length)
        self._seconds = seconds

    def load(self, send: Callable[[memoryview], object]) -> None:
        """Moves them, at least one. Raises what `send` raises."""
        ends_at = time.monotonic() + self._seconds
        with suppress(RegistryError, Stopped):
            self._load_part(send)
            while self._cargo.offset < self._end and time.monotonic() < ends_at:
                self._load_part(send)


class Parcel:
    """A blob's bytes from `start` on, whole in memory as soon as they came."""

    def __init__(self, blob: Descriptor, body: bytes | Awaitable[bytes], start: int = 0) -> None:
        self.size = blob.size
        self.start = start
        self.offset = start
        self.failure: Exception | None = None
        self._body = body
        self._is_stopped = False

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
            return Whole(self, length)
        first = self.offset - self.start
        self.offset += length
        return cast("bytes", self._body)[first : first + length]

    def part(self, most: int) -> memoryview:
        """The next bytes. Raises Stopped."""
        if self._is_stopped:
            raise Stopped
        first = self.offset - self.start
        return memoryview(cast("bytes", self._body))[first : first + min(most, MIB)]

    def stop(self) -> None:
        """Gives no other part."""
        self._is_stopped = True

    def rewind(self, offset: int) -> bool:
        """Goes back to `offset`; False where that is before the first byte, or none."""
        if not self.start <= offset <= self.size:
            return False
        self.offset = offset
        return True
