"""Referrers: what has a manifest as its subject (distribution specification, "Listing Referrers").

A registry without the referrers API keeps them in an index under the tag `sha256-<hex>`, which the clients that push
maintain ("Referrers Tag Schema").
"""

import asyncio
import json
import math
from collections.abc import Coroutine
from contextlib import aclosing
from typing import Any, Final, TypeVar, cast
from weakref import WeakValueDictionary

from tui.domain import media
from tui.domain.content import Descriptor, Index, Manifest, RawManifest, digest_of, parse_manifest
from tui.domain.fields import InvalidContent
from tui.domain.reference import Digest, Repository, Tag, fallback_tag
from tui.ports.errors import NotFound, RegistryError, Unsupported
from tui.registry.manifests import fetch_manifest, put_manifest, spell
from tui.registry.paging import pages
from tui.registry.request import Answer, Request, pull_scope
from tui.registry.transport import Transport
from tui.usecases.concurrency import gather_pair

T = TypeVar("T")

_BELIEVED: Final = 60.0
"""Seconds."""


class Referrers:
    """The referrers of one registry, by its API or, where it has none, by the tags that take its place.

    That it has none is believed for a while, if it says so as a server does that knows no such route: to ask for every
    image of many costs as much as all else that is asked of it. As long as it is not known, both are asked at once.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._locks: WeakValueDictionary[tuple[Repository, Tag], asyncio.Lock] = WeakValueDictionary()
        self._missing_since = -math.inf
        self._is_there = False
        self._is_sought = False

    async def list(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...]:
        """Manifests whose subject is `subject`; empty where there are none."""
        if self._is_there or self._is_missing or self._is_sought:  # of many questions at once one finds it out
            found = await self.list_by_api(repository, subject)
            return await _list_tagged(self._transport, repository, subject) if found is None else found
        self._is_sought = True
        try:
            found, tagged = await gather_pair(
                self.list_by_api(repository, subject), _or_error(_list_tagged(self._transport, repository, subject))
            )
        finally:
            self._is_sought = False
        return found if found is not None else _result(tagged)

    async def list_by_api(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...] | None:
        """The same, as the API tells it; None where there is none, or not for this repository."""
        if self._is_missing:
            return None
        try:
            found = await self._ask(repository, subject)
        except NotFound:
            return None
        except _NoApi:
            self._is_there, self._missing_since = False, self._transport.timing.monotonic()
            return None
        self._is_there = True
        return found

    async def push(self, repository: Repository, reference: Tag | Digest, raw: RawManifest) -> None:
        """PUTs the exact bytes, and adds them to the fallback index of their subject where the registry does not.

        The index is read, changed and written, one at a time. Another client that does the same at the same moment can
        undo it; the API that would prevent it is the one missing.
        """
        subject = parse_manifest(raw).subject
        if subject is None:
            await put_manifest(self._transport, repository, reference, raw)
            return
        spot = repository, fallback_tag(subject.digest)
        if not self._is_there:
            async with self._locks.setdefault(spot, asyncio.Lock()):
                await self._push_and_record(repository, reference, raw, spot[1])
        elif not await self._put(repository, reference, raw):
            async with self._locks.setdefault(spot, asyncio.Lock()):
                await self._add(await _read_index(self._transport, *spot), *spot, raw)

    async def _push_and_record(
        self, repository: Repository, reference: Tag | Digest, raw: RawManifest, tag: Tag
    ) -> None:
        """Reads the index while `raw` is on its way: whether it is needed the answer tells."""
        is_listed, read = await gather_pair(
            self._put(repository, reference, raw), _or_error(_read_index(self._transport, repository, tag))
        )
        if not is_listed:
            await self._add(_result(read), repository, tag, raw)

    @property
    def _is_missing(self) -> bool:
        return self._transport.timing.monotonic() - self._missing_since <= _BELIEVED

    async def _put(self, repository: Repository, reference: Tag | Digest, raw: RawManifest) -> bool:
        """PUTs `raw`; True where the registry gave it to its subject, as only one with the API does."""
        answer = await put_manifest(self._transport, repository, reference, raw)
        is_listed = bool(answer.header("OCI-Subject"))
        if is_listed:
            self._is_there, self._missing_since = True, -math.inf
        return is_listed

    async def _ask(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...]:
        """The list of a registry that has the API. Raises _NoApi, and NotFound where it says that in its own words."""
        url = self._transport.root.at(f"/v2/{repository}/referrers/{subject}")
        operation = f"list the referrers of {spell(repository, subject)}"
        good = frozenset({200, 404})
        request = Request(operation, "GET", url, (pull_scope(repository),), {"Accept": media.OCI_INDEX}, expected=good)
        found: dict[Digest, Descriptor] = {}
        try:
            async with aclosing(pages(self._transport, request)) as answers:
                async for answer in answers:
                    if answer.status == 404:
                        raise _not_there(self._transport, request, answer)
                    found |= {item.digest: item for item in _read_page(self._transport, request, answer)}
        except Unsupported as error:
            raise _NoApi from error
        return tuple(found.values())

    async def _add(self, index: dict[str, Any], repository: Repository, tag: Tag, raw: RawManifest) -> None:
        entries: list[dict[str, object]] = index["manifests"]
        known = {item.get("digest") for item in entries}
        if str(raw.digest) in known:
            return
        entries.append(_entry(raw))
        body = json.dumps(index, separators=(",", ":")).encode()
        await put_manifest(self._transport, repository, tag, RawManifest(media.OCI_INDEX, body, digest_of(body)))


async def _or_error(work: Coroutine[Any, Any, T]) -> T | RegistryError:
    """What `work` gives, or its error: whether that matters is not known yet."""
    try:
        return await work
    except RegistryError as error:
        return error


def _result(outcome: T | RegistryError) -> T:
    if isinstance(outcome, RegistryError):
        raise outcome
    return outcome


class _NoApi(Exception):
    """The registry knows no such route."""


def _not_there(transport: Transport, request: Request, answer: Answer) -> Exception:
    """What a 404 says: a registry that has the API, and lacks the repository, answers with its own kind of error."""
    if answer.url.path != request.url.path or answer.url.query != request.url.query:
        return transport.refuse(request.operation, "its list breaks off: the next page is not there")
    if b'"errors"' not in answer.body:
        return _NoApi()
    return NotFound(request.operation, transport.endpoint.host, "it is not there")


async def _list_tagged(transport: Transport, repository: Repository, subject: Digest) -> tuple[Descriptor, ...]:
    try:
        raw = await fetch_manifest(transport, repository, fallback_tag(subject))
    except NotFound:
        return ()
    content = parse_manifest(raw)
    return content.manifests if isinstance(content, Index) else ()


def _read_page(transport: Transport, request: Request, answer: Answer) -> tuple[Descriptor, ...]:
    kind = answer.header("Content-Type").partition(";")[0].strip().lower()
    try:
        content = parse_manifest(RawManifest(kind, answer.body, digest_of(answer.body)))
    except InvalidContent as error:
        raise transport.refuse(request.operation, f"its answer is no index: {error}") from error
    if not isinstance(content, Index):
        raise transport.refuse(request.operation, "its answer is no index")
    return content.manifests


async def _read_index(transport: Transport, repository: Repository, tag: Tag) -> dict[str, Any]:
    """The index as it is, fields unknown here included. Raises InvalidAnswer where the tag holds something else."""
    try:
        raw = await fetch_manifest(transport, repository, tag)
    except NotFound:
        return {"schemaVersion": 2, "mediaType": media.OCI_INDEX, "manifests": []}
    document = cast("dict[str, Any]", json.loads(raw.body))
    if not isinstance(parse_manifest(raw), Index) or "manifests" not in document:
        raise transport.refuse(f"record a referrer under {spell(repository, tag)}", "that tag holds no index")
    return document


def _entry(raw: RawManifest) -> dict[str, object]:
    """The descriptor of `raw` as the index wants it: with its artifact type and its annotations."""
    document = cast("dict[str, Any]", json.loads(raw.body))
    content = parse_manifest(raw)
    config_type = content.config.media_type if isinstance(content, Manifest) else ""
    entry: dict[str, object] = {"mediaType": raw.media_type, "digest": str(raw.digest), "size": len(raw.body)}
    if artifact_type := content.artifact_type or config_type:
        entry["artifactType"] = artifact_type
    if annotations := document.get("annotations"):
        entry["annotations"] = annotations
    return entry
