"""Proving bytes against a digest while they pass."""

import hashlib

from tui.domain.content import Descriptor


class Proof:
    """Counts and hashes a blob's bytes.

    From a later `start` on it only counts: the digest is that of all bytes.
    """

    def __init__(self, blob: Descriptor, start: int = 0) -> None:
        self._blob = blob
        self._hash = hashlib.new(blob.digest.algorithm)
        self._hashed = 0
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

    @property
    def holds(self) -> bool:
        """True where exactly the blob's bytes have passed, as far as that can be told from where they started."""
        return self.is_complete and (not self._is_whole or self._hash.hexdigest() == self._blob.digest.hex)

    def add(self, part: bytes | memoryview) -> None:
        """Takes the next bytes. Those of a large part are hashed while other threads run."""
        start, self.done = self.done, self.done + len(part)
        if self._is_whole and self.done > self._hashed:
            self._hash.update(part[max(0, self._hashed - start) :])
            self._hashed = self.done

    def rewind(self, offset: int) -> None:
        """Goes back to `offset`: what passes a second time is not hashed again, unless it is all of it."""
        self.done = offset
        if not offset:
            self._hash, self._hashed = hashlib.new(self._blob.digest.algorithm), 0
