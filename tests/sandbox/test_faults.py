"""Faults: each switched on while the registry runs, and off again."""

import asyncio

import aiohttp
import pytest

from tui.domain.content import digest_of
from tui.domain.reference import Repository
from tui.sandbox.auth import Bearer
from tui.sandbox.content import InMemory
from tui.sandbox.faults import Faults
from tui.sandbox.images import artifact, push_into
from tui.sandbox.manifests import LIMIT
from tui.sandbox.registry import Registry

TAGS = "/v2/shop/api/tags/list"
MANIFEST = "/v2/shop/api/manifests/1.0.0"


@pytest.fixture(autouse=True)
def _content(registry, small):
    push_into(registry, "shop/api", small, "1.0.0")
    push_into(registry, "shop/api", small, "1.0.1")
    push_into(registry, "shop/web", small, "1.0.0")


async def statuses(client, *urls):
    found = []
    for url in urls:
        async with client.get(url) as response:
            found.append(response.status)
    return found


async def test_the_next_requests_are_throttled_and_told_when_to_come_back(client, registry):
    registry.faults.throttled, registry.faults.retry_after = 1, 8
    async with client.get(TAGS) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "8")
        assert (await response.json())["errors"][0]["code"] == "TOOMANYREQUESTS"
    assert await statuses(client, TAGS) == [200]


async def test_a_budget_is_per_minute(connect, small):
    moments = iter([0.0, 0.0, 1.0, 2.0, 61.0])
    client = await connect(Registry("budget", faults=Faults(budget=2), clock=lambda: next(moments)))
    assert await statuses(client, *["/v2/"] * 4) == [200, 200, 429, 200]


def test_the_delay_varies_between_slow_and_slow_plus_jitter():
    faults = Faults(slow=0.03, jitter=0.05)
    delays = [faults.delay() for _ in range(50)]
    assert (round(min(delays), 6), round(max(delays), 6)) == (0.03, 0.08)


async def test_a_slow_registry_answers_all_the_same(client, registry):
    registry.faults.slow = 0.001
    assert await statuses(client, TAGS) == [200]


async def test_a_request_waits_as_long_as_the_fault_says(client, registry):
    registry.faults.slow = 3600.0
    with pytest.raises(asyncio.TimeoutError):
        await client.get(TAGS, timeout=aiohttp.ClientTimeout(total=0.02))


async def test_everybody_is_unauthorised_until_it_is_switched_off(client, registry):
    registry.faults.unauthorised = True
    assert await statuses(client, "/v2/", TAGS) == [401, 401]
    registry.faults.unauthorised = False
    assert await statuses(client, TAGS) == [200]


async def test_a_forbidden_repository_is_denied_and_no_other(client, registry):
    registry.faults.forbidden.add("shop/api")
    assert await statuses(client, TAGS, "/v2/shop/web/tags/list") == [403, 200]


async def test_the_next_requests_fail(client, registry):
    registry.faults.failing, registry.faults.failing_status = 2, 502
    assert await statuses(client, TAGS, TAGS, TAGS) == [502, 502, 200]


async def test_a_blob_is_cut_off_in_the_middle(client, registry):
    data = bytes(100_000)
    registry.store.add_blob(Repository("shop/api"), digest_of(data), InMemory(data))
    registry.faults.cut_off, registry.faults.cut_after = 1, 5000
    async with client.get(f"/v2/shop/api/blobs/{digest_of(data)}") as response:
        assert response.headers["Content-Length"] == "100000"
        assert await response.content.readexactly(5000) == data[:5000]
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.content.read()
    async with client.get(f"/v2/shop/api/blobs/{digest_of(data)}") as response:
        assert await response.read() == data


async def test_a_manifest_comes_with_other_bytes_than_its_digest_says(client, registry, small):
    registry.faults.wrong_manifests = True
    async with client.get(MANIFEST) as response:
        assert response.headers["Docker-Content-Digest"] == str(small.digest)
        assert digest_of(await response.read()) != small.digest


async def test_a_manifest_comes_oversized(client, registry):
    registry.faults.oversized_manifests = True
    async with client.get(MANIFEST) as response:
        assert len(await response.read()) > LIMIT


async def test_a_gateway_answers_html(client, registry):
    registry.faults.html = 1
    async with client.get(TAGS) as response:
        assert (response.status, response.content_type) == (200, "text/html")


async def test_a_link_leads_to_another_origin(client, registry):
    registry.faults.link_origin = "https://elsewhere.example"
    async with client.get(TAGS, params={"n": 1}) as response:
        assert response.headers["Link"].startswith("<https://elsewhere.example/v2/shop/api/tags/list?")


async def test_an_upload_goes_on_elsewhere(client, registry):
    registry.faults.location_origin = "https://elsewhere.example"
    async with client.post("/v2/shop/api/blobs/uploads/") as response:
        assert response.headers["Location"].startswith("https://elsewhere.example/v2/shop/api/blobs/uploads/")


async def test_a_blob_is_kept_elsewhere(client, registry):
    registry.faults.redirect_origin = "https://elsewhere.example"
    registry.store.add_blob(Repository("shop/api"), digest_of(b"x"), InMemory(b"x"))
    url = f"/v2/shop/api/blobs/{digest_of(b'x')}"
    async with client.get(url, allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (307, f"https://elsewhere.example{url}")


async def test_a_warning_comes_with_every_answer(client, registry):
    registry.faults.warning = "this registry moves"
    async with client.get(TAGS) as response:
        assert response.headers["Warning"] == '299 - "this registry moves"'


async def test_a_challenge_names_a_hostile_realm(connect):
    faults = Faults(realm="https://elsewhere.example/token")
    client = await connect(Registry("guarded", auth=Bearer("ann", "secret"), faults=faults))
    async with client.get("/v2/") as response:
        assert 'realm="https://elsewhere.example/token"' in response.headers["WWW-Authenticate"]


async def test_the_catalog_is_missing(client, registry):
    registry.faults.catalog_missing = True
    assert await statuses(client, "/v2/_catalog") == [404]


async def test_an_older_registry_has_no_referrers(client, registry, small):
    registry.faults.referrers_missing = True
    assert await statuses(client, f"/v2/shop/api/referrers/{small.digest}") == [404]
    attached = artifact("application/x", b"x", payload_type="text/plain", subject=small)
    push_into(registry, "shop/api", attached)
    url = f"/v2/shop/api/manifests/{attached.digest}"
    async with client.put(url, data=attached.manifest, headers={"Content-Type": attached.media_type}) as response:
        assert response.status == 201
        assert "OCI-Subject" not in response.headers


async def test_requests_are_counted_by_method_and_route(client, registry):
    await statuses(client, "/v2/", TAGS, TAGS)
    await client.head(MANIFEST)
    assert registry.requests == {("GET", "ping"): 1, ("GET", "tags"): 2, ("HEAD", "manifest"): 1}
