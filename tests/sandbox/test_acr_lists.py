"""Azure's own lists: pages, orders, rows, and what is no list at all."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.sandbox.azure import reader
from tui.domain.content import digest_of
from tui.domain.reference import Repository
from tui.sandbox.auth import Acr
from tui.sandbox.content import InMemory
from tui.sandbox.images import artifact, index, push_into
from tui.sandbox.registry import Registry

AT = datetime(2026, 3, 4, 5, 6, 7, 123456, tzinfo=UTC)
TAGS = "/acr/v1/shop%2Fapi/_tags"


@pytest.fixture
def registry(small):
    registry = Registry("contosobase", auth=Acr())
    for number, tag in enumerate(["b", "c", "a"]):
        push_into(registry, "shop/api", small, tag, AT + timedelta(hours=number))
    return registry


async def fetched(client, url):
    async with client.get(url, headers=await reader(client)) as response:
        return response.status, await response.json(), response.headers


async def names(client, query):
    _, body, _ = await fetched(client, f"{TAGS}?{query}")
    return "".join(row["name"] for row in body["tags"])


async def test_a_tag_row_is_as_azure_writes_it(client, registry, small):
    _, body, _ = await fetched(client, f"{TAGS}?n=1")
    assert body["imageName"] == "shop/api"
    assert body["tags"] == [
        {
            "name": "a",
            "digest": str(small.digest),
            "createdTime": "2026-03-04T07:06:07.1234560Z",
            "lastUpdateTime": "2026-03-04T07:06:07.1234560Z",
            "signed": False,
            "changeableAttributes": {
                "deleteEnabled": True,
                "writeEnabled": True,
                "listEnabled": True,
                "readEnabled": True,
            },
        }
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "abc"),
        ("orderby=none", "abc"),
        ("orderby=timeasc", "bca"),
        ("orderby=timedesc", "acb"),
        ("orderby=timeasc&last=b", "ca"),
        ("orderby=timeasc&last=gone", ""),
        ("last=aa", "bc"),
        ("n=2&last=", "ab"),
    ],
)
async def test_rows_come_in_the_order_asked_for(client, query, expected):
    assert await names(client, query) == expected


async def test_the_next_page_is_relative_and_keeps_order_and_filter(client, small):
    _, _, headers = await fetched(client, f"{TAGS}?n=1&orderby=timedesc&digest={small.digest}&api-version=2021-07-01")
    digest = str(small.digest).replace(":", "%3A")
    assert headers["Link"] == f'</acr/v1/shop%2Fapi/_tags?last=a&n=1&orderby=timedesc&digest={digest}>; rel="next"'


async def test_the_last_page_has_no_link(client):
    _, _, headers = await fetched(client, f"{TAGS}?n=3")
    assert "Link" not in headers


@pytest.mark.parametrize(("query", "rows"), [("", 100), ("?n=1000", 1000), ("?n=5000", 1000)])
async def test_a_page_has_a_hundred_rows_unless_more_are_asked_for_and_a_thousand_at_most(
    client, registry, small, query, rows
):
    for number in range(1100):
        push_into(registry, "shop/api", small, f"1.{number}")
    _, body, _ = await fetched(client, TAGS + query)
    assert len(body["tags"]) == rows


async def test_tags_of_one_digest(client, registry, small):
    push_into(registry, "shop/api", index([small]), "d")
    assert await names(client, f"digest={small.digest}") == "abc"
    assert await names(client, f"digest={digest_of(b'')}") == ""


@pytest.mark.parametrize(
    ("url", "status", "code"),
    [
        (f"{TAGS}?n=0", 400, "PAGINATION_NUMBER_INVALID"),
        (f"{TAGS}?n=-1", 400, "PAGINATION_NUMBER_INVALID"),
        (f"{TAGS}?n=ten", 400, "PAGINATION_NUMBER_INVALID"),
        (f"{TAGS}?n={'9' * 5000}", 400, "PAGINATION_NUMBER_INVALID"),
        (f"{TAGS}?orderby=size", 400, "UNSUPPORTED"),
        (f"{TAGS}?digest=sha256:xyz", 400, "DIGEST_INVALID"),
        (f"{TAGS}/..%2Fa", 400, "TAG_INVALID"),
        (f"{TAGS}/9.9.9", 404, "TAG_UNKNOWN"),
        ("/acr/v1/shop%2Fapi/_manifests/a", 400, "DIGEST_INVALID"),
        (f"/acr/v1/shop%2Fapi/_manifests/{digest_of(b'')}", 404, "MANIFEST_UNKNOWN"),
    ],
)
async def test_what_makes_no_sense_is_refused(client, url, status, code):
    found, body, _ = await fetched(client, url)
    assert (found, body["errors"][0]["code"]) == (status, code)


@pytest.mark.parametrize("path", ["", "/_tags", "/_tags/a", "/_manifests"])
@pytest.mark.parametrize(("name", "code"), [("shop/none", "NAME_UNKNOWN"), ("Shop", "NAME_INVALID")])
async def test_an_unknown_or_impossible_repository_is_named_so(client, name, code, path):
    url = f"/acr/v1/{name.replace('/', '%2F')}{path}"
    async with client.get(url, headers=await reader(client, name)) as response:
        assert (await response.json())["errors"][0]["code"] == code


async def test_blobs_alone_make_no_repository(client, registry):
    registry.store.add_blob(Repository("shop/web"), digest_of(b"x"), InMemory(b"x"))
    async with client.get("/acr/v1/shop%2Fweb", headers=await reader(client, "shop/web")) as response:
        assert response.status == 404


async def test_an_index_counts_its_children_and_names_their_platforms(client, registry, small):
    whole = index([small])
    push_into(registry, "shop/api", whole, "d")
    _, body, _ = await fetched(client, f"/acr/v1/shop%2Fapi/_manifests/{whole.digest}")
    inside = len(small.manifest) + sum(content.size for content in small.blobs.values())
    assert body["manifest"]["imageSize"] == len(whole.manifest) + inside
    assert body["manifest"]["references"] == [{"digest": str(small.digest), "architecture": "amd64", "os": "linux"}]
    assert "architecture" not in body["manifest"]


async def test_an_artifact_has_no_platform(client, registry):
    signature = artifact("application/x.signature", b"\xff", payload_type="application/x", annotations={"a": "b"})
    push_into(registry, "shop/api", signature)
    _, body, _ = await fetched(client, f"/acr/v1/shop%2Fapi/_manifests/{signature.digest}")
    assert {"architecture", "os", "tags", "references"}.isdisjoint(body["manifest"])


async def test_a_moved_tag_keeps_when_it_was_made(client, registry, small):
    push_into(registry, "shop/api", index([small]), "b", AT + timedelta(days=1))
    _, body, _ = await fetched(client, f"{TAGS}/b")
    times = body["tag"]["createdTime"], body["tag"]["lastUpdateTime"]
    assert times == ("2026-03-04T05:06:07.1234560Z", "2026-03-05T05:06:07.1234560Z")


async def test_a_push_over_http_is_dated_by_the_registrys_clock(connect, small):
    registry = Registry("contosobase", auth=Acr(), missing_content="accept", clock=lambda: 0.0)
    client = await connect(registry)
    headers = {**await reader(client), "Content-Type": small.media_type}
    async with client.put("/v2/shop/api/manifests/1.0.0", data=small.manifest, headers=headers) as response:
        assert response.status == 201
    _, body, _ = await fetched(client, f"{TAGS}/1.0.0")
    assert datetime.fromisoformat(body["tag"]["createdTime"]) == registry.now()


async def test_what_is_deleted_is_named(client, registry, small):
    async with client.delete("/acr/v1/shop%2Fapi", headers=await reader(client)) as response:
        assert response.status == 202
        assert json.loads(await response.read()) == {
            "manifestsDeleted": [str(small.digest)],
            "tagsDeleted": ["a", "b", "c"],
        }
    assert not registry.store.knows(Repository("shop/api"))
