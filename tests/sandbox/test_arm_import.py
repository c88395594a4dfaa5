"""Imports, asked for by the management client, and what they leave in the target's store."""

import asyncio
import base64
from dataclasses import replace

import aiohttp
import pytest
from azure.core.exceptions import ServiceRequestError, ServiceResponseError
from azure.mgmt.containerregistry import ContainerRegistryManagementClient as BlockingClient
from azure.mgmt.containerregistry.models import ImportSource

from tests.lab import picture
from tests.sandbox.armory import API, IMAGE, PLAIN, POLLED, BlockingCredential, open_desk
from tui.domain.content import digest_of
from tui.domain.reference import Repository, Tag
from tui.sandbox.arm import Failure, ImportRequest
from tui.sandbox.content import Spooled
from tui.sandbox.images import artifact, index, push_into
from tui.sandbox.records import Attributes


@pytest.fixture
async def desk():
    async with open_desk() as found:
        yield found


def lock(registry, part):
    record = registry.store.record(API, part)
    registry.store.set_record(API, part, replace(record, attributes=Attributes(writable=False)))


async def waited_for(condition):
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def test_an_image_arrives_whole_under_its_digest(desk):
    await desk.imported()
    manifest = desk.prod.store.manifest(API, IMAGE.digest)
    assert desk.held() == digest_of(manifest.data) == IMAGE.digest
    assert desk.prod.store.lacks(API, manifest) == []


async def test_a_blocking_client_imports_the_same(desk):
    def run():
        with BlockingClient(BlockingCredential(), desk.arm.subscription_id, base_url=desk.url) as client:
            wanted = desk.wanted()
            client.registries.begin_import_image("windlass", "prod", wanted, **PLAIN, **POLLED).result()

    await asyncio.to_thread(run)
    assert desk.held() == IMAGE.digest


async def test_a_tag_can_be_imported_and_renamed(desk):
    await desk.imported(desk.wanted(f"{API}:1.0", target_tags=["team/api:blue", "team/api:green"]))
    place = Repository("team/api")
    assert desk.prod.store.tags(place) == {"blue": IMAGE.digest, "green": IMAGE.digest}


async def test_an_index_comes_with_its_children(desk):
    children = [picture(2), picture(3, platform="linux/arm64")]
    whole = index(children)
    push_into(desk.test, API, whole, "2.0")
    await desk.imported(desk.wanted(f"{API}@{whole.digest}", target_tags=[f"{API}:2.0"]))
    assert desk.held("2.0") == whole.digest
    assert set(desk.prod.store.manifests(API)) == {whole.digest, *(each.digest for each in children)}


async def test_content_can_come_without_a_tag(desk):
    await desk.imported(desk.wanted(target_tags=None, untagged_target_repositories=[str(API)]))
    assert desk.prod.store.manifest(API, IMAGE.digest)
    assert desk.prod.store.tags(API) == {}


async def test_referrers_and_signature_tags_stay_behind(desk):
    sbom = artifact("application/spdx+json", b"{}", payload_type="application/spdx+json", subject=IMAGE)
    push_into(desk.test, API, sbom)
    push_into(desk.test, API, picture(9), f"sha256-{IMAGE.digest.hex}.sig")
    await desk.imported()
    assert len(desk.test.store.referrers(API, IMAGE.digest)) == 1
    assert desk.prod.store.referrers(API, IMAGE.digest) == {}
    assert list(desk.prod.store.tags(API)) == ["1.0"]


async def test_a_source_can_be_named_by_its_login_server(desk):
    source = ImportSource(registry_uri="127.0.0.1:5001", source_image=f"{API}:1.0")
    await desk.imported(desk.wanted(source=source))
    assert desk.held() == IMAGE.digest


async def test_an_import_within_a_registry_moves_no_bytes(desk):
    source = ImportSource(registry_uri="127.0.0.1:5002", source_image=f"{API}:1.0")
    push_into(desk.prod, API, IMAGE, "1.0")
    await desk.imported(desk.wanted(source=source, target_tags=["team/api:1.0"]))
    blob = next(iter(IMAGE.blobs))
    assert set(desk.prod.store.holders(blob)) == {API, "team/api"}


async def test_uploaded_bytes_outlive_the_source(desk):
    data = b"layer" * 1000
    digest = digest_of(data)
    path = desk.test.spool.new_file()
    path.write_bytes(data)
    blob = next(iter(IMAGE.blobs))
    manifest = desk.test.store.manifest(API, IMAGE.digest)
    desk.test.store.add_blob(API, digest, Spooled(path, len(data)))
    desk.test.store.put_manifest(API, IMAGE.digest, replace(manifest, blobs=(blob, digest)))
    await desk.imported()
    desk.test.store.delete_repository(API)
    assert not path.exists()
    assert b"".join(desk.prod.store.blob(API, digest).read(0, len(data))) == data


async def test_what_was_asked_is_written_down(desk):
    await desk.imported(desk.wanted(mode="Force"))
    image = f"{API}@{IMAGE.digest}"
    wanted = ImportRequest("prod", image, desk.test_id, None, (f"{API}:1.0",), (), "Force")
    assert desk.arm.imports == [wanted]


async def test_an_operation_names_both_addresses_where_it_is_asked_to(desk):
    desk.arm.names_status = True
    await desk.imported()
    assert desk.held() == IMAGE.digest
    assert desk.arm.requests["GET", "status"] > 0


async def test_the_state_in_words_is_running_and_then_succeeded(desk):
    desk.arm.names_status = desk.arm.faults.stuck = True
    poller = await desk.begin()
    waiting = asyncio.create_task(poller.wait())
    await waited_for(lambda: desk.arm.requests["GET", "status"] > 1)
    before, desk.arm.faults.stuck = poller.status(), False
    await waiting
    assert (before, poller.status()) == ("Running", "Succeeded")


async def test_an_import_ends_though_nobody_polls(desk):
    await desk.begin(polling=False)
    await waited_for(lambda: desk.held() == IMAGE.digest)
    assert desk.arm.requests["GET", "result"] == 0


async def test_an_operation_runs_for_as_long_as_it_has_to():
    now = [0.0]
    async with open_desk(duration=60, clock=lambda: now[0]) as desk:
        waiting = asyncio.create_task((await desk.begin()).wait())
        await waited_for(lambda: desk.arm.requests["GET", "result"] > 1)
        before, now[0] = desk.held(), 60.0
        await waiting
        assert (before, desk.held()) == (None, IMAGE.digest)


async def test_a_poller_can_be_taken_up_again_from_its_token(desk):
    desk.arm.faults.stuck = True
    token = (await desk.begin(polling=True)).continuation_token()
    desk.arm.faults.stuck = False
    again = await desk.begin(continuation_token=token)
    await again.result()
    assert (desk.held(), desk.arm.requests["POST", "imports"]) == (IMAGE.digest, 1)


async def test_the_token_of_a_poller_holds_no_login(desk):
    token = (await desk.begin()).continuation_token()
    assert b"a-token" not in base64.b64decode(token)


async def test_an_operation_answers_as_running_as_often_as_it_is_told(desk):
    desk.arm.faults.slow = 3
    await desk.imported()
    assert desk.arm.requests["GET", "result"] > 3


async def test_the_most_that_ran_at_once_is_known(desk):
    desk.arm.faults.stuck = True
    pollers = [await desk.begin(desk.wanted(target_tags=[f"{API}:{n}"])) for n in range(3)]
    desk.arm.faults.stuck = False
    for poller in pollers:
        await poller.result()
    await desk.imported()
    assert desk.arm.running_most == 3


async def test_a_poll_that_is_cut_off_is_asked_again(desk):
    desk.arm.faults.cut_off = 3
    await desk.imported()
    assert (desk.held(), desk.arm.faults.cut_off) == (IMAGE.digest, 0)


async def test_a_poll_that_may_not_be_asked_again_breaks(desk):
    desk.arm.faults.cut_off = 2  # the transport itself asks once more where a connection that it used before closes
    with pytest.raises((ServiceRequestError, ServiceResponseError)):
        await desk.imported(retry_total=0)


async def test_an_import_needs_a_role_at_the_target(desk):
    desk.arm.faults.forbid_import = True
    error = await desk.refused()
    assert (error.status_code, error.error.code) == (403, "AuthorizationFailed")
    assert "Microsoft.ContainerRegistry/registries/importImage/action" in error.message


async def test_an_import_needs_a_role_at_the_source(desk):
    desk.arm.faults.forbid_source = True
    error = await desk.refused()
    assert (error.status_code, error.error.code) == (403, "LinkedAuthorizationFailed")
    assert desk.test_id in error.message


async def test_without_force_a_tag_that_is_there_is_refused_before_anything_is_copied(desk):
    other = picture(5)
    push_into(desk.prod, API, other, "1.0")
    error = await desk.refused()
    assert (error.status_code, error.error.code) == (409, "Conflict")
    assert (desk.held(), desk.arm.operations) == (other.digest, {})


async def test_with_force_a_tag_that_is_there_is_moved(desk):
    push_into(desk.prod, API, picture(5), "1.0")
    await desk.imported(desk.wanted(mode="Force"))
    assert desk.held() == IMAGE.digest


@pytest.mark.parametrize("names_status", [False, True])
async def test_an_operation_can_end_in_failure(desk, names_status):
    desk.arm.names_status = names_status
    desk.arm.faults.fail_operation = Failure("InternalServerError", "the import came to nothing")
    error = await desk.refused()
    assert (error.error.code, error.error.message) == ("InternalServerError", "the import came to nothing")
    assert desk.prod.store.catalog() == []


@pytest.mark.parametrize("part", [Tag("1.0"), None])
async def test_a_lock_at_the_target_fails_the_operation(desk, part):
    other = picture(5)
    push_into(desk.prod, API, other, "1.0")
    lock(desk.prod, part)
    error = await desk.refused(desk.wanted(mode="Force"))
    assert error.error.code == "REGISTRY_DISALLOWED_OPERATION"
    assert list(desk.prod.store.manifests(API)) == [other.digest]


async def test_too_many_manifests_fail_the_operation(desk):
    whole = index([picture(2), picture(3)])
    push_into(desk.test, API, whole, "2.0")
    desk.arm.faults.max_manifests = 2
    assert (await desk.refused(desk.wanted(f"{API}:2.0"))).error.code == "TooManyManifests"


async def test_what_the_source_does_not_hold_fails_the_operation(desk):
    assert (await desk.refused(desk.wanted(f"{API}:gone"))).error.code == "ManifestUnknown"


@pytest.mark.parametrize(
    ("source", "status"),
    [
        (ImportSource(resource_id="/subscriptions/x", source_image=f"{API}:1.0"), 404),
        (ImportSource(registry_uri="elsewhere.example", source_image=f"{API}:1.0"), 404),
        (ImportSource(source_image=f"{API}:1.0"), 404),
        (ImportSource(registry_uri="127.0.0.1:5001", source_image="SHOP"), 400),
    ],
)
async def test_a_source_that_is_none_is_refused(desk, source, status):
    assert (await desk.refused(desk.wanted(source=source))).status_code == status


@pytest.mark.parametrize("fields", [{"target_tags": None}, {"target_tags": ["NAME:1"]}, {"mode": "Perhaps"}])
async def test_an_import_that_says_nothing_useful_is_refused(desk, fields):
    error = await desk.refused(desk.wanted(**fields))
    assert (error.status_code, error.error.code) == (400, "InvalidParameters")


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"source": {"sourceImage": 1}}', b'{"source": {}, "targetTags": "x"}'])
async def test_a_body_that_is_no_import_is_refused(desk, body):
    path = f"{desk.test_id}/importImage"
    async with aiohttp.ClientSession(desk.url, headers={"Authorization": "Bearer x"}) as session:
        response = await session.post(path, params={"api-version": "2025-11-01"}, data=body)
        assert response.status == 400
        assert (await response.json())["error"]["message"]
