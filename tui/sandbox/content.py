"""Bytes that a registry keeps: small ones in memory, uploaded ones in a file, so that gigabytes take no memory."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tui.domain.reference import Digest

CHUNK: Final = 256 * 1024
"""Bytes that are read and sent at a time."""


def digest_of_file(path: Path, algorithm: str) -> Digest:
    """The digest of the file at `path`, read piece by piece."""
    with path.open("rb") as file:
        return Digest(algorithm, hashlib.file_digest(file, algorithm).hexdigest())


@dataclass(frozen=True, slots=True)
class InMemory:
    """Content held as bytes; sample images share theirs between registries."""

    data: bytes

    @property
    def size(self) -> int:
        """Bytes in all."""
        return len(self.data)

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` up to and without `stop`, in pieces."""
        for at in range(start, stop, CHUNK):
            yield self.data[at : min(at + CHUNK, stop)]

    def discard(self) -> None:
        """Nothing to free: the garbage collector does it."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """Content in a file of the spool directory."""

    path: Path
    size: int

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start` up to and without `stop`, in pieces."""
        with self.path.open("rb") as file:
            file.seek(start)
            while start < stop and (piece := file.read(min(CHUNK, stop - start))):
                start += len(piece)
                yield piece

    def discard(self) -> None:
        """Removes the file. A download that has it open still ends well."""
        self.path.unlink(missing_ok=True)


Content = InMemory | Spooled
