"""Against CNCF distribution, as it is installed: what only a real registry can tell."""

import asyncio
import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.real import RealRegistry, docker_registry, make_certificates, require
from tests.registry.sources import Blob, haul, source
from tests.registry.stub import Ears
from tui.domain import media
from tui.domain.content import Descriptor, RawManifest, digest_of
from tui.domain.notices import RetryScheduled
from tui.domain.reference import parse_repository, parse_tag
from tui.journal.bookmarks import SqliteBookmarks
from tui.ports.errors import InvalidAnswer, NotFound, Unauthorised, Unreachable
from tui.registry.client import Endpoint, Limits, RegistryClient
from tui.registry.credentials import Anonymous, Static
from tui.registry.limits import MIB

pytestmark = pytest.mark.real

API, BASE, TAG = parse_repository("shop/api"), parse_repository("base/api"), parse_tag("1.0")
CONFIG = b'{"os": "linux", "architecture": "amd64"}'
LAYER = os.urandom(3_000_000)
USER, SECRET = "operator", "hunter2-hunter2"


def open_client(registry: RealRegistry, limits: Limits | None = None) -> RegistryClient:
    return RegistryClient(Endpoint(registry.host, plain_http=True), Anonymous(), limits=limits or Limits())


def describe(data: bytes, kind: str) -> Descriptor:
    return Descriptor(kind, digest_of(data), len(data))


def in_json(blob: Descriptor) -> dict[str, object]:
    return {"mediaType": blob.media_type, "digest": str(blob.digest), "size": blob.size}


CONFIG_BLOB = describe(CONFIG, media.OCI_CONFIG)
LAYER_BLOB = describe(LAYER, "application/vnd.oci.image.layer.v1.tar")


def manifest(**fields: object) -> RawManifest:
    document = {"schemaVersion": 2, "mediaType": media.OCI_MANIFEST, "config": in_json(CONFIG_BLOB), **fields}
    body = json.dumps({"layers": [in_json(LAYER_BLOB)], **document}, indent=3).encode()
    return RawManifest(media.OCI_MANIFEST, body, digest_of(body))


async def push_image(registry: RegistryClient) -> RawManifest:
    await registry.push_blob(API, CONFIG_BLOB, CONFIG)
    await registry.push_blob(API, LAYER_BLOB, LAYER)
    raw = manifest()
    await registry.push_manifest(API, TAG, raw)
    return raw


async def test_what_is_not_there_and_what_is_given_up_are_no_failures(tmp_path: Path) -> None:
    ears = Ears()
    with docker_registry(tmp_path) as real:
        async with RegistryClient(Endpoint(real.host, plain_http=True), Anonymous(), observe=ears.hear) as registry:
            for _ in range(3):
                with pytest.raises(NotFound):
                    await registry.resolve(API, TAG)
            asking = [asyncio.create_task(registry.resolve(API, TAG)) for _ in range(20)]
            asking[0].cancel()
            await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
        outcomes = await asyncio.gather(*asking, return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} <= {asyncio.CancelledError, NotFound, Unreachable}
    assert not ears.of(RetryScheduled)


@pytest.mark.parametrize("limits", [Limits(), Limits(chunk_size=700_000)])
async def test_image_comes_back_as_it_was(tmp_path: Path, limits: Limits) -> None:
    with docker_registry(tmp_path) as real:
        async with open_client(real, limits) as registry:
            assert not await registry.has_blob(API, LAYER_BLOB)
            raw = await push_image(registry)
            assert await registry.has_blob(API, LAYER_BLOB)
            assert await registry.resolve(API, TAG) == raw.descriptor
            assert await registry.fetch_manifest(API, raw.digest) == raw
            async with registry.open_blob(API, LAYER_BLOB) as chunks:
                assert b"".join([chunk async for chunk in chunks]) == LAYER
            assert [page async for page in registry.repositories()] == [(API,)]
            assert [[entry.digest for entry in batch] async for batch in registry.tags(API)] == [[raw.digest]]


async def test_skopeo_reads_what_was_pushed(tmp_path: Path) -> None:
    skopeo = require("skopeo")
    with docker_registry(tmp_path) as real:
        async with open_client(real) as registry:
            raw = await push_image(registry)
        command = [skopeo, "inspect", "--raw", "--tls-verify=false", f"docker://{real.host}/{API}:{TAG}"]
        told = await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)
        assert told.stdout == raw.body


async def test_mount_moves_no_bytes(tmp_path: Path) -> None:
    with docker_registry(tmp_path) as real:
        async with open_client(real) as registry:
            await registry.push_blob(BASE, LAYER_BLOB, LAYER)
            assert await registry.mount_blob(API, LAYER_BLOB, BASE)
            assert await registry.has_blob(API, LAYER_BLOB)
            assert not await registry.mount_blob(API, CONFIG_BLOB, BASE)
            await registry.push_blob(API, CONFIG_BLOB, CONFIG)
            assert await registry.has_blob(API, CONFIG_BLOB)


async def test_referrers_are_kept_under_the_fallback_tag(tmp_path: Path) -> None:
    with docker_registry(tmp_path) as real:
        async with open_client(real) as registry:
            raw = await push_image(registry)
            assert await registry.referrers(API, raw.digest) == ()
            for name in ("signature", "sbom"):
                referrer = manifest(subject=in_json(raw.descriptor), artifactType=name)
                await registry.push_manifest(API, referrer.digest, referrer)
            found = await registry.referrers(API, raw.digest)
            assert sorted(item.artifact_type for item in found) == ["sbom", "signature"]


async def test_wrong_bytes_are_never_committed(tmp_path: Path) -> None:
    with docker_registry(tmp_path) as real:
        async with open_client(real) as registry:
            for data in (LAYER[:-1], LAYER[:-1] + b"!", LAYER + b"!"):
                with pytest.raises(InvalidAnswer):
                    await registry.push_blob(API, LAYER_BLOB, data)
            assert not await registry.has_blob(API, LAYER_BLOB)


async def test_what_is_not_there(tmp_path: Path) -> None:
    with docker_registry(tmp_path) as real:
        async with open_client(real) as registry:
            with pytest.raises(NotFound):
                await registry.resolve(API, TAG)
            with pytest.raises(NotFound, match="repository name not known"):
                _ = [batch async for batch in registry.tags(API)]
            with pytest.raises(NotFound):
                async with registry.open_blob(API, LAYER_BLOB) as chunks:
                    await anext(chunks)


async def test_private_authority_and_password(tmp_path: Path) -> None:
    with docker_registry(tmp_path, tls=True, htpasswd=(USER, SECRET)) as real:
        ears = Ears()
        endpoint = Endpoint(real.host, ca_file=real.ca_file)
        async with RegistryClient(endpoint, Static(USER, SECRET), observe=ears.hear) as registry:
            raw = await push_image(registry)
            assert await registry.resolve(API, TAG) == raw.descriptor
        for credentials, why in ((Static(USER, "wrong-password"), "does not take"), (Anonymous(), "docker login")):
            async with RegistryClient(endpoint, credentials, observe=ears.hear) as registry:
                with pytest.raises(Unauthorised, match=why) as caught:
                    await registry.resolve(API, TAG)
                assert "wrong-password" not in str(caught.value)
        assert SECRET not in str(ears.notices)


async def test_tls_failures_say_which_and_the_mend(tmp_path: Path) -> None:
    stranger = tmp_path / "stranger"
    stranger.mkdir()
    other_ca = str(make_certificates(stranger))
    with docker_registry(tmp_path, tls=True) as real:
        port = real.host.rpartition(":")[2]
        cases = [
            (Endpoint(real.host), r'ca = "file\.pem"'),
            (Endpoint(real.host, ca_file=other_ca), r'ca = "file\.pem"'),
            (Endpoint(real.host, ca_file=str(tmp_path / "none.pem")), "cannot be read: No such file"),
            (Endpoint(real.host, ca_file=str(stranger / "server.key")), "cannot be read"),
            (Endpoint(f"127.0.0.2:{port}", ca_file=real.ca_file), "refused|another host name"),
            (Endpoint(real.host, plain_http=True), "https"),
        ]
        for endpoint, why in cases:
            async with RegistryClient(endpoint, Anonymous()) as registry:
                with pytest.raises((Unreachable, InvalidAnswer), match=why):
                    await registry.resolve(API, TAG)


async def test_plain_http_where_https_was_expected(tmp_path: Path) -> None:
    with docker_registry(tmp_path) as real:
        async with RegistryClient(Endpoint(real.host), Anonymous()) as registry:
            with pytest.raises(Unreachable, match="plain_http = true"):
                await registry.resolve(API, TAG)


async def test_cancelled_upload_is_gone_on_with_by_another_client(tmp_path: Path) -> None:
    """Only between two requests can this registry go on: so a cancel lets the one under way end."""
    data = os.urandom(6_000_000)
    blob = describe(data, "application/vnd.oci.image.layer.v1.tar")
    limits = Limits(whole=MIB, bookmarked=MIB)
    halting = Blob(data, halt=4_000_000)
    with docker_registry(tmp_path) as real:
        endpoint = Endpoint(real.host, plain_http=True)
        first, second = (SqliteBookmarks(tmp_path / "content.db") for _ in range(2))
        async with source(halting) as origin:
            async with RegistryClient(endpoint, Anonymous(), limits=limits, bookmarks=first) as registry:
                task = asyncio.create_task(haul(registry, origin, blob))
                while not any(held.stat().st_size >= MIB for held in real.root.rglob("_uploads/*/data")):
                    await asyncio.sleep(0.01)
                task.cancel()
                await asyncio.wait([task])
                assert task.cancelled()
            halting.goes_on.set()
            async with RegistryClient(endpoint, Anonymous(), limits=limits, bookmarks=second) as registry:
                kept = await registry.kept_of(API, blob)
                assert kept >= MIB
                await haul(registry, origin, blob)
                assert await registry.has_blob(API, blob)
        await first.close()
        await second.close()
