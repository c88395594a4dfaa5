"""The platform in an image's config."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

from tests.engine.docker.samples import index_tree, manifest_tree, request
from tui.domain import media
from tui.domain.content import Descriptor, Platform
from tui.domain.reference import Repository
from tui.engine.docker.platforms import ConfigPlatforms


class Blobs:
    """A registry with one blob."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    @asynccontextmanager
    async def open_blob(self, repository: Repository, blob: Descriptor) -> AsyncGenerator[AsyncIterator[bytes], None]:
        async def chunks() -> AsyncIterator[bytes]:
            yield self.body

        yield chunks()


async def test_the_config_tells() -> None:
    blobs = Blobs(json.dumps({"os": "linux", "architecture": "arm64"}).encode())
    read = ConfigPlatforms({request().source: blobs})
    assert await read(request(), manifest_tree()) == Platform("linux", "arm64")


async def test_what_is_no_single_image_has_none() -> None:
    read = ConfigPlatforms({request().source: Blobs(b"no config")})
    assert await read(request(), manifest_tree()) is None
    assert await read(request(), manifest_tree(config=media.OCI_EMPTY)) is None
    assert await read(request(), index_tree("linux/amd64")) is None
