"""Pushing, pulling and deleting manifests."""

import io
import json

import pytest

from tui.domain.content import digest_of
from tui.domain.media import OCI_INDEX, OCI_MANIFEST
from tui.domain.reference import Repository
from tui.sandbox.images import artifact, index, push_into
from tui.sandbox.manifests import LIMIT
from tui.sandbox.registry import Registry

MANIFESTS = "/v2/shop/api/manifests/"


async def code(response):
    return response.status, (await response.json())["errors"][0]["code"]


def put(client, reference, data, media_type=OCI_MANIFEST, **query):
    return client.put(MANIFESTS + str(reference), data=data, headers={"Content-Type": media_type}, params=query)


@pytest.fixture
def blobs(registry, small):
    for digest, content in small.blobs.items():
        registry.store.add_blob(Repository("shop/api"), digest, content)


@pytest.fixture
def pushed(registry, small):
    push_into(registry, "shop/api", small, "1.0.0")
    return small


@pytest.mark.parametrize("by", ["tag", "digest"])
async def test_get_answers_the_exact_bytes(client, pushed, by):
    reference = "1.0.0" if by == "tag" else pushed.digest
    async with client.get(f"{MANIFESTS}{reference}") as response:
        assert await response.read() == pushed.manifest
        assert response.headers["Content-Type"] == OCI_MANIFEST
        assert response.headers["Docker-Content-Digest"] == str(pushed.digest)
        assert response.headers["ETag"] == f'"{pushed.digest}"'


async def test_head_answers_digest_and_length(client, pushed):
    async with client.head(f"{MANIFESTS}1.0.0") as response:
        assert response.headers["Docker-Content-Digest"] == str(pushed.digest)
        assert response.headers["Content-Length"] == str(len(pushed.manifest))


async def test_what_the_client_has_is_not_sent_again(client, pushed):
    headers = {"If-None-Match": f'"{pushed.digest}"'}
    async with client.get(f"{MANIFESTS}1.0.0", headers=headers) as response:
        assert response.status == 304


@pytest.mark.usefixtures("blobs")
async def test_put_by_tag_keeps_the_manifest(client, small):
    async with put(client, "1.0.0", small.manifest) as response:
        assert response.status == 201
        assert response.headers["Location"] == f"{MANIFESTS}{small.digest}"
    async with client.get(f"{MANIFESTS}1.0.0") as response:
        assert await response.read() == small.manifest


@pytest.mark.usefixtures("blobs")
async def test_put_by_digest_sets_no_tag(client, small, registry):
    async with put(client, small.digest, small.manifest) as response:
        assert response.status == 201
    assert registry.store.tags(Repository("shop/api")) == {}


@pytest.mark.usefixtures("blobs")
async def test_put_by_digest_sets_the_tags_in_its_parameters(client, small, registry):
    async with put(client, small.digest, small.manifest, tag="1.0.0") as response:
        assert response.headers["OCI-Tag"] == "1.0.0"
    assert registry.store.tags(Repository("shop/api")) == {"1.0.0": small.digest}


@pytest.mark.usefixtures("blobs")
async def test_put_by_sha512_is_pulled_by_sha512(client, small):
    digest = digest_of(small.manifest, "sha512")
    await put(client, digest, small.manifest)
    async with client.get(f"{MANIFESTS}{digest}") as response:
        assert response.headers["Docker-Content-Digest"] == str(digest)


@pytest.mark.usefixtures("blobs")
async def test_other_bytes_than_the_digest_says_are_refused(client, small):
    async with put(client, small.digest, small.manifest + b" ") as response:
        assert await code(response) == (400, "DIGEST_INVALID")


async def test_a_manifest_without_its_blobs_is_refused(client, small):
    async with put(client, "1.0.0", small.manifest) as response:
        assert await code(response) == (400, "MANIFEST_BLOB_UNKNOWN")


async def test_an_index_without_its_children_is_refused(client, small):
    async with put(client, "1.0.0", index([small]).manifest, OCI_INDEX) as response:
        assert await code(response) == (400, "MANIFEST_BLOB_UNKNOWN")


async def test_missing_content_is_accepted_where_the_registry_says_so(connect, small):
    client = await connect(Registry("sparse", missing_content="accept"))
    async with put(client, "1.0.0", small.manifest) as response:
        assert response.status == 201


@pytest.mark.usefixtures("blobs")
async def test_foreign_layers_need_not_be_here(client, small):
    body = json.loads(small.manifest)
    kind = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
    body["layers"].append({"mediaType": kind, "digest": str(digest_of(b"far")), "size": 3})
    async with put(client, "1.0.0", json.dumps(body)) as response:
        assert response.status == 201


async def test_a_subject_is_acknowledged(client, registry, small):
    attached = artifact("application/x", b"x", payload_type="text/plain", subject=small)
    for digest, content in attached.blobs.items():
        registry.store.add_blob(Repository("shop/api"), digest, content)
    async with put(client, attached.digest, attached.manifest) as response:
        assert (response.status, response.headers["OCI-Subject"]) == (201, str(small.digest))


@pytest.mark.parametrize(
    "change",
    [
        {"schemaVersion": 1},
        {"mediaType": OCI_INDEX},
        {"manifests": []},
        {"config": None},
        {"layers": "none"},
        {"layers": [{"mediaType": "x", "size": 1, "digest": "sha256:abc"}]},
        {"layers": [{"mediaType": "x", "digest": str(digest_of(b""))}]},
        {"layers": [{"mediaType": "x", "size": -1, "digest": str(digest_of(b""))}]},
        {"subject": 1},
        {"annotations": []},
    ],
    ids=str,
)
async def test_a_malformed_manifest_is_refused(client, small, change):
    body = json.loads(small.manifest) | change
    async with put(client, "1.0.0", json.dumps(body)) as response:
        assert await code(response) == (400, "MANIFEST_INVALID")


@pytest.mark.parametrize("data", [b"", b"[]", b"<html>"])
async def test_what_is_no_json_object_is_refused(client, data):
    async with put(client, "1.0.0", data) as response:
        assert await code(response) == (400, "MANIFEST_INVALID")


async def test_an_index_with_layers_is_refused(client, small):
    body = json.loads(index([small]).manifest) | {"layers": []}
    async with put(client, "1.0.0", json.dumps(body), OCI_INDEX) as response:
        assert await code(response) == (400, "MANIFEST_INVALID")


async def test_an_unknown_media_type_is_refused(client, small):
    async with put(client, "1.0.0", small.manifest, "application/json") as response:
        assert await code(response) == (400, "MANIFEST_INVALID")


@pytest.mark.usefixtures("blobs")
async def test_parameters_of_the_content_type_are_ignored(client, small):
    async with put(client, "1.0.0", small.manifest, f"{OCI_MANIFEST}; charset=utf-8") as response:
        assert response.status == 201


@pytest.mark.usefixtures("blobs")
async def test_a_manifest_of_four_mib_is_accepted(client, small):
    padded = small.manifest + b" " * (LIMIT - len(small.manifest))
    async with put(client, "1.0.0", io.BytesIO(padded)) as response:
        assert response.status == 201


async def test_a_larger_manifest_is_413(client, small):
    padded = small.manifest + b" " * (LIMIT - len(small.manifest) + 1)
    async with put(client, "1.0.0", io.BytesIO(padded)) as response:
        assert await code(response) == (413, "SIZE_INVALID")


@pytest.mark.usefixtures("pushed")
async def test_an_unknown_tag_is_manifest_unknown(client):
    async with client.get(f"{MANIFESTS}2.0.0") as response:
        assert await code(response) == (404, "MANIFEST_UNKNOWN")


async def test_an_unknown_repository_is_name_unknown(client):
    async with client.get(f"{MANIFESTS}1.0.0") as response:
        assert await code(response) == (404, "NAME_UNKNOWN")


@pytest.mark.usefixtures("pushed")
@pytest.mark.parametrize(("reference", "expected"), [("-x", "TAG_INVALID"), ("sha256:x", "DIGEST_INVALID")])
async def test_a_bad_reference_is_refused(client, reference, expected):
    async with client.get(f"{MANIFESTS}{reference}") as response:
        assert await code(response) == (400, expected)


async def test_deleting_a_tag_leaves_the_manifest(client, pushed):
    async with client.delete(f"{MANIFESTS}1.0.0") as response:
        assert response.status == 202
    async with client.head(f"{MANIFESTS}1.0.0") as response:
        assert response.status == 404
    async with client.head(f"{MANIFESTS}{pushed.digest}") as response:
        assert response.status == 200


async def test_deleting_a_manifest_takes_its_tags_along(client, pushed):
    async with client.delete(f"{MANIFESTS}{pushed.digest}") as response:
        assert response.status == 202
    async with client.head(f"{MANIFESTS}1.0.0") as response:
        assert response.status == 404


@pytest.mark.usefixtures("pushed")
async def test_deleting_what_is_not_there_is_manifest_unknown(client):
    async with client.delete(f"{MANIFESTS}2.0.0") as response:
        assert await code(response) == (404, "MANIFEST_UNKNOWN")
