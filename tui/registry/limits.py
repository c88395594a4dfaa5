"""How long a client waits, how often it tries, and how much it reads."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB

ERROR_LIMIT: Final = 64 * KIB
"""Bytes read of a body that reports an error."""
TOKEN_LIMIT: Final = MIB
"""Bytes read of a token service's answer."""
LIST_LIMIT: Final = 8 * MIB
"""Bytes read of one page of a list."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, counts and bytes that bound a client's work with one registry."""

    connect: float = 10.0
    """Seconds to connect, TLS included."""
    read: float = 60.0
    """Seconds without a byte in either direction."""
    total: float = 60.0
    """Seconds for a small request, from connecting to the end of its body."""
    commit: float = 300.0
    """Seconds that a registry may take to store an upload after its last byte."""
    concurrency: int = 128
    """Small requests of a kind at one time, at most: how many a registry has hands for is learned (`breadth`). Reads,
    writes and the like are apart, as either may be throttled. Blobs do not count: two that wait for each other must not
    starve a third."""
    attempts: int = 5
    """Tries of a request that is answered with 5xx; with 429 there are more, as long as `throttled` is not over."""
    connect_attempts: int = 3
    """Tries of a request that is not answered."""
    longest_wait: float = 120.0
    """Seconds; a registry that asks for a longer wait is reported as throttling at once."""
    throttled: float = 600.0
    """Seconds in which nothing but 429 is answered, to a request or to all of its kind, until it is given up; until
    then it waits its turn."""
    page_size: int = 1000
    """Rows asked for in one page; also the most that ACR gives."""
    resumes: int = 5
    """Times that one blob's transfer is taken up again."""
    stretch: float = 10.0
    """Seconds of one PATCH that is streamed: what some registries lose at most where a connection to them is cut."""
    stretch_size: int = 512 * MIB
    """Bytes of such a PATCH at most, where the line is fast."""
    window: int = 8 * MIB
    """Bytes of one PATCH where a registry takes no streamed ones, and of a blob that it did not take in one request."""
    chunk_size: int | None = None
    """Bytes of one PATCH of any blob, read before it begins; None has blobs go up as their size and registry bid."""
    whole: int = 32 * MIB
    """Bytes up to which a blob goes up in one request; beyond, in streamed PATCHes that can be gone on from."""
    hauled: int = 256 * KIB
    """Bytes beyond which a thread moves a blob from registry to registry."""
    bookmarked: int = 4 * MIB
    """Bytes beyond which an upload is remembered, so that another process can go on with it."""

    @property
    def room(self) -> int:
        """Bytes of a large upload that are kept in memory."""
        return self.chunk_size or MIB


@dataclass(frozen=True, slots=True)
class Timing:
    """Sleep, chance and clocks, so that a test need not wait."""

    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random
    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
