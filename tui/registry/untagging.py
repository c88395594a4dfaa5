"""Taking a tag away by the distribution API (distribution specification, "Deleting tags"), without losing the image.

A registry may delete the tag alone, refuse, or, against the specification, delete the manifest with everything that
names it. Which of them it is cannot be known beforehand. So a tag goes only where no other tag of the repository holds
its image, and a manifest that went along is put back under its digest: its bytes were read before.
"""

from contextlib import aclosing
from typing import Final

from tui.domain.content import RawManifest
from tui.domain.reference import Digest, Repository, Tag
from tui.ports.errors import InvalidAnswer, NotFound, Unsupported
from tui.registry.manifests import fetch_manifest, manifest_url, put_manifest, resolve
from tui.registry.request import Request
from tui.registry.tags import list_tags
from tui.registry.transport import Transport

_GONE: Final = frozenset({200, 202, 204})


def delete_scope(repository: Repository) -> str:
    """The token scope that deletes in `repository` (distribution, "Token scope documentation")."""
    return f"repository:{repository}:delete"


async def untag(transport: Transport, repository: Repository, tag: Tag) -> None:
    """Takes `tag` away; its manifest stays. Raises NotFound, and Unsupported where that cannot be done safely."""
    operation = f"take the tag {repository}:{tag} away"
    manifest = await fetch_manifest(transport, repository, tag)
    await _refuse_if_shared(transport, operation, repository, tag, manifest.digest)
    url = manifest_url(transport, repository, tag)
    request = Request(operation, "DELETE", url, (delete_scope(repository),), expected=_GONE)
    try:
        await transport.call(request)
    except InvalidAnswer as error:  # a 400, as CNCF distribution 2 answers: it takes a digest only
        detail = f"it deletes whole manifests only ({error.detail})"
        raise Unsupported(operation, error.registry, detail) from error
    await _put_back(transport, repository, manifest)


async def _refuse_if_shared(
    transport: Transport, operation: str, repository: Repository, tag: Tag, digest: Digest
) -> None:
    """Raises Unsupported where another tag holds `digest`, or may: the registry could take it along."""
    async with aclosing(list_tags(transport, repository)) as batches:
        async for batch in batches:
            for entry in batch:
                if entry.tag != tag and entry.digest in {None, digest}:
                    holds = "holds the same image" if entry.digest else "cannot be read"
                    detail = f"the tag {entry.tag} {holds}, and a registry of this kind may delete both"
                    raise Unsupported(operation, transport.endpoint.host, detail)


async def _put_back(transport: Transport, repository: Repository, manifest: RawManifest) -> None:
    """Puts the manifest there again, without a tag, where it went with its tag."""
    try:
        await resolve(transport, repository, manifest.digest)
    except NotFound:
        await put_manifest(transport, repository, manifest.digest, manifest)
