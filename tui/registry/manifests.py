"""Manifests: resolved, fetched as exact bytes, and verified against the digest that was asked for.

The digest in an answer's header proves nothing about its body (GHSA-qv35-3gw6-8q4j): bytes are hashed here.
"""

from typing import Final

from tui.domain import media
from tui.domain.content import MANIFEST_LIMIT, Descriptor, RawManifest, digest_of, parse_manifest
from tui.domain.fields import InvalidContent
from tui.domain.reference import Digest, InvalidName, Repository, Tag
from tui.domain.text import clean
from tui.ports.errors import InvalidAnswer, Unsupported
from tui.registry.request import Answer, Request, pull_scope, push_scope
from tui.registry.transport import Transport
from tui.registry.urls import Url

_DIGEST_HEADER: Final = "Docker-Content-Digest"


def manifest_url(transport: Transport, repository: Repository, reference: Tag | Digest) -> Url:
    """Where a manifest is."""
    return transport.root.at(f"/v2/{repository}/manifests/{reference}")


def spell(repository: Repository, reference: Tag | Digest) -> str:
    """`repository:tag` or `repository@digest`, as people write it."""
    return f"{repository}{'@' if isinstance(reference, Digest) else ':'}{reference}"


async def resolve(transport: Transport, repository: Repository, reference: Tag | Digest, rank: int = 0) -> Descriptor:
    """The descriptor of a manifest, by HEAD; where that tells too little, by fetching it. Raises NotFound."""
    request = _request(transport, "HEAD", f"resolve {spell(repository, reference)}", repository, reference, rank)
    try:
        answer = await transport.call(request)
    except Unsupported:
        return (await fetch_manifest(transport, repository, reference)).descriptor
    digest = _said_digest(transport, request, answer)
    length = answer.header("Content-Length")
    if digest is None or not length.isdigit():
        return (await fetch_manifest(transport, repository, reference)).descriptor
    if isinstance(reference, Digest) and digest != reference:
        raise transport.refuse(request.operation, f"it answers with another manifest, {digest}")
    return Descriptor(_media_type(answer), digest, int(length[:18]))


async def fetch_manifest(transport: Transport, repository: Repository, reference: Tag | Digest) -> RawManifest:
    """The exact bytes of a manifest of at most 4 MiB, verified. Raises NotFound, InvalidAnswer."""
    request = _request(transport, "GET", f"fetch {spell(repository, reference)}", repository, reference)
    answer = await transport.call(request)
    expected = reference if isinstance(reference, Digest) else _said_digest(transport, request, answer)
    digest = digest_of(answer.body, expected.algorithm if expected else "sha256")
    if expected is not None and digest != expected:
        raise transport.refuse(request.operation, f"its bytes have the digest {digest} and not {expected}")
    raw = RawManifest(_media_type(answer), answer.body, digest)
    _check(transport, request, raw)
    return raw


def _request(
    transport: Transport, method: str, operation: str, repository: Repository, reference: Tag | Digest, rank: int = 0
) -> Request:
    url = manifest_url(transport, repository, reference)
    scopes = (pull_scope(repository),)
    return Request(operation, method, url, scopes, {"Accept": media.ACCEPT}, limit=MANIFEST_LIMIT, rank=rank)


def _said_digest(transport: Transport, request: Request, answer: Answer) -> Digest | None:
    text = answer.header(_DIGEST_HEADER)
    try:
        return Digest.parse(text) if text else None
    except InvalidName as error:
        raise transport.refuse(request.operation, f"its {_DIGEST_HEADER} is wrong: {error}") from None


def _media_type(answer: Answer) -> str:
    return clean(answer.header("Content-Type").partition(";")[0].strip().lower(), 255)


def _check(transport: Transport, request: Request, raw: RawManifest) -> None:
    """Refuses what is no manifest, and what two readers could read as two things (CVE-2021-41190)."""
    try:
        parse_manifest(raw)
    except InvalidContent as error:
        raise transport.refuse(request.operation, f"it answers with no manifest: {error}") from error


def refuse_other_digest(transport: Transport, request: Request, answer: Answer, digest: Digest) -> None:
    """Raises InvalidAnswer where `answer`, to a push, names another digest than `digest`."""
    said = _said_digest(transport, request, answer)
    if said is not None and said.algorithm == digest.algorithm and said != digest:
        raise InvalidAnswer(request.operation, transport.endpoint.host, f"it stored {said} and not {digest}")


async def put_manifest(
    transport: Transport, repository: Repository, reference: Tag | Digest, manifest: RawManifest
) -> Answer:
    """PUTs the exact bytes. Raises InvalidAnswer where the registry says that it stored others."""
    request = Request(
        f"push {spell(repository, reference)}",
        "PUT",
        manifest_url(transport, repository, reference),
        (push_scope(repository),),
        {"Content-Type": manifest.media_type},
        manifest.body,
        frozenset({201, 202}),
    )
    answer = await transport.call(request)
    refuse_other_digest(transport, request, answer, manifest.digest)
    return answer
