"""The library: manifests and configs by digest, read from a registry once and remembered for ever."""

from collections.abc import Awaitable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import islice
from typing import Final, TypeVar

from tui.domain.config import parse_config
from tui.domain.content import Descriptor, Index, Manifest, RawManifest, parse_manifest
from tui.domain.environment import Environment
from tui.domain.facts import UNREADABLE, ImageFacts, facts_of
from tui.domain.fields import InvalidContent
from tui.domain.identity import Identity
from tui.domain.reference import Digest, Repository
from tui.domain.speaking import DEPTH_LIMIT, identity_known, identity_told, spoken_for
from tui.ports.errors import InvalidAnswer, JournalError, NotFound, RegistryError
from tui.usecases.concurrency import aside
from tui.usecases.configs import fetch_config
from tui.usecases.shelf import Shelf
from tui.usecases.tools import Tools

T = TypeVar("T")

_LARGE: Final = 256 * 1024
"""Bytes from which a document is parsed in a thread, so that a screen stays alive meanwhile."""

_BATCH: Final = 128
"""Identities that are recalled together: few enough that a screen stays alive between two batches."""

_BELIEVED: Final = timedelta(days=1)
"""How long it is believed what a repository was found to hold: what has no tag is cleaned up, and what was not there
may be pushed."""

_SMALL: Final = 128
"""What a fact weighs: about its bytes."""


class Library:
    """Content by digest. Of several who ask for one thing at once, one reads it and all get it.

    `recall_…` only remember and give None otherwise; `read_…` ask the registry for what nobody remembers, and raise
    RegistryError. A memory that cannot be read or written is done without.
    """

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._manifests: Shelf[Digest, Manifest | Index] = Shelf()
        self._facts: Shelf[Digest, ImageFacts] = Shelf()
        self._presence: Shelf[tuple[str, Repository, Digest], bool] = Shelf()
        self.requests = 0
        """How many requests were sent to registries."""

    async def recall_manifest(self, digest: Digest) -> Manifest | Index | None:
        """The manifest, if it was read before."""
        return (await self._recall_manifests((digest,))).get(digest)

    async def read_manifest(self, environment: Environment, repository: Repository, digest: Digest) -> Manifest | Index:
        """The manifest `digest` of the board's `repository`. Raises RegistryError."""

        async def read() -> Manifest | Index:
            known = await self.recall_manifest(digest)
            return known or await self._fetch(environment, repository, digest)

        return self._manifests.get(digest) or await self._manifests.read(digest, read)

    async def recall_facts(self, digest: Digest) -> ImageFacts | None:
        """The facts of a config, if it was read before."""
        return (await self._recall_facts((digest,))).get(digest)

    async def read_facts(self, environment: Environment, repository: Repository, blob: Descriptor) -> ImageFacts:
        """The facts of the config `blob`; of what is no image config, UNREADABLE. Raises RegistryError."""

        async def read() -> ImageFacts:
            known = await self.recall_facts(blob.digest)
            return known or await self._open(environment, repository, blob)

        return self._facts.get(blob.digest) or await self._facts.read(blob.digest, read)

    async def recall_presence(self, environment: Environment, repository: Repository, digest: Digest) -> bool | None:
        """Whether the repository holds the manifest, as it was found a day ago at most."""
        where = (environment.name, repository, digest)
        known = self._presence.get(where)
        if known is None:
            since = self._tools.clock() - _BELIEVED
            known = await _remembered(self._tools.memory.presence(*where, since))
        return known if known is None else self._presence.put(where, known, _SMALL)

    async def recall_holding(self, environment: Environment, repository: Repository, digest: Digest) -> bool | None:
        """True where the repository was found to hold the manifest: that it did not may have changed since."""
        return await self.recall_presence(environment, repository, digest) or None

    async def read_presence(self, environment: Environment, repository: Repository, digest: Digest) -> bool:
        """Whether the repository holds the manifest now, tagged or not. Raises RegistryError."""
        where = (environment.name, repository, digest)
        return await self._presence.read(where, lambda: self._look(environment, repository, digest))

    def is_reading(self, key: Digest | tuple[str, Repository, Digest]) -> bool:
        """True while a manifest or config (by digest), or a presence (environment, repository, digest), is read."""
        shelves = (self._manifests, self._facts, self._presence)
        return any(shelf.is_reading(key) for shelf in shelves)

    async def recall_identity(self, digest: Digest) -> Identity | None:
        """What the image says of its origin, if all that it takes was read before."""
        return (await self._recall_together((digest,))).get(digest)

    async def recall_identities(self, digests: Iterable[Digest]) -> Mapping[Digest, Identity]:
        """What those images say of their origin of which all that it takes was read before."""
        found: dict[Digest, Identity] = {}
        for some in _batches(digests):
            found |= await self._recall_together(some)
        return found

    async def read_identity(self, environment: Environment, repository: Repository, digest: Digest) -> Identity:
        """What the image says of its origin: annotations first, then the labels of its first runnable platform.

        Three requests at most, index, manifest and config; four where an index is in an index. Raises RegistryError.
        """
        root = speaker = await self.read_manifest(environment, repository, digest)
        for _ in range(DEPTH_LIMIT):
            child = spoken_for(speaker)
            speaker = await self.read_manifest(environment, repository, child) if child else speaker
        if not isinstance(speaker, Manifest) or not speaker.is_image:
            return identity_told(root, speaker, None)
        return identity_told(root, speaker, await self.read_facts(environment, repository, speaker.config))

    async def read_identity_at(self, places: Sequence[tuple[Environment, Repository]], digest: Digest) -> Identity:
        """As `read_identity`, from the first of `places` that gives it: what one registry refuses, another may serve.

        Raises the RegistryError of the last.
        """
        *others, last = places
        for place in others:
            with suppress(RegistryError):
                return await self.read_identity(*place, digest)
        return await self.read_identity(*last, digest)

    # -- memory ---------------------------------------------------------------------------------------------------

    async def _recall_manifests(self, digests: Collection[Digest]) -> dict[Digest, Manifest | Index]:
        found = {digest: known for digest in digests if (known := self._manifests.get(digest))}
        missing = [digest for digest in digests if digest not in found]
        kept = await _remembered(self._tools.memory.manifests(missing)) if missing else None
        for digest, raw in (kept or {}).items():
            with suppress(InvalidContent):
                found[digest] = self._manifests.put(digest, await _parse(raw), len(raw.body))
        return found

    async def _recall_facts(self, digests: Collection[Digest]) -> dict[Digest, ImageFacts]:
        found = {digest: known for digest in digests if (known := self._facts.get(digest))}
        missing = [digest for digest in digests if digest not in found]
        kept = await _remembered(self._tools.memory.facts(missing)) if missing else None
        return found | {digest: self._facts.put(digest, item, _weight(item)) for digest, item in (kept or {}).items()}

    async def _recall_together(self, digests: Collection[Digest]) -> dict[Digest, Identity]:
        manifests: dict[Digest, Manifest | Index] = {}
        wanted = set(digests)
        for _ in range(DEPTH_LIMIT + 1):
            manifests |= await self._recall_manifests(wanted)
            below = {child for node in manifests.values() if (child := spoken_for(node))}
            wanted = below - manifests.keys()
        images = [item for item in manifests.values() if isinstance(item, Manifest) and item.is_image]
        facts = await self._recall_facts({item.config.digest for item in images})
        told = ((digest, identity_known(digest, manifests, facts)) for digest in digests)
        return {digest: identity for digest, identity in told if identity is not None}

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
        return self._manifests.put(digest, parsed, len(raw.body))

    async def _open(self, environment: Environment, repository: Repository, blob: Descriptor) -> ImageFacts:
        self.requests += 1
        located = environment.locate(repository)
        body = await fetch_config(self._tools.registries[environment], environment.registry, located, blob)
        facts = await aside(lambda: _facts_in(body)) if len(body) > _LARGE else _facts_in(body)
        await _remembered(self._tools.memory.keep_facts(blob.digest, facts))
        return self._facts.put(blob.digest, facts, _weight(facts))

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
        return self._presence.put((environment.name, repository, digest), is_held, _SMALL)


async def _parse(raw: RawManifest) -> Manifest | Index:
    return await aside(lambda: parse_manifest(raw)) if len(raw.body) > _LARGE else parse_manifest(raw)


def _facts_in(body: bytes) -> ImageFacts:
    try:
        return facts_of(parse_config(body))
    except InvalidContent:
        return UNREADABLE


def _weight(facts: ImageFacts) -> int:
    """About as many bytes as its config has; a hostile one may name any number of layers."""
    return _SMALL * (1 + len(facts.diff_ids))


def _batches(digests: Iterable[Digest]) -> Iterator[Collection[Digest]]:
    """Each digest once, so many at a time."""
    left = iter(dict.fromkeys(digests))
    while some := tuple(islice(left, _BATCH)):
        yield some


async def _remembered(work: Awaitable[T]) -> T | None:
    """The result of `work` on the memory; None where the memory cannot be used."""
    try:
        return await work
    except JournalError:
        return None
