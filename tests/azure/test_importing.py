"""Imports through the real management client: by digest, watched, resumed, bounded, and refused in a sentence."""

import asyncio

import pytest
from aiohttp import web

from tests.azure.desk import BASE, IMAGE, PLACE, PROD, SECRET, VERSION, FixedLogin, desk, job
from tui.azure.arm import MOST_RUNNING, QUEUED, Arm
from tui.azure.clouds import cloud_at
from tui.azure.importers import ByTarget
from tui.domain.environment import Environment
from tui.domain.events import Side
from tui.domain.notices import RetryScheduled
from tui.domain.reference import Tag
from tui.ports.errors import ImportFailed, LoginError
from tui.sandbox.arm import Failure


@pytest.mark.parametrize("names_status", [False, True])
async def test_an_image_arrives_under_its_tag(names_status):
    async with desk(names_status=names_status) as made:
        told = await made.run(job())
        assert made.held() == IMAGE.digest
        assert told[-1].status == "Succeeded"
        assert [item.seconds for item in told] == sorted(item.seconds for item in told)


async def test_it_is_asked_for_by_digest_from_the_source_by_its_id():
    async with desk() as made:
        await made.run(job())
        (asked,) = made.arm.imports
        assert asked.source_image == f"{PLACE}@{IMAGE.digest}"
        assert asked.resource_id
        assert asked.resource_id.endswith("/registries/contosobase")
        assert (asked.registry_uri, asked.target_tags, asked.mode) == (None, (f"{PLACE}:{VERSION}",), "NoForce")


async def test_without_a_tag_only_the_content_is_copied():
    async with desk() as made:
        await made.run(job(tag=None))
        assert (made.arm.imports[0].target_tags, made.arm.imports[0].untagged) == ((), (PLACE,))
        assert made.held() is None
        assert made.prod.store.resolve(PLACE, IMAGE.digest) == IMAGE.digest


async def test_a_tag_that_is_there_is_overwritten_only_where_that_was_confirmed():
    async with desk() as made:
        await made.run(job())
        with pytest.raises(ImportFailed, match=r"shop/api:1\.0\.0 is there already .* confirm the move"):
            await made.run(job())
        await made.run(job(overwrites=True))
        assert made.arm.imports[-1].mode == "Force"


async def test_every_look_is_told():
    async with desk() as made:
        made.arm.faults.slow = 4
        told = await made.run(job())
        assert [item.status for item in told] == ["InProgress"] * (len(told) - 1) + ["Succeeded"]
        assert len(told) > 4


async def test_a_connection_that_breaks_is_taken_up_again_without_a_second_import(monkeypatch):
    quick(monkeypatch)
    async with desk() as made:
        made.arm.faults.cut_off = 12  # more than one look tries
        told = await made.run(job())
        assert told[-1].status == "Succeeded"
        assert made.held() == IMAGE.digest
        assert len(made.arm.imports) == 1
        assert {item.operation for item in made.notices if isinstance(item, RetryScheduled)} == {"look after an import"}


async def test_a_throttled_beginning_is_waited_for_and_begun_once():
    async with desk() as made:
        await made.client.refusal(BASE, PROD)
        made.arm.faults.throttled, made.arm.faults.retry_after = 1, 0
        await made.run(job())
        assert len(made.arm.imports) == 1
        (told,) = made.notices
        assert isinstance(told, RetryScheduled)
        assert told.operation == "begin an import"


async def test_throttled_to_the_end_says_what_else_can_be_done():
    async with desk() as made:
        await made.client.refusal(BASE, PROD)
        made.arm.faults.throttled, made.arm.faults.retry_after = 1, 600
        with pytest.raises(ImportFailed, match=r'Azure asks to wait .* engine = "direct"'):
            await made.run(job())
        assert made.arm.imports == []


async def test_only_so_many_run_at_once_and_the_others_say_that_they_wait():
    async with desk() as made:
        tags = [Tag(f"v{number}") for number in range(2 * MOST_RUNNING)]
        told = await asyncio.gather(*(made.run(job(tag=tag)) for tag in tags))
        assert made.arm.running_most == MOST_RUNNING
        assert sum(items[0].status == QUEUED for items in told) == MOST_RUNNING
        assert {made.held(tag) for tag in tags} == {IMAGE.digest}


async def test_closing_stops_the_waiting_and_makes_room():
    async with desk() as made:
        made.arm.faults.stuck = True
        for _ in range(MOST_RUNNING):
            stuck = made.client.run(job(overwrites=True))
            await anext(stuck)
            await stuck.aclose()
        made.arm.faults.stuck = False
        told = await made.run(job(overwrites=True))
        assert told[0].status != QUEUED


async def test_registries_are_looked_up_once_for_many_imports():
    async with desk() as made:
        await asyncio.gather(*(made.run(job(tag=Tag(f"v{number}"))) for number in range(5)))
        assert made.arm.requests["GET", "subscriptions"] == 1
        assert made.arm.requests["GET", "registries"] == 1


FORBIDDEN = (
    r"may not import into contosoprod\.azurecr\.io: `az role assignment create --role "
    r'"Container Registry Data Importer and Data Reader" .*/registries/contosoprod`'
)
UNREADABLE = r"may not read contosobase\.azurecr\.io through Azure: `az role assignment .*/registries/contosobase`"


@pytest.mark.parametrize(
    ("fault", "value", "side", "sentence"),
    [
        ("forbid_import", True, Side.TARGET, FORBIDDEN),
        ("forbid_source", True, Side.SOURCE, UNREADABLE),
        ("unauthorised", True, Side.TARGET, "does not take the login .*: run `az login`"),
        ("max_manifests", 0, Side.SOURCE, 'at most 50 manifests .* use engine = "direct"'),
        (
            "fail_operation",
            Failure("InvalidParameters", "Error copying blobs."),
            Side.TARGET,
            "Error copying blobs .Inv",
        ),
        ("fail_operation", Failure("Gone", "the source is\x1b[31m red"), Side.SOURCE, "the source is\ufffd.31m red"),
    ],
)
@pytest.mark.parametrize("names_status", [False, True])
async def test_what_azure_refuses_is_one_sentence(fault, value, side, sentence, names_status):
    async with desk(names_status=names_status) as made:
        await made.client.refusal(BASE, PROD)
        setattr(made.arm.faults, fault, value)
        with pytest.raises(ImportFailed, match=sentence) as caught:
            await made.run(job())
        assert caught.value.side is side
        assert SECRET not in str(caught.value)
        assert made.held() is None


async def test_a_token_that_azure_quotes_is_not_shown():
    async with desk() as made:
        made.arm.faults.fail_operation = Failure("Bad", f"refused: Bearer {SECRET}")
        with pytest.raises(ImportFailed) as caught:
            await made.run(job())
        assert SECRET not in str(caught.value)
        assert "•••" in str(caught.value)


async def test_a_beginning_without_an_answer_is_not_tried_again(aiohttp_servers):
    begun = []

    async def answer(request):
        if request.method == "POST":
            begun.append(request.path)
            request.transport.abort()
            return web.Response()
        return web.json_response(rows(request))

    with pytest.raises(ImportFailed, match="nobody knows whether Azure began: look at the target"):
        await run_against(await aiohttp_servers(answer))
    assert len(begun) == 1


async def test_an_operation_on_another_host_is_not_shown_the_token(aiohttp_servers):
    seen = []

    async def elsewhere(request):
        seen.append(request.path)
        return web.Response()

    there = await aiohttp_servers(elsewhere)

    async def answer(request):
        if request.method == "POST":
            return web.Response(status=202, headers={"Location": f"{there}/operation"})
        return web.json_response(rows(request))

    with pytest.raises(ImportFailed, match=r"refers to 127\.0\.0\.1, which is not to see the login"):
        await run_against(await aiohttp_servers(answer))
    assert seen == []


async def test_an_import_of_which_nothing_is_heard_is_given_up(aiohttp_servers, monkeypatch):
    quick(monkeypatch)
    monkeypatch.setattr("tui.azure.operation.PATIENCE", 0.1)

    async def answer(request):
        if request.method == "POST":
            return web.Response(status=202, headers={"Location": str(request.url.with_path("/operation"))})
        return web.Response(status=503) if request.path == "/operation" else web.json_response(rows(request))

    with pytest.raises(ImportFailed, match=r"Azure has not said .*it answers 503.*; Azure may still end it"):
        await run_against(await aiohttp_servers(answer))


async def test_nothing_is_refused_that_can_be_tried():
    async with desk() as made:
        assert await made.client.refusal(BASE, PROD) == ""


@pytest.mark.parametrize(
    ("source", "target", "named"),
    [(Environment("x", "other.azurecr.io"), PROD, "other"), (BASE, Environment("x", "other.azurecr.io"), "other")],
)
async def test_a_registry_that_azure_does_not_show_is_named(source, target, named):
    async with desk() as made:
        refusal = await made.client.refusal(source, target)
        assert refusal.startswith(f"{named}.azurecr.io is not among the registries that this login sees")


async def test_a_source_of_another_tenant_is_asked_for_by_its_address():
    async with desk(knows_base=False) as made:
        with pytest.raises(ImportFailed, match="ResourceNotFound"):
            await made.run(job())
        assert made.arm.imports[0].registry_uri == BASE.registry


async def test_an_import_into_an_unknown_registry_fails_before_it_is_asked_for():
    async with desk() as made:
        other = Environment("x", "other.azurecr.io")
        with pytest.raises(ImportFailed, match=r"other\.azurecr\.io is not among"):
            await made.run(job_into(other))
        assert made.arm.imports == []


async def test_permissions_for_single_repositories_are_refused():
    async with desk(is_abac=True) as made:
        assert "ABAC" in await made.client.refusal(BASE, PROD)


async def test_a_failed_login_is_a_refusal_and_forgotten_after_a_while():
    async with desk() as made:
        made.login.failure = "run `az login`"
        assert (await made.client.refusal(BASE, PROD)).endswith("run `az login`")
        made.login.failure = ""
        assert (await made.client.refusal(BASE, PROD)).endswith("run `az login`")
        assert len(made.login.scopes) == 1
        made.now += 31
        assert await made.client.refusal(BASE, PROD) == ""


async def test_a_failed_login_ends_an_import_as_it_is():
    async with desk() as made:
        made.login.failure = "run `az login`"
        with pytest.raises(LoginError, match="run `az login`"):
            await made.run(job())


async def test_each_target_has_its_importer_or_a_sentence():
    async with desk() as made:
        importer = ByTarget(lambda environment: made.client if environment == PROD else "it wants anonymous access")
        assert await importer.refusal(BASE, PROD) == ""
        assert await importer.refusal(PROD, BASE) == "it wants anonymous access"
        assert [item async for item in importer.run(job())]
        with pytest.raises(ImportFailed, match="it wants anonymous access"):
            await anext(importer.run(job_into(BASE)))


def job_into(target):
    made = job()
    return type(made)(made.source, target, made.origin, made.place, made.digest, made.tag)


def rows(request):
    """A subscription, or the two registries in it."""
    if request.path == "/subscriptions":
        return {"value": [{"subscriptionId": "s"}]}
    return {"value": [row("contosobase"), row("contosoprod")]}


def row(name):
    identity = f"/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/{name}"
    return {"id": identity, "name": name, "properties": {"loginServer": f"{name}.azurecr.io"}, "sku": {"name": "Basic"}}


async def run_against(base_url):
    client = Arm(FixedLogin(), cloud_at(base_url), interval=0.02)
    try:
        return [item async for item in client.run(job())]
    finally:
        await client.close()


def quick(monkeypatch):
    """Lets no test sit out the waits between tries."""
    monkeypatch.setattr("tui.azure.pipeline._FIRST_DELAY", 0.001)
