"""The library: manifests and configs by digest, read from a registry once and remembered for ever."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from typing import Any, Final, Generic, TypeVar

from tui.domain.config import parse_config
from tui.domain.content import Descriptor, Index, Manifest, RawManifest, parse_manifest
from tui.domain.environment import Environment
from tui.domain.facts import UNREADABLE, ImageFacts, facts_of
from tui.domain.fields import InvalidContent
from tui.domain.identity import Identity, identity_of
from tui.domain.likeness import runnable
from tui.domain.reference import Digest, Repository
from tui.ports.errors import InvalidAnswer, JournalError, NotFound
from tui.usecases.concurrency import aside
from tui.usecases.configs import fetch_config
from tui.usecases.tools import Tools

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
T = TypeVar("T")

_KEPT: Final = 8192
"""Documents of a kind that this process keeps parsed."""

_LARGE: Final = 256 * 1024
"""Bytes from which a document is parsed in a thread, so that a screen stays alive meanwhile."""

_DEPTH_LIMIT: Final = 2
"""Indexes below an index that are followed to find the image that speaks for the whole."""


class Library:
    """Content by digest. Of several who ask for one thing at once, one reads it and all get it.

    `recall_…` only remember and give None otherwise; `read_…` ask the registry for what nobody remembers, and raise
    RegistryError. A memory that cannot be read or written is done without.
    """

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._manifests: _Shelf[Digest, Manifest | Index] = _Shelf()
        self._facts: _Shelf[Digest, ImageFacts] = _Shelf()
        self._presence: _Shelf[tuple[str, Repository, Digest], bool] = _Shelf()
        self.requests = 0
        """How many requests were sent to registries."""

    async def recall_manifest(self, digest: Digest) -> Manifest | Index | None:
        """The manifest, if it was read before."""
        return await self._manifests.recall(digest, lambda: self._remembered_manifest(digest))

    async def read_manifest(self, environment: Environment, repository: Repository, digest: Digest) -> Manifest | Index:
        """The manifest `digest` of the board's `repository`. Raises RegistryError."""
        known = await self.recall_manifest(digest)
        return known or await self._manifests.read(digest, lambda: self._fetch(environment, repository, digest))

    async def recall_facts(self, digest: Digest) -> ImageFacts | None:
        """The facts of a config, if it was read before."""
        return await self._facts.recall(digest, lambda: _remembered(self._tools.memory.facts(digest)))

    async def read_facts(self, environment: Environment, repository: Repository, blob: Descriptor) -> ImageFacts:
        """The facts of the config `blob`; of what is no image config, UNREADABLE. Raises RegistryError."""
        known = await self.recall_facts(blob.digest)
        return known or await self._facts.read(blob.digest, lambda: self._open(environment, repository, blob))

    async def recall_presence(self, environment: Environment, repository: Repository, digest: Digest) -> bool | None:
        """Whether the repository holds the manifest, as it was found before."""
        where = (environment.name, repository, digest)
        return await self._presence.recall(where, lambda: _remembered(self._tools.memory.presence(*where)))

    async def read_presence(self, environment: Environment, repository: Repository, digest: Digest) -> bool:
        """Whether the repository holds the manifest now, tagged or not. Raises RegistryError."""
        where = (environment.name, repository, digest)
        return await self._presence.read(where, lambda: self._look(environment, repository, digest))

    def is_reading(self, key: Digest | tuple[str, Repository, Digest]) -> bool:
        """True while a manifest or config (by digest), or a presence (environment, repository, digest), is read."""
        return any(shelf.is_reading(key) for shelf in self._shelves)

    async def recall_identity(self, digest: Digest) -> Identity | None:
        """What the image says of its origin, if all that it takes was read before."""
        root = await self.recall_manifest(digest)
        image = await _speaker(root, self.recall_manifest)
        if root is None or image is None:
            return None
        if not isinstance(image, Manifest) or not image.is_image:
            return identity_of(root.annotations)
        facts = await self.recall_facts(image.config.digest)
        return _identity(root, image, facts) if facts else None

    async def read_identity(self, environment: Environment, repository: Repository, digest: Digest) -> Identity:
        """What the image says of its origin: annotations first, then the labels of its first runnable platform.

        Mostly three requests at most: index, manifest, config. Raises RegistryError.
        """
        root = await self.read_manifest(environment, repository, digest)
        image = await _speaker(root, lambda child: self.read_manifest(environment, repository, child))
        if not isinstance(image, Manifest) or not image.is_image:
            return identity_of(root.annotations)
        return _identity(root, image, await self.read_facts(environment, repository, image.config))

    @property
    def _shelves(self) -> "tuple[_Shelf[Any, Any], ...]":
        return self._manifests, self._facts, self._presence

    # -- memory ---------------------------------------------------------------------------------------------------

    async def _remembered_manifest(self, digest: Digest) -> Manifest | Index | None:
        raw = await _remembered(self._tools.memory.manifest(digest))
        try:
            return await _parse(raw) if raw else None
        except InvalidContent:
            return None

    # -- registries -----------------------------------------------------------------------------------------------

    async def _fetch(self, environment: Environment, repository: Repository, digest: Digest) -> Manifest | Index:
        self.requests += 1
        located = environment.locate(repository)
        raw = await self._tools.registries[environment].fetch_manifest(located, digest)
        try:
            parsed = await _parse(raw)
        except InvalidContent as error:
            raise InvalidAnswer(f"read the manifest {digest} of {located}", environment.registry, str(error)) from error
        await _remembered(self._tools.memory.keep_manifest(raw))
        return parsed

    async def _open(self, environment: Environment, repository: Repository, blob: Descriptor) -> ImageFacts:
        self.requests += 1
        located = environment.locate(repository)
        body = await fetch_config(self._tools.registries[environment], environment.registry, located, blob)
        try:
            config = await aside(lambda: parse_config(body)) if len(body) > _LARGE else parse_config(body)
            facts = facts_of(config)
        except InvalidContent:
            facts = UNREADABLE
        await _remembered(self._tools.memory.keep_facts(blob.digest, facts))
        return facts

    async def _look(self, environment: Environment, repository: Repository, digest: Digest) -> bool:
        self.requests += 1
        try:
            await self._tools.registries[environment].resolve(environment.locate(repository), digest)
            is_held = True
        except NotFound:
            is_held = False
        at = self._tools.clock()
        kept = self._tools.memory.keep_presence(environment.name, repository, digest, is_held=is_held, at=at)
        await _remembered(kept)
        return is_held


class _Shelf(Generic[K, V]):
    """Values by key in this process, the ones used last; each is read by one task, whoever waits for it."""

    def __init__(self) -> None:
        self._values: OrderedDict[K, V] = OrderedDict()
        self._tasks: dict[K, asyncio.Task[V]] = {}

    def is_reading(self, key: Hashable) -> bool:
        """True while the value is being read."""
        return key in self._tasks

    async def recall(self, key: K, remember: Callable[[], Awaitable[V | None]]) -> V | None:
        """The value, from this process or from what `remember` gives."""
        if key in self._values:
            self._values.move_to_end(key)
            return self._values[key]
        found = await remember()
        if found is not None:
            self._keep(key, found)
        return found

    async def read(self, key: K, fetch: Callable[[], Coroutine[Any, Any, V]]) -> V:
        """The value that `fetch` gives. Who gives up waiting does not end it for the others."""
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.create_task(fetch())
            task.add_done_callback(lambda done: self._end(key, done))
        return await asyncio.shield(task)

    def _end(self, key: K, task: asyncio.Task[V]) -> None:
        del self._tasks[key]
        if not task.cancelled() and task.exception() is None:
            self._keep(key, task.result())

    def _keep(self, key: K, value: V) -> None:
        self._values[key] = value
        if len(self._values) > _KEPT:
            self._values.popitem(last=False)


async def _speaker(
    root: Manifest | Index | None, get: Callable[[Digest], Awaitable[Manifest | Index | None]]
) -> Manifest | Index | None:
    """The manifest that speaks for `root`: itself, or the first runnable one below it."""
    found = root
    for _ in range(_DEPTH_LIMIT):
        children = runnable(found) if isinstance(found, Index) else ()
        if children:
            found = await get(children[0].digest)
    return found


async def _parse(raw: RawManifest) -> Manifest | Index:
    return await aside(lambda: parse_manifest(raw)) if len(raw.body) > _LARGE else parse_manifest(raw)


async def _remembered(work: Awaitable[T]) -> T | None:
    """The result of `work` on the memory; None where the memory cannot be used."""
    try:
        return await work
    except JournalError:
        return None


def _identity(root: Manifest | Index, image: Manifest, facts: ImageFacts) -> Identity:
    annotated = identity_of(root.annotations).or_else(identity_of(image.annotations))
    return annotated.or_else(facts.identity).or_else(Identity(created=facts.created))
