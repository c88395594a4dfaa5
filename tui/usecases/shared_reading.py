"""A registry as the plans of one set read it: what several of them ask for is asked once."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager
from typing import Final, TypeVar, cast

from tui.domain.content import Descriptor, RawManifest
from tui.domain.environment import Environment
from tui.domain.plan import Request
from tui.domain.reference import Digest, Repository, Tag, fallback_tag
from tui.ports.errors import NotFound, RegistryError
from tui.ports.registry import Registry
from tui.usecases.shelf import Shelf

T = TypeVar("T")

MANY: Final = 8
"""Requests of a repository from which on all its tags are listed, instead of one question for each."""

_TRIES: Final = 2
"""How often those that wait for something see it fail before they fail with it."""
_LIGHT: Final = 100
"""Bytes that an answer weighs about."""
_SMALL: Final = 64 * 1024
"""Bytes up to which a blob is kept while the set is planned: a config, and nothing that is streamed."""


def shared(registries: Mapping[Environment, Registry], requests: Sequence[Request]) -> Mapping[Environment, Registry]:
    """`registries`, each for the time in which `requests` are planned."""
    sides = [(side, request.repository) for request in requests for side in (request.source, request.target)]
    counts = Counter((side, side.locate(repository)) for side, repository in sides)
    return {side: cast("Registry", _reading(side, registry, counts)) for side, registry in registries.items()}


def _reading(
    side: Environment, registry: Registry, counts: Mapping[tuple[Environment, Repository], int]
) -> "SharedReading":
    own = {repository: count for (at, repository), count in counts.items() if at == side}
    return SharedReading(registry, side.registry, own)


class SharedReading:
    """Reads `registry`, and each thing once; everything else goes straight through.

    `counts` says how many requests there are of a repository: where they are many, a tag that its list lacks is known
    not to be there. What was found is as old as this object at most.
    """

    def __init__(self, registry: Registry, host: str, counts: Mapping[Repository, int]) -> None:
        self._registry = registry
        self._host = host
        self._counts = counts
        self._found: Shelf[Hashable, tuple[object]] = Shelf()
        self._asked: dict[Hashable, asyncio.Future[None]] = {}
        self._failures: dict[Hashable, list[RegistryError]] = {}
        self._api_tried: asyncio.Event | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self._registry, name)

    async def known_tags(self, repository: Repository) -> frozenset[Tag] | None:
        """All tags of the repository; None where they are not worth a list."""
        if self._counts.get(repository, 0) < MANY:
            return None
        return await self._once(("names", repository), lambda: self._names(repository))

    async def resolve(self, repository: Repository, reference: Tag | Digest) -> Descriptor:
        """The descriptor of a manifest. Raises NotFound."""
        await self._refuse_unlisted(repository, reference)
        found = await self._once(("resolve", repository, reference), lambda: self._resolve(repository, reference))
        if isinstance(found, NotFound):
            raise found
        return found

    async def fetch_manifest(self, repository: Repository, reference: Tag | Digest) -> RawManifest:
        """The exact bytes of a manifest. Raises NotFound."""
        await self._refuse_unlisted(repository, reference)
        key = ("manifest", repository, reference)
        return await self._once(key, lambda: self._registry.fetch_manifest(repository, reference))

    async def referrers(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...]:
        """Manifests whose subject is `subject`."""
        key = ("referrers", repository, subject)
        return await self._once(key, lambda: self._referrers(repository, subject))

    async def has_blob(self, repository: Repository, blob: Descriptor) -> bool:
        """True where the repository already holds the blob."""
        key = ("blob", repository, blob.digest)
        return await self._once(key, lambda: self._registry.has_blob(repository, blob))

    def open_blob(
        self, repository: Repository, blob: Descriptor, start: int = 0
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """The blob's bytes from `start` on."""
        if start or blob.size > _SMALL:
            return self._registry.open_blob(repository, blob, start)
        return self._open_kept(repository, blob)

    @asynccontextmanager
    async def _open_kept(self, repository: Repository, blob: Descriptor) -> AsyncGenerator[AsyncIterator[bytes], None]:
        key = ("bytes", repository, blob.digest)
        body = await self._once(key, lambda: self._read(repository, blob), blob.size)
        yield _once_through(body)

    async def _read(self, repository: Repository, blob: Descriptor) -> bytes:
        async with self._registry.open_blob(repository, blob) as chunks:
            return b"".join([chunk async for chunk in chunks])

    async def _resolve(self, repository: Repository, reference: Tag | Digest) -> Descriptor | NotFound:
        """That something is not there is an answer as well, and kept."""
        try:
            return await self._registry.resolve(repository, reference)
        except NotFound as error:
            return error

    async def _referrers(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...]:
        """Without the API they are in an index under a tag, which the list of tags has or has not."""
        if self._counts.get(repository, 0) < MANY:
            return await self._registry.referrers(repository, subject)
        found = await self._by_api(repository, subject)
        if found is not None:
            return found
        try:
            await self._refuse_unlisted(repository, fallback_tag(subject))
        except NotFound:
            return ()
        return await self._registry.referrers(repository, subject)

    async def _by_api(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...] | None:
        """Of many that ask at once the first finds out whether there is an API at all."""
        if self._api_tried is None:
            self._api_tried = asyncio.Event()
            try:
                return await self._registry.referrers_by_api(repository, subject)
            finally:
                self._api_tried.set()
        await self._api_tried.wait()
        return await self._registry.referrers_by_api(repository, subject)

    async def _refuse_unlisted(self, repository: Repository, reference: Tag | Digest) -> None:
        if isinstance(reference, Digest):
            return
        known = await self.known_tags(repository)
        if known is not None and reference not in known:
            raise NotFound(f"resolve {repository}:{reference}", self._host, "its list of tags has no such tag")

    async def _names(self, repository: Repository) -> frozenset[Tag] | None:
        """All tags; None where they cannot be listed, or only with more requests than that saves."""
        names, pages = set[Tag](), 0
        try:
            async with aclosing(self._registry.tag_names(repository)) as listed:
                async for page in listed:
                    names.update(page)
                    pages += 1
                    if pages > self._counts[repository]:
                        return None
        except NotFound:
            return frozenset()
        except RegistryError:
            return None
        return frozenset(names)

    async def _once(self, key: Hashable, work: Callable[[], Awaitable[T]], weight: int = _LIGHT) -> T:
        """What `work` gives, or gave. Of those that want it at once one does it, and where that fails one more."""
        before = len(self._failures.get(key, ()))
        while (found := self._found.get(key)) is None:
            failures = self._failures.get(key, [])[before:]
            if len(failures) >= _TRIES:
                raise failures[-1]
            asked = self._asked.get(key)
            if asked is None:
                return await self._ask(key, work, weight)
            await asyncio.wait((asked,))
        return cast("T", found[0])

    async def _ask(self, key: Hashable, work: Callable[[], Awaitable[T]], weight: int) -> T:
        """What `work` gives, which is kept; those that wait for it are woken however it ends."""
        asked = self._asked[key] = asyncio.get_running_loop().create_future()
        try:
            answer = await work()
            self._found.put(key, (answer,), weight)
            return answer
        except RegistryError as error:
            self._failures.setdefault(key, []).append(error)
            raise
        finally:
            asked.cancel()
            del self._asked[key]


async def _once_through(body: bytes) -> AsyncIterator[bytes]:
    yield body
