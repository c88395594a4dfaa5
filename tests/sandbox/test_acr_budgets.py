"""Budgets of requests: by kind and identity, refilled as time goes by."""

import pytest

from tests.sandbox.azure import Clock, bearer, refresh_token
from tui.sandbox.acr.budgets import Budgets
from tui.sandbox.auth import Acr
from tui.sandbox.images import push_into
from tui.sandbox.registry import Registry

TAGS = "/v2/shop/api/tags/list"
READ = "repository:shop/api:metadata_read"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def open_with(connect, small, clock):
    async def open_with(budgets):
        registry = Registry("contosobase", auth=Acr(open=True), budgets=budgets, clock=clock)
        push_into(registry, "shop/api", small, "1.0.0")
        return registry, await connect(registry)

    return open_with


async def answers(client, url, times, method="GET", headers=None):
    found = []
    for _ in range(times):
        async with client.request(method, url, headers=headers or {}) as response:
            found.append((response.status, response.headers.get("Retry-After")))
    return found


async def test_what_is_over_budget_is_told_how_long_to_wait(open_with):
    registry, client = await open_with(Budgets(reads=4))
    assert await answers(client, TAGS, 5) == [(200, None)] * 4 + [(429, "15")]
    assert registry.refused == {429: 1}


async def test_a_budget_fills_continuously(open_with, clock):
    _, client = await open_with(Budgets(reads=4))
    await answers(client, TAGS, 4)
    clock.now += 14
    assert await answers(client, TAGS, 1) == [(429, "1")]
    clock.now += 1
    assert await answers(client, TAGS, 2) == [(200, None), (429, "15")]


async def test_a_budget_never_fills_beyond_a_minutes_requests(open_with, clock):
    _, client = await open_with(Budgets(reads=2))
    clock.now += 3600
    assert [status for status, _ in await answers(client, TAGS, 3)] == [200, 200, 429]


async def test_nobody_waits_longer_than_a_minute(open_with):
    _, client = await open_with(Budgets(reads=0))
    assert await answers(client, TAGS, 1) == [(429, "60")]


async def test_each_identity_has_a_budget_of_its_own(open_with, clock):
    _, client = await open_with(Budgets(reads=1))
    ann, bob = [await bearer(client, READ, who) for who in ("ann", "bob")]
    clock.now += 60
    found = [await answers(client, TAGS, 2, headers=who) for who in (ann, bob, None)]
    assert found == [[(200, None), (429, "60")]] * 3


async def test_a_new_token_of_the_same_identity_brings_no_new_budget(open_with):
    _, client = await open_with(Budgets(reads=1))
    first, second = [await bearer(client, READ) for _ in range(2)]
    assert [(await answers(client, TAGS, 1, headers=each))[0][0] for each in (first, second)] == [200, 429]


@pytest.mark.parametrize(
    ("budgets", "method", "url"),
    [
        (Budgets(reads=1), "HEAD", "/v2/shop/api/manifests/1.0.0"),
        (Budgets(writes=1), "POST", "/v2/shop/api/blobs/uploads/"),
        (Budgets(referrers=1), "GET", "/v2/shop/api/referrers/sha256:" + "0" * 64),
        (Budgets(oauth=1), "GET", "/oauth2/token"),
    ],
)
async def test_each_kind_of_request_has_a_budget_of_its_own(open_with, budgets, method, url):
    _, client = await open_with(budgets)
    first, second = [status for status, _ in await answers(client, url, 2, method)]
    assert first != 429
    assert second == 429


@pytest.mark.parametrize("budgets", [Budgets(writes=0, referrers=0, oauth=0), None])
async def test_what_has_no_budget_is_without_limit(open_with, budgets):
    _, client = await open_with(budgets)
    assert await answers(client, TAGS, 20) == [(200, None)] * 20


async def test_tokens_are_bought_from_one_budget(open_with):
    registry, client = await open_with(Budgets(oauth=2))
    await refresh_token(client, "ann")
    await refresh_token(client, "bob")
    assert [status for status, _ in await answers(client, "/oauth2/token", 1)] == [429]
    assert registry.requests["POST", "exchange"] == 2


def test_premium_allows_what_azure_says():
    assert (Budgets.BASIC.reads, Budgets.BASIC.writes) == (5_000, 1_000)
    assert (Budgets.PREMIUM.reads, Budgets.PREMIUM.writes) == (10_000, 2_000)
