"""The content of one registry: which repository holds which blobs, manifests and tags.

A blob's bytes are kept once; a repository holds links to them, so that mounting moves nothing and deleting in one
repository leaves the others as they are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tui.domain.reference import Digest, Repository, Tag
from tui.sandbox.content import Content
from tui.sandbox.manifest import Manifest


@dataclass(slots=True)
class Holdings:
    """What one repository holds."""

    blobs: set[Digest] = field(default_factory=set[Digest])
    manifests: dict[Digest, Manifest] = field(default_factory=dict[Digest, Manifest])
    tags: dict[Tag, Digest] = field(default_factory=dict[Tag, Digest])


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
        """The repositories that hold a manifest, in ASCII order."""
        return sorted(name for name, held in self._repositories.items() if held.manifests)

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
        self, repository: Repository, digest: Digest, manifest: Manifest, tags: Iterable[Tag] = ()
    ) -> None:
        """Keeps the manifest and points `tags` at it."""
        held = self._mine(repository)
        held.manifests[digest] = manifest
        held.tags.update(dict.fromkeys(tags, digest))

    def delete_manifest(self, repository: Repository, digest: Digest) -> bool:
        """Removes the manifest and every tag that points at it. False if `repository` does not hold it."""
        held = self._held(repository)
        for tag in [tag for tag, target in held.tags.items() if target == digest]:
            del held.tags[tag]
        return held.manifests.pop(digest, None) is not None

    def delete_tag(self, repository: Repository, tag: Tag) -> bool:
        """Removes the tag and leaves the manifest. False if `repository` does not have it."""
        return self._held(repository).tags.pop(tag, None) is not None

    def tags(self, repository: Repository) -> Mapping[Tag, Digest]:
        """The digest of each tag, in ASCII order of the tags."""
        return dict(sorted(self._held(repository).tags.items()))

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
