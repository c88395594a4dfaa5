"""What an import does: manifests and blobs go from one store into another, without HTTP.

Signatures, SBOMs and other referrers stay behind, and so do the tags of older signing tools: Azure copies what the
image refers to, and nothing that refers to the image.
"""

import asyncio
import shutil
from collections.abc import Iterator, Sequence

from tui.domain.reference import Digest, Repository
from tui.sandbox.arm.imports import ImportRequest
from tui.sandbox.content import Content, InMemory, Spooled
from tui.sandbox.errors import Code
from tui.sandbox.manifest import Manifest
from tui.sandbox.registry import Registry
from tui.sandbox.store import Part, Store

Tree = Sequence[tuple[Digest, Manifest]]
"""An image's manifests, children first."""


class NotCopied(Exception):
    """An import that came to nothing: Azure's code and sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


async def copy_image(source: Registry, target: Registry, request: ImportRequest, most: int) -> None:
    """Carries out `request`; the tags last. An image may have `most` manifests. Raises NotCopied."""
    origin, reference = request.source
    digest = source.store.resolve(origin, reference)
    tree = list(_tree(source, origin, digest)) if digest else []
    if digest is None:
        raise NotCopied("ManifestUnknown", f"manifest {request.source_image} is not found in the source registry")
    if len(tree) > most:
        raise NotCopied("TooManyManifests", f"the image has {len(tree)} manifests; {most} can be imported")
    _refuse_locked(target.store, request)
    for place in request.places:
        await _copy_tree(source, origin, target, place, tree)
    manifest = tree[-1][1]
    for place, tag in request.tags:
        target.store.put_manifest(place, digest, manifest, [tag], target.now())


def _refuse_locked(store: Store, request: ImportRequest) -> None:
    """The lock of a target repository counts, and that of a target tag."""
    parts: list[tuple[Repository, Part]] = [(place, None) for place in request.places]
    for place, part in [*parts, *request.tags]:
        record = store.record(place, part)
        if record and not record.attributes.writable:
            named = f"{place}:{part}" if part else place
            raise NotCopied(Code.REGISTRY_DISALLOWED_OPERATION, f"{named} is locked against writing")


def _tree(source: Registry, origin: Repository, digest: Digest) -> Iterator[tuple[Digest, Manifest]]:
    manifest = source.store.manifest(origin, digest)
    if manifest is None:
        raise NotCopied("ManifestUnknown", f"manifest {digest} is not found in the source registry")
    for child in manifest.children:
        yield from _tree(source, origin, child)
    yield digest, manifest


async def _copy_tree(source: Registry, origin: Repository, target: Registry, place: Repository, tree: Tree) -> None:
    for digest, manifest in tree:
        for blob in manifest.blobs:
            await _copy_blob(source, origin, target, place, blob)
        target.store.put_manifest(place, digest, manifest, at=target.now())


async def _copy_blob(source: Registry, origin: Repository, target: Registry, place: Repository, blob: Digest) -> None:
    content = source.store.blob(origin, blob)
    if content is None:
        raise NotCopied("BlobUnknown", f"blob {blob} is not found in the source registry")
    try:
        target.store.mount(place, blob)
    except KeyError:
        target.store.add_blob(place, blob, await _copied(content, target))


async def _copied(content: Content, target: Registry) -> Content:
    """Content of its own for `target`: what lies in the source's files goes when the source lets it go."""
    match content:
        case InMemory():
            return content
        case Spooled(path, size):
            return Spooled(await asyncio.to_thread(shutil.copyfile, path, target.spool.new_file()), size)
