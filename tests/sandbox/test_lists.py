"""Lists of tags, repositories and referrers, and their pages."""

import pytest

from tui.domain.media import OCI_INDEX
from tui.sandbox.images import artifact, index, push_into
from tui.sandbox.registry import Registry

TAGS = "/v2/shop/api/tags/list"


@pytest.fixture
def tags(registry, small):
    names = ["1.10.0", "1.9.0", "Latest", "a", "latest"]
    for name in reversed(names):
        push_into(registry, "shop/api", small, name)
    return names


async def json_of(client, url, **query):
    async with client.get(url, params=query) as response:
        assert response.status == 200
        return await response.json(content_type=None), response.headers


async def followed(client, url, key):
    rows, pages = [], 0
    while url:
        async with client.get(url) as response:
            rows += (await response.json())[key]
            link = response.headers.get("Link")
        url, pages = link and link[1 : link.index(">")], pages + 1
    return rows, pages


async def test_tags_come_in_ascii_order(client, tags):
    body, headers = await json_of(client, TAGS)
    assert body == {"name": "shop/api", "tags": tags}
    assert "Link" not in headers


async def test_a_page_links_to_the_next_relative_to_the_registry(client, tags):
    body, headers = await json_of(client, TAGS, n=2)
    assert body["tags"] == tags[:2]
    assert headers["Link"] == f'<{TAGS}?n=2&last=1.9.0>; rel="next"'


async def test_links_lead_through_every_tag(client, tags):
    assert await followed(client, f"{TAGS}?n=2", "tags") == (tags, 3)


async def test_the_last_full_page_has_no_link(client, tags):
    body, headers = await json_of(client, TAGS, n=2, last="a")
    assert body["tags"] == ["latest"]
    assert "Link" not in headers


async def test_last_need_not_be_a_tag(client, tags):
    body, _ = await json_of(client, TAGS, last="1.9.5")
    assert body["tags"] == tags[2:]


async def test_no_rows_are_asked_for_and_none_come(client, tags):
    body, headers = await json_of(client, TAGS, n=0)
    assert body["tags"] == []
    assert "Link" not in headers


@pytest.mark.parametrize("count", ["-1", "x", "", "²"])
async def test_a_count_that_is_none_is_refused(client, tags, count):
    async with client.get(TAGS, params={"n": count}) as response:
        assert response.status == 400


async def test_tags_of_an_unknown_repository_are_name_unknown(client):
    async with client.get(TAGS) as response:
        assert response.status == 404
        assert (await response.json())["errors"][0]["code"] == "NAME_UNKNOWN"


async def test_the_registry_caps_a_page_whatever_is_asked(connect, small):
    registry = Registry("capped", page_limit=3)
    client = await connect(registry)
    names = [f"1.{number}" for number in range(7)]
    for name in names:
        push_into(registry, "shop/api", small, name)
    assert await followed(client, f"{TAGS}?n=100", "tags") == (names, 3)


async def test_the_catalog_lists_repositories_in_pages(client, registry, small):
    names = ["platform/auth", "shop/api", "shop/web"]
    for name in names:
        push_into(registry, name, small, "1")
    assert await followed(client, "/v2/_catalog?n=2", "repositories") == (names, 2)


@pytest.fixture
def attached(registry, small):
    push_into(registry, "shop/api", small, "1.0.0")
    kinds = ("application/x-sbom", "application/x-signature")
    made = [
        artifact(kind, kind.encode(), payload_type="text/plain", subject=small, annotations={"kind": kind})
        for kind in kinds
    ]
    for each in made:
        push_into(registry, "shop/api", each)
    return made


async def test_referrers_are_an_index_of_what_is_attached(client, small, attached):
    body, headers = await json_of(client, f"/v2/shop/api/referrers/{small.digest}")
    assert headers["Content-Type"] == OCI_INDEX
    assert (body["schemaVersion"], body["mediaType"]) == (2, OCI_INDEX)
    assert {row["digest"] for row in body["manifests"]} == {str(each.digest) for each in attached}


async def test_a_row_carries_type_size_and_annotations(client, small, attached):
    body, _ = await json_of(client, f"/v2/shop/api/referrers/{small.digest}")
    row = next(row for row in body["manifests"] if row["digest"] == str(attached[0].digest))
    assert row["artifactType"] == "application/x-sbom"
    assert row["annotations"] == {"kind": "application/x-sbom"}
    assert row["size"] == len(attached[0].manifest)


async def test_the_filter_is_applied_and_acknowledged(client, small, attached):
    url = f"/v2/shop/api/referrers/{small.digest}"
    body, headers = await json_of(client, url, artifactType="application/x-signature")
    assert headers["OCI-Filters-Applied"] == "artifactType"
    assert [row["digest"] for row in body["manifests"]] == [str(attached[1].digest)]


async def test_nothing_attached_is_an_empty_index_even_in_no_repository(client, small):
    body, headers = await json_of(client, f"/v2/shop/none/referrers/{small.digest}")
    assert body["manifests"] == []
    assert "OCI-Filters-Applied" not in headers


async def test_referrers_of_no_digest_are_refused(client):
    async with client.get("/v2/shop/api/referrers/latest") as response:
        assert response.status == 400


async def test_referrers_come_in_pages_too(connect, small, attached, registry):
    registry.page_limit = 1
    client = await connect(registry)
    rows, pages = await followed_index(client, f"/v2/shop/api/referrers/{small.digest}")
    assert (len(rows), pages) == (2, 2)


async def followed_index(client, url):
    rows, pages = [], 0
    while url:
        body, headers = await json_of(client, url)
        link = headers.get("Link")
        rows, pages = rows + body["manifests"], pages + 1
        url = link and link[1 : link.index(">")]
    return rows, pages


async def test_a_deleted_referrer_is_listed_no_more(client, small, attached):
    await client.delete(f"/v2/shop/api/manifests/{attached[0].digest}")
    body, _ = await json_of(client, f"/v2/shop/api/referrers/{small.digest}")
    assert len(body["manifests"]) == 1


async def test_the_config_stands_in_for_an_absent_artifact_type(client, registry, small):
    whole = index([small])
    push_into(registry, "shop/api", whole)
    plain = artifact("", b"x", payload_type="text/plain", subject=whole)
    push_into(registry, "shop/api", plain)
    body, _ = await json_of(client, f"/v2/shop/api/referrers/{whole.digest}")
    assert body["manifests"][0]["artifactType"] == "application/vnd.oci.empty.v1+json"


async def test_ping_names_the_api(client):
    body, headers = await json_of(client, "/v2/")
    assert body == {}
    assert headers["Docker-Distribution-API-Version"] == "registry/2.0"


@pytest.mark.parametrize(("method", "url"), [("GET", "/v2/shop"), ("POST", "/v2/_catalog")])
async def test_what_there_is_not_is_unsupported(client, method, url):
    async with client.request(method, url) as response:
        assert response.status in {404, 405}
        assert (await response.json())["errors"][0]["code"] == "UNSUPPORTED"
