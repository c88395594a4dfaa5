"""A registry, a plain HTTP client of it, and an image to put in."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import aiohttp
import pytest

from tui.sandbox.images import Image, image
from tui.sandbox.layers import random_layer
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry

Connect = Callable[[Registry], Awaitable[aiohttp.ClientSession]]


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    async with AsyncExitStack() as stack:

        async def connected(registry: Registry) -> aiohttp.ClientSession:
            address = await stack.enter_async_context(serve_registry(registry))
            return await stack.enter_async_context(aiohttp.ClientSession(f"http://{address}"))

        yield connected


@pytest.fixture
def registry() -> Registry:
    return Registry("sample")


@pytest.fixture
async def client(connect: Connect, registry: Registry) -> aiohttp.ClientSession:
    return await connect(registry)


@pytest.fixture
def small() -> Image:
    layers = [random_layer(2000, random.Random(1))]
    return image(layers, created=datetime(2026, 1, 2, tzinfo=UTC), labels={"a": "b"})
