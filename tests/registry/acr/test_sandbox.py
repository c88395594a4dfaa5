"""The client and the sandbox's Azure Container Registry, each as the other's judge."""

import asyncio
import ssl
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.real import make_certificates
from tests.registry.acr.rig import API, DIGEST, LOGIN, OPERATOR, acr_client, catalog, fill, listed
from tests.registry.stub import Ears, serve
from tui.domain.locks import LockedPart
from tui.domain.notices import RetryScheduled
from tui.domain.reference import parse_repository, parse_tag
from tui.ports.errors import Forbidden, InvalidAnswer, NotFound, Unauthorised
from tui.registry.acr.client import AcrClient
from tui.registry.client import Endpoint, Limits
from tui.registry.credentials import Anonymous, CredentialSource, Static
from tui.sandbox.auth import Acr
from tui.sandbox.faults import Faults
from tui.sandbox.records import FREE, Attributes
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry
from tui.sandbox.store import Part

TAG, NOWHERE = parse_tag("1.0"), parse_repository("shop/none")
READER = Acr(guest=frozenset({"pull", "metadata_read"}))


def embedded(*tags: str, auth: Acr = LOGIN, page_limit: int = 1000) -> Registry:
    registry = Registry("contoso", auth=auth, page_limit=page_limit)
    fill(registry, API, tags or (TAG,))
    return registry


@asynccontextmanager
async def opened(
    registry: Registry, credentials: CredentialSource = OPERATOR, ears: Ears | None = None, limits: Limits | None = None
) -> AsyncGenerator[AcrClient, None]:
    async with serve_registry(registry) as host, acr_client(host, credentials, ears=ears, limits=limits) as client:
        yield client


def restrict(registry: Registry, part: Part, attributes: Attributes = replace(FREE, writable=False)) -> None:  # noqa: B008
    record = registry.store.record(API, part)
    assert record
    registry.store.set_record(API, part, replace(record, attributes=attributes))


async def test_2500_tags_are_three_pages_and_no_manifest() -> None:
    registry = embedded(*(f"1.{number}" for number in range(2500)))
    async with opened(registry) as client:
        pages = [page async for page in client.tags(API)]
    assert [len(page) for page in pages] == [1000, 1000, 500]
    assert {entry.digest for page in pages for entry in page} == {DIGEST}
    assert registry.requests["GET", "acr-tags"] == 3 + 1  # and the challenge
    assert not any(route == "manifest" for _, route in registry.requests)


async def test_a_page_is_never_larger_than_asked_for() -> None:
    async with opened(embedded("a", "b", "c"), limits=Limits(page_size=2)) as client:
        assert [len(page) async for page in client.tags(API)] == [2, 1]


async def test_tokens_are_shared_with_all_other_requests_and_kept() -> None:
    registry = embedded()
    async with opened(registry) as client:
        await listed(client)
        await listed(client)
        await client.write_lock(API, TAG)
    assert registry.requests["GET", "acr-token"] == 1


async def test_a_token_that_expires_between_two_pages_is_renewed() -> None:
    now = [0.0]
    registry = Registry("contoso", auth=replace(LOGIN, lifetime=60), page_limit=1, clock=lambda: now[0])
    fill(registry, API, ["a", "b"])
    async with opened(registry) as client:
        found: list[str] = []
        async for page in client.tags(API):
            found += [entry.tag for entry in page]
            now[0] += 61
    assert found == ["a", "b"]
    assert registry.requests["GET", "acr-token"] == 2


async def test_throttled_in_the_middle_of_a_list() -> None:
    registry, ears = embedded("a", "b", "c", page_limit=1), Ears()
    async with opened(registry, ears=ears) as client:
        found: list[str] = []
        async for page in client.tags(API):
            found += [entry.tag for entry in page]
            registry.faults.throttled = 1 if len(found) == 1 else 0
    assert found == ["a", "b", "c"]
    assert [notice.registry for notice in ears.of(RetryScheduled) if isinstance(notice, RetryScheduled)]


async def test_a_link_to_another_host_is_refused_and_that_host_hears_nothing() -> None:
    async with serve(lambda request: pytest.fail("asked")) as thief:
        registry = embedded("a", "b", page_limit=1)
        fill(registry, "shop/web", ["a"])
        registry.faults = Faults(link_origin=thief.url)
        async with opened(registry) as client:
            with pytest.raises(InvalidAnswer, match="another host"):
                await listed(client)
            with pytest.raises(InvalidAnswer, match="another host"):
                await catalog(client)
        assert not thief.requests


async def test_the_catalog_in_pages() -> None:
    registry = embedded(page_limit=2)
    for name in ("a", "b", "c"):
        fill(registry, name, ["1"])
    async with opened(registry) as client:
        assert await catalog(client) == ["a", "b", "c", API]


async def test_repository_roles_do_not_list_the_catalog_but_their_repositories() -> None:
    rights = {API: frozenset({"metadata_read", "pull"})}
    async with opened(embedded(auth=replace(LOGIN, repository_permissions=rights))) as client:
        with pytest.raises(Forbidden, match="list the repositories"):
            await catalog(client)
        assert set(await listed(client)) == {TAG}


async def test_a_wrong_password_is_no_missing_right() -> None:
    async with opened(embedded(), Static("operator", "wrong-wrong")) as client:
        with pytest.raises(Unauthorised):
            await catalog(client)


async def test_a_guest_lists_what_guests_may() -> None:
    async with opened(embedded(auth=READER), Anonymous()) as client:
        assert set(await listed(client)) == {TAG}
        with pytest.raises(Forbidden):
            await catalog(client)


async def test_no_such_repository() -> None:
    async with opened(embedded()) as client:
        with pytest.raises(NotFound):
            await listed(client, NOWHERE)


async def test_a_tag_is_locked_shown_locked_and_unlocked() -> None:
    async with opened(embedded()) as client:
        assert await client.write_lock(API, TAG) is None
        await client.lock(API, TAG)
        assert await client.write_lock(API, TAG) is LockedPart.TAG
        assert (await listed(client))[TAG].locked
        await client.unlock(API, TAG)
        assert await client.write_lock(API, TAG) is None
        assert not (await listed(client))[TAG].locked


async def test_a_locked_tag_cannot_be_deleted() -> None:
    registry = embedded()
    async with opened(registry) as client:
        await client.lock(API, TAG)
    record = registry.store.record(API, TAG)
    assert record
    assert record.attributes == Attributes(deletable=False, writable=False)


async def test_locking_leaves_what_else_is_restricted() -> None:
    registry = embedded()
    restrict(registry, TAG, replace(FREE, readable=False))
    async with opened(registry) as client:
        await client.lock(API, TAG)
        await client.unlock(API, TAG)
    record = registry.store.record(API, TAG)
    assert record
    assert record.attributes == replace(FREE, readable=False)


async def test_a_locked_repository_forbids_the_tag_that_is_not_there_yet() -> None:
    registry = embedded()
    restrict(registry, None)
    async with opened(registry) as client:
        assert await client.write_lock(API, parse_tag("2.0")) is LockedPart.REPOSITORY


async def test_nothing_forbids_what_is_not_there() -> None:
    async with opened(embedded()) as client:
        assert await client.write_lock(NOWHERE, TAG) is None


async def test_what_is_not_there_cannot_be_locked() -> None:
    async with opened(embedded()) as client:
        with pytest.raises(NotFound, match=r"lock shop/api:2\.0"):
            await client.lock(API, parse_tag("2.0"))


async def test_who_may_only_read_locks_nothing() -> None:
    registry = embedded(auth=READER)
    async with opened(registry, Anonymous()) as client:
        with pytest.raises(Unauthorised):
            await client.lock(API, TAG)
        assert await client.write_lock(API, TAG) is None


async def test_https_under_a_private_authority(tmp_path: Path) -> None:
    ca = make_certificates(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    async with (
        serve_registry(embedded("a", "b", page_limit=1), context) as host,
        AcrClient(Endpoint(host, ca_file=str(ca)), OPERATOR) as client,
    ):
        assert set(await listed(client)) == {"a", "b"}
        await client.lock(API, parse_tag("a"))


async def test_azure_is_imported_for_acrs_own_api_and_not_before() -> None:
    program = """
import asyncio, sys
from tests.registry.acr.rig import API, acr_client
from tui.domain.reference import parse_tag
def azure(): return sum(name.partition(".")[0] == "azure" for name in sys.modules)
async def main(host):
    async with acr_client(host) as client:
        await client.resolve(API, parse_tag("1.0"))
        before = azure()
        async for _ in client.tags(API): pass
        print(before, azure() > 0)
asyncio.run(main(sys.argv[1]))
"""
    async with serve_registry(embedded(auth=READER)) as host:
        command = [sys.executable, "-c", program, host]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == ["0", "True"], done.stderr
