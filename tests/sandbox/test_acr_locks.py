"""Locks of a repository, a tag and a manifest: what each forbids, and that each can be undone."""

import pytest

from tests.sandbox.azure import reader
from tui.sandbox.auth import Acr
from tui.sandbox.images import index, push_into
from tui.sandbox.registry import Registry

REPOSITORY, TAG = "/acr/v1/shop%2Fapi", "/acr/v1/shop%2Fapi/_tags/1.0.0"
MANIFEST = "/acr/v1/shop%2Fapi/_manifests/{digest}"
PUSH = ("PUT", "/v2/shop/api/manifests/1.0.0")
PUSH_ANOTHER = ("PUT", "/v2/shop/api/manifests/2.0.0")
PUSH_AND_TAG = ("PUT", "/v2/shop/api/manifests/{digest}?tag=1.0.0")
UPLOAD = ("POST", "/v2/shop/api/blobs/uploads/")
PULL = ("GET", "/v2/shop/api/manifests/1.0.0")
HEAD = ("HEAD", "/v2/shop/api/manifests/{digest}")
PULL_BLOB = ("GET", "/v2/shop/api/blobs/{blob}")
UNTAG = ("DELETE", TAG)
DELETE_TAG = ("DELETE", "/v2/shop/api/manifests/1.0.0")
DELETE = ("DELETE", "/v2/shop/api/manifests/{digest}")
DELETE_ALL = ("DELETE", REPOSITORY)
READ = ("GET", TAG)


@pytest.fixture
def registry(small):
    registry = Registry("contosobase", auth=Acr())
    push_into(registry, "shop/api", small, "1.0.0")
    return registry


@pytest.fixture
def ask(client, small):
    async def asked(method, url, **options):
        url = url.format(digest=small.digest, blob=next(iter(small.blobs)))
        headers = {**await reader(client), "Content-Type": small.media_type}
        body = options or ({"data": small.manifest} if method == "PUT" else {})
        async with client.request(method, url, headers=headers, **body) as response:
            text = await response.read()
            assert (response.status == 405) is (b"REGISTRY_DISALLOWED_OPERATION" in text) or method == "HEAD"
            return response.status

    return asked


@pytest.mark.parametrize(
    ("lock", "field", "forbidden"),
    [
        (TAG, "writeEnabled", [PUSH, PUSH_AND_TAG, UNTAG, DELETE_TAG, DELETE, DELETE_ALL]),
        (TAG, "deleteEnabled", [UNTAG, DELETE_TAG, DELETE, DELETE_ALL]),
        (TAG, "readEnabled", [PULL]),
        (MANIFEST, "writeEnabled", [PUSH_AND_TAG, DELETE, DELETE_ALL]),
        (MANIFEST, "deleteEnabled", [DELETE, DELETE_ALL]),
        (MANIFEST, "readEnabled", [PULL, HEAD]),
        (REPOSITORY, "writeEnabled", [PUSH, PUSH_ANOTHER, UPLOAD, UNTAG, DELETE_TAG, DELETE, DELETE_ALL]),
        (REPOSITORY, "deleteEnabled", [UNTAG, DELETE_TAG, DELETE, DELETE_ALL]),
        (REPOSITORY, "readEnabled", [PULL, HEAD, PULL_BLOB]),
    ],
)
async def test_a_lock_forbids_until_it_is_undone(ask, lock, field, forbidden):
    assert await ask("PATCH", lock, json={field: False}) == 200
    assert [await ask(*request) for request in forbidden] == [405] * len(forbidden)
    assert await ask("PATCH", lock, json={field: True}) == 200
    assert await ask(*forbidden[0]) < 300


@pytest.mark.parametrize(
    ("lock", "field", "allowed"),
    [
        (TAG, "writeEnabled", [PULL, HEAD, READ, UPLOAD, PUSH_ANOTHER]),
        (TAG, "deleteEnabled", [PULL, PUSH]),
        (TAG, "readEnabled", [HEAD, READ, PUSH, UNTAG]),
        (MANIFEST, "writeEnabled", [PULL, UNTAG]),
        (MANIFEST, "deleteEnabled", [PUSH, UNTAG]),
        (REPOSITORY, "writeEnabled", [PULL, READ, PULL_BLOB]),
        (REPOSITORY, "readEnabled", [READ, UPLOAD, PUSH]),
    ],
)
async def test_a_lock_leaves_the_rest_as_it_was(ask, lock, field, allowed):
    assert await ask("PATCH", lock, json={field: False}) == 200
    assert all([await ask(*request) < 300 for request in allowed])


async def listed(client, url, key):
    async with client.get(url, headers=await reader(client)) as response:
        return (await response.json())[key]


@pytest.mark.parametrize(
    ("lock", "lists"),
    [
        (TAG, [("/acr/v1/shop%2Fapi/_tags", "tags"), ("/v2/shop/api/tags/list", "tags")]),
        (MANIFEST, [("/acr/v1/shop%2Fapi/_manifests", "manifests")]),
        (REPOSITORY, [("/acr/v1/_catalog", "repositories"), ("/v2/_catalog", "repositories")]),
    ],
)
async def test_what_may_not_be_listed_is_hidden_and_yet_there(client, ask, lock, lists):
    assert all([await listed(client, *each) for each in lists])
    assert await ask("PATCH", lock, json={"listEnabled": False}) == 200
    assert [await listed(client, *each) for each in lists] == [[]] * len(lists)
    assert await ask(*PULL) == 200


async def test_a_change_names_only_what_changes(client, ask):
    await ask("PATCH", TAG, json={"writeEnabled": False})
    await ask("PATCH", TAG, json={"deleteEnabled": False, "teleportEnabled": True})
    found = await listed(client, TAG, "tag")
    assert found["changeableAttributes"] == {
        "deleteEnabled": False,
        "writeEnabled": False,
        "listEnabled": True,
        "readEnabled": True,
    }


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"writeEnabled": "no"}', b'{"writeEnabled": null}', b"\xff"])
async def test_a_change_that_says_nothing_is_refused(ask, body):
    assert await ask("PATCH", TAG, data=body) == 400


async def test_a_deleted_tag_takes_its_lock_along(client, ask):
    await ask("PATCH", TAG, json={"listEnabled": False})
    await ask(*UNTAG)
    await ask(*PUSH)
    assert [row["name"] for row in await listed(client, "/acr/v1/shop%2Fapi/_tags", "tags")] == ["1.0.0"]


async def test_a_moved_tag_keeps_its_attributes(client, ask, registry, small):
    await ask("PATCH", TAG, json={"deleteEnabled": False})
    push_into(registry, "shop/api", index([small]), "1.0.0")
    assert not (await listed(client, TAG, "tag"))["changeableAttributes"]["deleteEnabled"]
