"""Proving bytes against a digest while they pass."""

import asyncio
import hashlib
from typing import Final

from tui.domain.content import Descriptor
from tui.registry.limits import KIB

_HASHED_ASIDE: Final = 64 * KIB
"""Bytes from which hashing in a thread costs less than it frees: hashlib lets go of the interpreter's lock."""


class Proof:
    """Counts and hashes a blob's bytes; a chunk is hashed in a thread while the one before is on its way.

    From a later `start` on it only counts: the digest is that of all bytes.
    """

    def __init__(self, blob: Descriptor, start: int = 0) -> None:
        self._blob = blob
        self._hash = hashlib.new(blob.digest.algorithm)
        self._hashing: asyncio.Future[None] | None = None
        self._is_whole = start == 0
        self.done = start

    @property
    def is_complete(self) -> bool:
        """True once as many bytes passed as the blob has."""
        return self.done == self._blob.size

    @property
    def is_exceeded(self) -> bool:
        """True once more bytes passed than the blob has."""
        return self.done > self._blob.size

    async def add(self, chunk: bytes) -> None:
        """Takes the next chunk; returns as soon as the one before is hashed."""
        await self._settle()
        self.done += len(chunk)
        if not self._is_whole:
            return
        if len(chunk) < _HASHED_ASIDE:
            self._hash.update(chunk)
        else:
            self._hashing = asyncio.get_running_loop().run_in_executor(None, self._hash.update, chunk)

    async def holds(self) -> bool:
        """True where exactly the blob's bytes have passed, as far as that can be told from where they started."""
        await self._settle()
        return self.is_complete and (not self._is_whole or self._hash.hexdigest() == self._blob.digest.hex)

    async def _settle(self) -> None:
        if self._hashing is not None:
            await self._hashing
            self._hashing = None
