"""Fakes that implement the ports in memory: a registry, a journal, a clock that stands still until told otherwise."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tui.domain import media
from tui.domain.content import Descriptor, RawManifest, digest_of
from tui.domain.events import BlobAdvanced, Recorded
from tui.domain.facts import ImageFacts
from tui.domain.history import History
from tui.domain.locks import LockedPart
from tui.domain.past import ChainCheck, Outcome, Past
from tui.domain.reference import Digest, Reference, Repository, Tag
from tui.domain.snapshot import Snapshot, TagEntry
from tui.ports.errors import JournalError, NotFound, RegistryError
from tui.ports.listing import Rank, foremost
from tui.ports.registry import BlobFetcher

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass(slots=True)
class FrozenClock:
    """Tells the same moment until it is moved."""

    moment: datetime = NOW

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        """Lets time pass."""
        self.moment += timedelta(seconds=seconds)


@dataclass(slots=True)
class Shelf:
    """What one repository holds."""

    tags: dict[Tag, TagEntry] = field(default_factory=dict[Tag, TagEntry])
    manifests: dict[Digest, RawManifest] = field(default_factory=dict[Digest, RawManifest])
    blobs: dict[Digest, bytes] = field(default_factory=dict[Digest, bytes])


class FakeRegistry:
    """A registry in memory. `error` makes everything fail; while `gate` is not set, reading tags and pushes wait."""

    def __init__(self, name: str, clock: FrozenClock | None = None) -> None:
        self.name = name
        self.shelves: dict[Repository, Shelf] = {}
        self.error: RegistryError | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.pushed: list[tuple[Repository, Tag | Digest]] = []
        self.reads = 0
        self.user = ""
        self._clock = clock or FrozenClock()

    def put(
        self, repository: str, tag: str, content: str = "", *, size: int = 2000, labels: Mapping[str, str] | None = None
    ) -> Digest:
        """Loads a small image whose bytes follow from `content`, and tags it; the digest of its manifest."""
        shelf = self.shelves.setdefault(Repository(repository), Shelf())
        inner = {"Labels": {"build": content, **(labels or {})}}
        config = json.dumps({"os": "linux", "architecture": "amd64", "config": inner}).encode()
        layer = (content or "layer").encode().ljust(size, b".")
        described = [_describe(shelf, media.OCI_CONFIG, config), _describe(shelf, "application/layer", layer)]
        document = {
            "schemaVersion": 2,
            "mediaType": media.OCI_MANIFEST,
            "config": described[0],
            "layers": described[1:],
        }
        body = json.dumps(document).encode()
        raw = RawManifest(media.OCI_MANIFEST, body, digest_of(body))
        shelf.manifests[raw.digest] = raw
        shelf.tags[Tag(tag)] = TagEntry(Tag(tag), raw.digest, created=self._clock() - timedelta(hours=2))
        return raw.digest

    def list_only(self, repository: str, entry: TagEntry) -> None:
        """Lists `entry` without any content behind it."""
        self.shelves.setdefault(Repository(repository), Shelf()).tags[entry.tag] = entry

    async def repositories(self) -> AsyncGenerator[tuple[Repository, ...], None]:
        await self._answer()
        yield tuple(self.shelves)

    async def tags(self, repository: Repository, rank: Rank = foremost) -> AsyncGenerator[tuple[TagEntry, ...], None]:
        del rank
        await self._answer()
        self.reads += 1
        yield tuple(self._shelf(repository).tags.values())

    async def tag_names(self, repository: Repository) -> AsyncGenerator[tuple[Tag, ...], None]:
        await self._answer()
        yield tuple(self._shelf(repository).tags)

    async def resolve(self, repository: Repository, reference: Tag | Digest) -> Descriptor:
        return (await self.fetch_manifest(repository, reference)).descriptor

    async def fetch_manifest(self, repository: Repository, reference: Tag | Digest) -> RawManifest:
        await self._answer()
        shelf = self._shelf(repository)
        entry = shelf.tags.get(reference) if not isinstance(reference, Digest) else None
        raw = shelf.manifests.get(reference if isinstance(reference, Digest) else (entry and entry.digest) or _NOWHERE)
        if raw is None:
            raise NotFound(f"read {repository}:{reference}", self.name, "not there")
        return raw

    @asynccontextmanager
    async def open_blob(
        self, repository: Repository, blob: Descriptor, start: int = 0
    ) -> AsyncGenerator[AsyncIterator[bytes], None]:
        body = self._shelf(repository).blobs[blob.digest]

        async def chunks() -> AsyncIterator[bytes]:
            for at in range(start, len(body), 500):
                yield body[at : at + 500]

        yield chunks()

    async def referrers(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...]:
        del repository, subject
        return ()

    async def referrers_by_api(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...] | None:
        return await self.referrers(repository, subject)

    async def has_blob(self, repository: Repository, blob: Descriptor) -> bool:
        shelf = self.shelves.get(repository)
        return shelf is not None and blob.digest in shelf.blobs

    async def mount_blob(self, repository: Repository, blob: Descriptor, origin: Repository) -> bool:
        del repository, blob, origin
        return False

    async def kept_of(self, repository: Repository, blob: Descriptor) -> int:
        del repository, blob
        return 0

    async def untag(self, repository: Repository, tag: Tag) -> None:
        await self._answer()
        if self._shelf(repository).tags.pop(tag, None) is None:
            raise NotFound(f"untag {repository}:{tag}", self.name, "not there")

    async def identity(self) -> str:
        return self.user

    async def haul_blob(
        self,
        repository: Repository,
        blob: Descriptor,
        source: BlobFetcher,
        origin: Repository,
        advanced: Callable[[int], None],
    ) -> None:
        async with source.open_blob(origin, blob) as chunks:
            body = b"".join([chunk async for chunk in chunks])
        advanced(len(body) // 2)
        await self.push_blob(repository, blob, body)

    async def push_blob(self, repository: Repository, blob: Descriptor, body: bytes) -> None:
        await self._answer()
        self.shelves.setdefault(repository, Shelf()).blobs[blob.digest] = body

    async def push_manifest(self, repository: Repository, reference: Tag | Digest, manifest: RawManifest) -> None:
        await self._answer()
        shelf = self.shelves.setdefault(repository, Shelf())
        shelf.manifests[manifest.digest] = manifest
        self.pushed.append((repository, reference))
        if not isinstance(reference, Digest):
            shelf.tags[reference] = TagEntry(reference, manifest.digest, created=self._clock())

    def _shelf(self, repository: Repository) -> Shelf:
        if repository not in self.shelves:
            raise NotFound(f"list tags of {repository}", self.name, "no such repository")
        return self.shelves[repository]

    async def _answer(self) -> None:
        await self.gate.wait()
        if self.error is not None:
            raise self.error


@dataclass(frozen=True, slots=True)
class FakeLocker:
    """Locks the tags of a registry in memory."""

    registry: FakeRegistry

    async def write_lock(self, repository: Repository, tag: Tag) -> LockedPart | None:
        shelf = self.registry.shelves.get(repository)
        entry = shelf.tags.get(tag) if shelf else None
        return LockedPart.TAG if entry and entry.locked else None

    async def lock(self, repository: Repository, tag: Tag) -> None:
        self._set(repository, tag, locked=True)

    async def unlock(self, repository: Repository, tag: Tag) -> None:
        self._set(repository, tag, locked=False)

    def _set(self, repository: Repository, tag: Tag, *, locked: bool) -> None:
        if self.registry.error is not None:
            raise self.registry.error
        tags = self.registry.shelves[repository].tags
        tags[tag] = replace(tags[tag], locked=locked)


_NOWHERE = Digest("sha256", "0" * 64)


def _describe(shelf: Shelf, media_type: str, body: bytes) -> dict[str, object]:
    digest = digest_of(body)
    shelf.blobs[digest] = body
    return {"mediaType": media_type, "digest": str(digest), "size": len(body)}


@dataclass(slots=True)
class FakeJournal:
    """Keeps everything in lists; `memory` is what it recalls, `past` its history. `error` makes recording fail.

    What is in `promoted` went to every environment that it is asked for, and nothing is held since any time.
    """

    records: list[Recorded] = field(default_factory=list[Recorded])
    memory: list[Snapshot] = field(default_factory=list[Snapshot])
    past: History = field(default_factory=History)
    error: JournalError | None = None
    promoted: list[Past] = field(default_factory=list[Past])
    unread_first: dict[str, set[Repository]] = field(default_factory=dict[str, set[Repository]])
    settled: dict[str, set[tuple[Repository, Tag, Digest]]] = field(
        default_factory=dict[str, set[tuple[Repository, Tag, Digest]]]
    )

    async def record(self, event: Recorded) -> None:
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        self.records.append(event)

    async def remember(self, snapshot: Snapshot, covers: Callable[[Tag], bool]) -> None:
        del snapshot, covers

    async def recall(self, environments: Sequence[str]) -> Sequence[Snapshot]:
        kept = [item for item in self.memory if item.environment in environments]
        return [replace(item, is_remembered=True) for item in kept]

    async def held_since(self, environment: str, repository: Repository, tag: Tag, digest: Digest) -> datetime | None:
        del environment, repository, digest
        return None

    async def history(
        self, environments: Sequence[str], repository: Repository | None = None, tag: Tag | None = None
    ) -> History:
        kept = self.past
        return (
            History(
                tuple(item for item in kept.sightings if item.repository == repository and tag in {None, item.tag}),
                tuple(
                    item for item in kept.landings if repository in {None, item.repository} and tag in {None, item.tag}
                ),
                tuple(
                    item for item in kept.removals if repository in {None, item.repository} and tag in {None, item.tag}
                ),
            )
            if environments
            else History()
        )

    async def last_changes(self, environments: Sequence[str]) -> Mapping[tuple[str, Repository, Tag], datetime]:
        changes = {(item.environment, item.repository, item.tag): item for item in self.past.sightings}
        return {key: item.at for key, item in changes.items() if item.digest and item.environment in environments}

    async def promotions(self, environments: Sequence[str], limit: int | None = None) -> Sequence[Past]:
        del environments
        return self.promoted[:limit]

    async def unended(self, environments: Sequence[str]) -> Sequence[Past]:
        del environments
        unended, made_up_for = list[Past](), set[Reference]()
        for past in self.promoted:
            if past.outcome in {Outcome.RUNNING, Outcome.INTERRUPTED} and past.target not in made_up_for:
                unended.append(past)
            if past.outcome is Outcome.SUCCEEDED:
                made_up_for.add(past.target)
        return unended

    async def promotion(self, name: str) -> Sequence[Recorded]:
        found = {record.promotion for record in self.records if record.promotion.startswith(name)}
        if len(found) > 1 and name not in found:
            raise JournalError(f"several promotions begin with {name}; write more of the id")
        wanted = name if name in found else next(iter(found), "")
        kept = (record for record in self.records if not isinstance(record.event, BlobAdvanced))
        return [record for record in kept if record.promotion == wanted]

    async def check(self) -> ChainCheck:
        return ChainCheck(len(self.records), "")

    @asynccontextmanager
    async def holding(self, target: Reference) -> AsyncGenerator[None, None]:
        del target
        yield

    async def followed(self, environment: str) -> Collection[tuple[Repository, Tag, Digest]]:
        return self.settled.get(environment, set())

    async def settle(self, environment: str, images: Collection[tuple[Repository, Tag, Digest]]) -> None:
        self.settled.setdefault(environment, set()).update(images)

    async def await_first(self, environment: str, repositories: Collection[Repository]) -> None:
        self.unread_first[environment] = set(repositories)

    async def awaited(self, environment: str) -> Collection[Repository]:
        return self.unread_first.get(environment, set())

    async def is_following(self, environment: str) -> bool:
        return environment in self.settled


@dataclass(slots=True)
class FakeMemory:
    """Remembers everything that was read, until the test ends."""

    bodies: dict[Digest, RawManifest] = field(default_factory=dict[Digest, RawManifest])
    configs: dict[Digest, ImageFacts] = field(default_factory=dict[Digest, ImageFacts])
    held: dict[tuple[str, Repository, Digest], tuple[bool, datetime]] = field(
        default_factory=dict[tuple[str, Repository, Digest], tuple[bool, datetime]]
    )

    async def manifests(self, digests: Collection[Digest]) -> Mapping[Digest, RawManifest]:
        return {digest: self.bodies[digest] for digest in digests if digest in self.bodies}

    async def keep_manifest(self, manifest: RawManifest) -> None:
        self.bodies[manifest.digest] = manifest

    async def facts(self, digests: Collection[Digest]) -> Mapping[Digest, ImageFacts]:
        return {digest: self.configs[digest] for digest in digests if digest in self.configs}

    async def keep_facts(self, digest: Digest, facts: ImageFacts) -> None:
        self.configs[digest] = facts

    async def presence(self, environment: str, repository: Repository, digest: Digest, since: datetime) -> bool | None:
        found = self.held.get((environment, repository, digest))
        return found[0] if found and found[1] >= since else None

    async def keep_presence(
        self, environment: str, repository: Repository, digest: Digest, *, is_held: bool, at: datetime
    ) -> None:
        self.held[environment, repository, digest] = (is_held, at)
