"""The content of one registry: which repository holds which blobs, manifests and tags.

A blob's bytes are kept once; a repository holds links to them, so that mounting moves nothing and deleting in one
repository leaves the others as they are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tui.domain.reference import Digest, Repository, Tag
from tui.sandbox.content import Content
from tui.sandbox.manifest import Manifest
from tui.sandbox.records import Record

Part = Digest | Tag | None
"""What a record is of: a manifest, a tag, or with None the repository itself."""


@dataclass(slots=True)
class Holdings:
    """What one repository holds."""

    blobs: set[Digest] = field(default_factory=set[Digest])
    manifests: dict[Digest, Manifest] = field(default_factory=dict[Digest, Manifest])
    tags: dict[Tag, Digest] = field(default_factory=dict[Tag, Digest])
    records: dict[Part, Record] = field(default_factory=dict[Part, Record])

    def note(self, part: Part, at: datetime) -> None:
        """Writes down that `part` came or changed at `at`."""
        known = self.records.get(part)
        self.records[part] = replace(known, updated=max(at, known.updated)) if known else Record(at, at)


_NOTHING = Holdings()


class Store:
    """Blobs, manifests and tags by repository. Knows nothing of HTTP and verifies nothing: its callers did."""

    def __init__(self) -> None:
        self._repositories: dict[Repository, Holdings] = {}
        self._contents: dict[Digest, Content] = {}

    def knows(self, repository: Repository) -> bool:
        """Whether anything was ever pushed to `repository`."""
        return repository in self._repositories

    def catalog(self) -> Sequence[Repository]:
        """The repositories that hold a manifest and may be listed, in ASCII order."""
        return sorted(name for name, held in self._repositories.items() if held.manifests and _listed(held, None))

    def blob(self, repository: Repository, digest: Digest) -> Content | None:
        """The blob, if `repository` holds it."""
        return self._contents[digest] if digest in self._held(repository).blobs else None

    def add_blob(self, repository: Repository, digest: Digest, content: Content) -> None:
        """Keeps `content`, or discards it where these bytes are kept already, and links `repository` to it."""
        if self._contents.setdefault(digest, content) is not content:
            content.discard()
        self._mine(repository).blobs.add(digest)

    def mount(self, repository: Repository, digest: Digest) -> None:
        """Links `repository` to a blob that another one holds. Raises KeyError if none does."""
        self._contents[digest]
        self._mine(repository).blobs.add(digest)

    def holders(self, digest: Digest) -> Iterator[Repository]:
        """The repositories that hold the blob."""
        return (name for name, held in self._repositories.items() if digest in held.blobs)

    def delete_blob(self, repository: Repository, digest: Digest) -> bool:
        """Unlinks the blob; its bytes go with the last link. False if `repository` does not hold it."""
        if digest not in self._held(repository).blobs:
            return False
        self._held(repository).blobs.remove(digest)
        if next(self.holders(digest), None) is None:
            self._contents.pop(digest).discard()
        return True

    def resolve(self, repository: Repository, reference: Digest | Tag) -> Digest | None:
        """The digest of the manifest that `reference` names, if `repository` holds it."""
        held = self._held(repository)
        digest = reference if isinstance(reference, Digest) else held.tags.get(reference)
        return digest if digest in held.manifests else None

    def manifest(self, repository: Repository, digest: Digest) -> Manifest | None:
        """The manifest with this digest, if `repository` holds it."""
        return self._held(repository).manifests.get(digest)

    def put_manifest(
        self,
        repository: Repository,
        digest: Digest,
        manifest: Manifest,
        tags: Iterable[Tag] = (),
        at: datetime | None = None,
    ) -> None:
        """Keeps the manifest and points `tags` at it; `at` is when, by default now.

        A tag that points there already is not moved, and so keeps its times.
        """
        held, at = self._mine(repository), at or datetime.now(UTC)
        held.manifests[digest] = manifest
        moved = [tag for tag in tags if held.tags.get(tag) != digest]
        held.tags.update(dict.fromkeys(moved, digest))
        for part in (None, *([] if digest in held.records else [digest]), *moved):
            held.note(part, at)

    def delete_manifest(self, repository: Repository, digest: Digest) -> bool:
        """Removes the manifest and every tag that points at it. False if `repository` does not hold it."""
        held = self._held(repository)
        for tag in [tag for tag, target in held.tags.items() if target == digest]:
            self.delete_tag(repository, tag)
        held.records.pop(digest, None)
        return held.manifests.pop(digest, None) is not None

    def delete_tag(self, repository: Repository, tag: Tag) -> bool:
        """Removes the tag and leaves the manifest. False if `repository` does not have it."""
        held = self._held(repository)
        held.records.pop(tag, None)
        return held.tags.pop(tag, None) is not None

    def delete_repository(self, repository: Repository) -> None:
        """Removes the repository with all that it holds."""
        for digest in tuple(self._held(repository).blobs):
            self.delete_blob(repository, digest)
        self._repositories.pop(repository, None)

    def tags(self, repository: Repository) -> Mapping[Tag, Digest]:
        """The digest of each tag, in ASCII order of the tags."""
        return dict(sorted(self._held(repository).tags.items()))

    def listed_tags(self, repository: Repository) -> Mapping[Tag, Digest]:
        """The digest of each tag that may be listed, in ASCII order of the tags."""
        held = self._held(repository)
        return {tag: held.tags[tag] for tag in sorted(held.tags) if _listed(held, tag)}

    def manifests(self, repository: Repository) -> Mapping[Digest, Manifest]:
        """The manifest of each digest, in the order of the digests."""
        return dict(sorted(self._held(repository).manifests.items()))

    def record(self, repository: Repository, part: Part) -> Record | None:
        """When `part` came and changed, and what may be done to it; None if the repository does not hold it."""
        return self._held(repository).records.get(part)

    def set_record(self, repository: Repository, part: Part, record: Record) -> None:
        """Puts `record` in the place of the one that `part` has."""
        self._mine(repository).records[part] = record

    def referrers(self, repository: Repository, subject: Digest) -> Mapping[Digest, Manifest]:
        """The manifests attached to `subject`, in the order of their digests."""
        manifests = self._held(repository).manifests.items()
        return dict(sorted((digest, found) for digest, found in manifests if found.subject == subject))

    def lacks(self, repository: Repository, manifest: Manifest) -> Sequence[Digest]:
        """What `manifest` refers to and `repository` does not hold; a subject may come later."""
        held = self._held(repository)
        absent = [digest for digest in manifest.blobs if digest not in held.blobs]
        return absent + [digest for digest in manifest.children if digest not in held.manifests]

    def _held(self, repository: Repository) -> Holdings:
        return self._repositories.get(repository, _NOTHING)

    def _mine(self, repository: Repository) -> Holdings:
        return self._repositories.setdefault(repository, Holdings())


def _listed(held: Holdings, part: Part) -> bool:
    record = held.records.get(part)
    return record is None or record.attributes.listed
