"""What the promotions of one process share while they run: room for blobs, and knowledge of what is there already.

A blob or manifest that several of them need is brought to a repository once, by one of them, and the others wait for
it. Where that one fails or is cancelled the next takes over. Across the repositories of a registry the first one that
has a blob gives it to the others by a mount.

What is known is forgotten when the last promotion ends: a registry may collect what nothing refers to.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Generator, Hashable
from contextlib import asynccontextmanager, contextmanager
from typing import Final

from tui.domain.content import Descriptor
from tui.domain.reference import Digest, Repository
from tui.ports.errors import RegistryError

PARALLEL_LARGE: Final = 3
"""Large blobs under way at once: enough to fill a line, few enough for constant memory."""

PARALLEL_SMALL: Final = 40
"""Small blobs under way at once: with them it is the round trips that take the time."""

SMALL: Final = 4 * 1024 * 1024
"""Bytes up to which a blob is small."""

TAKEOVERS: Final = 3
"""How often those that wait for something see it fail before they fail with it: all of them trying one after another
at a registry that is down would take hours."""

Spot = tuple[str, Repository, Digest]
"""A registry, a repository in it, and what is there, or is to be."""
Way = tuple[str, Repository]
"""Where it comes from: a registry and a repository."""


class Pool:
    """Shared by all promotions of an engine; it belongs to one event loop."""

    def __init__(self) -> None:
        self._large = asyncio.Semaphore(PARALLEL_LARGE)
        self._small = asyncio.Semaphore(PARALLEL_SMALL)
        self._running = 0
        self._known = _Known()

    @contextmanager
    def joined(self) -> Generator[None, None, None]:
        """A promotion runs: what is known is kept at least until it ends."""
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1
            if not self._running:
                self._known = _Known()

    def slot(self, blob: Descriptor) -> asyncio.Semaphore:
        """The room that the bytes of `blob` take while they move."""
        return self._small if blob.size <= SMALL else self._large

    def has(self, spot: Spot) -> bool:
        """True where it is known to be there."""
        return spot in self._known.spots

    def home(self, host: str, digest: Digest) -> Repository | None:
        """A repository of the registry `host` that is known to have the blob."""
        return self._known.homes.get((host, digest))

    def keep_blob(self, spot: Spot) -> None:
        """The blob is there, and others can have it from there."""
        host, place, digest = spot
        self._known.spots.add(spot)
        self._known.homes.setdefault((host, digest), place)

    def keep_manifest(self, spot: Spot) -> None:
        """The manifest is there, with all that it refers to."""
        self._known.spots.add(spot)

    @asynccontextmanager
    async def turn(self, spot: Spot, way: Way) -> AsyncGenerator[bool, None]:
        """The turn to bring something to `spot`; True where it is there already, as another was before.

        Raises the error of the one before where it could not be brought `way` again and again.
        """
        known = self._known
        failures = known.failures[spot, way]
        seen = len(failures)
        async with known.locks[spot]:
            if len(failures) - seen >= TAKEOVERS:
                raise failures[-1]
            try:
                yield spot in known.spots
            except RegistryError as error:
                failures.append(error)
                raise

    def first(self, host: str, digest: Digest) -> asyncio.Lock:
        """Held by who brings the blob to a registry in which nobody is known to have it."""
        return self._known.locks[host, digest]


class _Known:
    """What is known while promotions run."""

    def __init__(self) -> None:
        self.spots: set[Spot] = set()
        self.homes: dict[tuple[str, Digest], Repository] = {}
        self.locks: defaultdict[Hashable, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.failures: defaultdict[tuple[Spot, Way], list[RegistryError]] = defaultdict(list)
