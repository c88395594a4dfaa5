"""Reading a config blob, which claims its size beforehand."""

from typing import Final

from tui.domain.content import Descriptor
from tui.domain.reference import Repository
from tui.ports.errors import InvalidAnswer
from tui.ports.registry import BlobFetcher

CONFIG_LIMIT: Final = 4 * 1024 * 1024
"""Bytes; configs are small, and what claims to be larger is not read."""


async def fetch_config(registry: BlobFetcher, host: str, located: Repository, blob: Descriptor) -> bytes:
    """The bytes of the config `blob`, verified. Raises RegistryError."""
    if blob.size > CONFIG_LIMIT:
        detail = f"it claims {blob.size} bytes; a config has at most {CONFIG_LIMIT}"
        raise InvalidAnswer(f"read the config {blob.digest} of {located}", host, detail)
    async with registry.open_blob(located, blob) as chunks:
        return b"".join([chunk async for chunk in chunks])
