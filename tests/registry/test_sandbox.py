"""The client and the embedded registry, each as the other's judge."""

import json
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from tests.registry.stub import Ears, client
from tui.domain import media
from tui.domain.content import Descriptor, RawManifest, digest_of
from tui.domain.notices import RetryScheduled, WarningReceived
from tui.domain.reference import parse_repository, parse_tag
from tui.ports.errors import Forbidden, InvalidAnswer, RegistryError, Unauthorised
from tui.registry.client import Limits, RegistryClient
from tui.registry.credentials import Anonymous, CredentialSource, Static
from tui.sandbox.auth import Auth, Basic, Bearer
from tui.sandbox.faults import Faults
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry

API, BASE, TAG = parse_repository("shop/api"), parse_repository("base/api"), parse_tag("1.0")
CONFIG, LAYER = b'{"os": "linux", "architecture": "amd64"}', os.urandom(1_000_000)
CONFIG_BLOB = Descriptor(media.OCI_CONFIG, digest_of(CONFIG), len(CONFIG))
LAYER_BLOB = Descriptor("application/vnd.oci.image.layer.v1.tar", digest_of(LAYER), len(LAYER))
USER = Static("operator", "hunter2-hunter2")
BEARER = Bearer("operator", "hunter2-hunter2")


def entry(blob: Descriptor) -> dict[str, object]:
    return {"mediaType": blob.media_type, "digest": str(blob.digest), "size": blob.size}


def manifest(**fields: object) -> RawManifest:
    document = {"schemaVersion": 2, "mediaType": media.OCI_MANIFEST, "config": entry(CONFIG_BLOB), **fields}
    body = json.dumps({"layers": [entry(LAYER_BLOB)], **document}).encode()
    return RawManifest(media.OCI_MANIFEST, body, digest_of(body))


@asynccontextmanager
async def opened(
    embedded: Registry,
    credentials: CredentialSource | None = None,
    ears: Ears | None = None,
    limits: Limits | None = None,
) -> AsyncGenerator[RegistryClient, None]:
    async with serve_registry(embedded) as host, client(host, credentials, ears=ears, limits=limits) as registry:
        yield registry


async def push_image(registry: RegistryClient) -> RawManifest:
    await registry.push_blob(API, CONFIG_BLOB, CONFIG)
    await registry.push_blob(API, LAYER_BLOB, LAYER)
    raw = manifest()
    await registry.push_manifest(API, TAG, raw)
    return raw


async def pull_layer(registry: RegistryClient) -> bytes:
    async with registry.open_blob(API, LAYER_BLOB) as chunks:
        return b"".join([chunk async for chunk in chunks])


@pytest.mark.parametrize("auth", [Basic("operator", "hunter2-hunter2"), BEARER])
@pytest.mark.parametrize("limits", [Limits(), Limits(chunk_size=300_000)])
async def test_image_comes_back_as_it_was(auth: Auth, limits: Limits) -> None:
    async with opened(Registry("r", auth=auth), USER, limits=limits) as registry:
        raw = await push_image(registry)
        assert await registry.fetch_manifest(API, TAG) == raw
        assert await registry.resolve(API, raw.digest) == raw.descriptor
        assert await pull_layer(registry) == LAYER
        assert [page async for page in registry.repositories()] == [(API,)]
        assert [[item.digest for item in batch] async for batch in registry.tags(API)] == [[raw.digest]]
        assert await registry.mount_blob(BASE, LAYER_BLOB, API)


@pytest.mark.parametrize("missing", [True, False])
async def test_referrers(missing: bool) -> None:
    async with opened(Registry("r", faults=Faults(referrers_missing=missing))) as registry:
        raw = await push_image(registry)
        signature = manifest(subject=entry(raw.descriptor), artifactType="signature")
        await registry.push_manifest(API, signature.digest, signature)
        found = await registry.referrers(API, raw.digest)
        assert [(item.digest, item.artifact_type) for item in found] == [(signature.digest, "signature")]


async def test_pages_are_put_together() -> None:
    async with opened(Registry("r", page_limit=3)) as registry:
        raw = await push_image(registry)
        for number in range(10):
            await registry.push_manifest(API, parse_tag(f"t{number}"), raw)
        found = [item.tag async for batch in registry.tags(API) for item in batch]
        assert len(found) == len(set(found)) == 11


async def test_transfers_survive_being_cut_off() -> None:
    ears, embedded = Ears(), Registry("r")
    async with opened(embedded, ears=ears) as registry:
        embedded.faults.cut_off, embedded.faults.cut_after = 1, 300_000
        await registry.push_blob(API, LAYER_BLOB, LAYER)
        embedded.faults.cut_off = 2
        assert await pull_layer(registry) == LAYER
    causes = [notice.cause for notice in ears.of(RetryScheduled) if isinstance(notice, RetryScheduled)]
    # The broken session may vanish after it was found to stand: then the upload is begun again, which is told too.
    assert causes.count("the connection broke off") == 3


async def test_throttling_is_waited_out_aloud() -> None:
    ears, embedded = Ears(), Registry("r", faults=Faults(throttled=2, retry_after=7))
    async with opened(embedded, ears=ears) as registry:
        assert [page async for page in registry.repositories()] == [()]
    assert ears.delays == pytest.approx([7.25, 7.25], abs=0.1)


FAULTS: list[tuple[dict[str, object], type[RegistryError]]] = [
    ({"wrong_manifests": True}, InvalidAnswer),
    ({"oversized_manifests": True}, InvalidAnswer),
    ({"html": 1}, InvalidAnswer),
    ({"unauthorised": True}, Unauthorised),
    ({"forbidden": {API}}, Forbidden),
]


@pytest.mark.parametrize(("faults", "kind"), FAULTS)
async def test_faults_become_errors(faults: dict[str, object], kind: type[RegistryError]) -> None:
    embedded = Registry("r")
    async with opened(embedded) as registry:
        raw = await push_image(registry)
        for name, value in faults.items():
            setattr(embedded.faults, name, value)
        with pytest.raises(kind):
            await registry.fetch_manifest(API, raw.digest)


async def test_downloads_from_elsewhere() -> None:
    embedded, storage = Registry("r", auth=BEARER), Registry("storage")
    async with opened(storage) as direct, opened(embedded, USER) as registry:
        await push_image(direct)
        await push_image(registry)
        embedded.faults.redirect_origin = direct.endpoint.base_url
        assert await pull_layer(registry) == LAYER


async def test_warning_is_heard() -> None:
    ears = Ears()
    async with opened(Registry("r", faults=Faults(warning="old"), page_limit=3), ears=ears) as registry:
        await push_image(registry)
        assert ears.of(WarningReceived) == [WarningReceived(registry.endpoint.host, "old")]


async def test_foreign_realm_gets_no_password() -> None:
    embedded = Registry("r", auth=BEARER, faults=Faults(realm="http://thief.invalid/token"))
    async with opened(embedded, USER) as registry:
        with pytest.raises(InvalidAnswer, match=r"thief\.invalid"):
            await registry.resolve(API, TAG)


async def test_short_lived_tokens_are_renewed() -> None:
    embedded = Registry("r", auth=Bearer("operator", "hunter2-hunter2", lifetime=1.0))
    async with opened(embedded, USER) as registry:
        await push_image(registry)
        assert await pull_layer(registry) == LAYER


async def test_guest_is_told_to_log_in() -> None:
    async with opened(Registry("r", auth=BEARER), Anonymous()) as registry:
        with pytest.raises(Unauthorised):
            await registry.resolve(API, TAG)
