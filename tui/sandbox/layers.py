"""Layers: real tar archives, compressed or not, the same bytes for the same content."""

import gzip
import io
import random
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal

from tui.domain.content import digest_of
from tui.domain.reference import Digest

Compression = Literal["gzip", "none", "zstd"]

_RECORD: Final = 10240
_BLOCK: Final = 512
_FAST: Final = 1


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer as it is stored, and the digest of the tar archive inside (its diff id)."""

    data: bytes = field(repr=False)
    digest: Digest
    diff_id: Digest
    compression: Compression


def archive(files: Mapping[str, bytes]) -> bytes:
    """A tar archive of `files` by path, with no time and no owner, so that it depends on nothing else."""
    buffer = io.BytesIO()
    for path, data in files.items():
        buffer.write(_header(path, len(data)))
        buffer.write(data + bytes(-len(data) % _BLOCK))
    end = buffer.tell() + 2 * _BLOCK
    buffer.write(bytes(2 * _BLOCK + -end % _RECORD))
    return buffer.getvalue()


@lru_cache(maxsize=1024)
def _header(path: str, size: int) -> bytes:
    """The header of a file in an archive: making one is slow, and the same names and sizes come again and again."""
    entry = tarfile.TarInfo(path)
    entry.size = size
    return entry.tobuf(tarfile.USTAR_FORMAT)


def layer(files: Mapping[str, bytes], compression: Compression = "gzip", level: int = _FAST) -> Layer:
    """A layer with `files`. `level` is gzip's, 0 (stored) to 9. Raises ValueError for zstd: see `ready_layer`."""
    return _packed(archive(files), compression, level)


def random_layer(size: int, rng: random.Random, compression: Compression = "gzip", level: int = _FAST) -> Layer:
    """A layer with one file of `size` random bytes."""
    return layer({"usr/share/data.bin": rng.randbytes(size)}, compression, level)


def recompressed(other: Layer, level: int) -> Layer:
    """The same archive in other bytes: what another compressor makes of a gzip layer."""
    return _packed(gzip.decompress(other.data), "gzip", level)


def ready_layer(data: bytes, diff_id: Digest, compression: Compression) -> Layer:
    """A layer from bytes that are compressed already, such as zstd's."""
    return Layer(data, digest_of(data), diff_id, compression)


def _packed(tar: bytes, compression: Compression, level: int) -> Layer:
    match compression:
        case "none":
            data = tar
        case "gzip":
            data = gzip.compress(tar, level, mtime=0)
        case "zstd":
            raise ValueError("the standard library has no zstd: compress elsewhere and use ready_layer")
    return Layer(data, digest_of(data), digest_of(tar), compression)
