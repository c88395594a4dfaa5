"""`acr-import`: Azure copies the image, `direct` what accompanies it, and whatever Azure does not."""

import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.importing import FAILURE, StoreImporter
from tests.lab import Lab, laboratory, picture
from tui.domain.content import RawManifest
from tui.domain.environment import EngineName, Environment, Kind
from tui.domain.events import (
    BlobAdvanced,
    Event,
    LineLogged,
    PromotionFailed,
    PromotionRefused,
    PromotionStarted,
    PromotionSucceeded,
    Side,
    Step,
    StepStarted,
    TagMoved,
)
from tui.domain.plan import Keeping, Plan
from tui.domain.reference import Digest, Repository, Tag
from tui.engine.acr_import import AcrImportEngine
from tui.engine.direct import DirectEngine
from tui.ports.azure import ImportAdvanced
from tui.ports.errors import Forbidden, LoginError
from tui.registry.client import Endpoint, RegistryClient
from tui.registry.credentials import Anonymous
from tui.sandbox import images
from tui.sandbox.manifest import Manifest as Stored
from tui.usecases.planning import CannotPlan

IMAGE = "shop/api:1.0.0"
PATH = (
    Environment("base", "base", kind=Kind.ACR),
    Environment("dev", "dev", kind=Kind.ACR, record=False),
    Environment("oci", "oci", record=False),
)


@dataclass(frozen=True, slots=True)
class Port:
    """A laboratory in which Azure can import from base into dev."""

    lab: Lab
    azure: StoreImporter

    async def plan(self, engine: EngineName = EngineName.AUTO, target: str = "dev") -> Plan:
        return await self.lab.bench.plan(self.lab.request(IMAGE, target, engine=engine))

    @property
    def source_blobs(self) -> int:
        """How often the source was asked for the bytes of a blob."""
        return self.lab.registries["base"].requests["GET", "blob"]


@asynccontextmanager
async def port(tmp_path: Path, path: tuple[Environment, ...] = PATH) -> AsyncGenerator[Port, None]:
    async with laboratory(tmp_path, path) as lab:
        azure = StoreImporter(lab.registries)
        direct = DirectEngine(lab.tools.registries)
        engines = {
            EngineName.DIRECT: direct,
            EngineName.ACR_IMPORT: AcrImportEngine(azure, lab.tools.registries, direct),
        }
        lab.bench.tools = replace(lab.tools, engines=engines)
        yield Port(lab, azure)


def signed_index(lab: Lab) -> tuple[images.Image, images.Image]:
    """An index of two platforms in the base with a signature, as a referrer and under cosign's tag."""
    image = lab.push("base", "shop/api", "1.0.0", images.index([picture(1), picture(2, platform="linux/arm64")]))
    signature = images.artifact("application/vnd.example.signature", b"s", payload_type="text/plain", subject=image)
    lab.push("base", "shop/api", None, signature)
    lab.push("base", "shop/api", f"sha256-{image.digest.hex}.sig", picture(9))
    return image, signature


def steps(events: list[Event]) -> list[Step]:
    return [event.step for event in events if isinstance(event, StepStarted)]


def lines(events: list[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, LineLogged)]


async def test_one_import_carries_the_content_and_the_tag_is_pushed_last(tmp_path: Path) -> None:
    async with port(tmp_path) as here:
        image = here.lab.push("base", "shop/api", "1.0.0", images.index([picture(1), picture(2)]))
        plan = await here.plan()
        read_before = here.source_blobs
        events = await here.lab.promote(plan)
        assert await here.lab.held("dev", IMAGE) == image.digest
        (job,) = here.azure.jobs
        assert here.source_blobs == read_before
        assert here.lab.registries["dev"].requests["PUT", "manifest"] == 1
    assert (job.digest, job.tag, job.overwrites) == (image.digest, None, False)
    assert steps(events) == [Step.PULL, Step.PUSH, Step.TAG, Step.VERIFY]
    assert isinstance(events[0], PromotionStarted)
    assert events[0].engine == "acr-import"
    assert [event for event in events if isinstance(event, TagMoved)] == [TagMoved(None, image.digest)]
    assert isinstance(events[-1], PromotionSucceeded)


async def test_what_was_confirmed_is_overwritten(tmp_path: Path) -> None:
    async with port(tmp_path) as here:
        image = here.lab.push("base", "shop/api", "1.0.0", picture(1))
        here.lab.push("dev", "shop/api", "1.0.0", picture(2))
        await here.lab.promote(await here.plan())
        assert await here.lab.held("dev", IMAGE) == image.digest
        assert here.azure.jobs[0].overwrites


async def test_companions_follow_by_direct_and_the_tag_comes_last(tmp_path: Path) -> None:
    async with port(tmp_path) as here:
        image, signature = signed_index(here.lab)
        plan = await here.plan()
        served = here.source_blobs
        events = await here.lab.promote(plan)
        dev = here.lab.tools.registries[here.lab.environment("dev")]
        found = await dev.referrers(plan.request.repository, image.digest)
        assert await here.lab.held("dev", IMAGE) == image.digest
        assert await here.lab.held("dev", f"shop/api:sha256-{image.digest.hex}.sig") == picture(9).digest
        carried = here.source_blobs - served
    assert [item.digest for item in found] == [signature.digest]
    assert [job.tag for job in here.azure.jobs] == [None]
    assert carried == len(signature.blobs) + len(picture(9).blobs)
    of_image = {str(blob.digest) for blob in plan.tree.blobs}
    assert not of_image & {event.digest for event in events if isinstance(event, BlobAdvanced)}
    assert isinstance(events[-1], PromotionSucceeded)
    tag_at = next(at for at, event in enumerate(events) if isinstance(event, StepStarted) and event.step is Step.TAG)
    assert not any(isinstance(event, BlobAdvanced) for event in events[tag_at:])


async def test_what_the_index_brings_along_is_listed_for_its_subject_as_well(tmp_path: Path) -> None:
    platform = picture(1)
    attested = images.artifact("application/vnd.in-toto+json", b"{}", payload_type="text/plain", subject=platform)
    async with port(tmp_path) as here:
        here.lab.push("base", "shop/api", "1.0.0", images.index([platform, attested]))
        store = here.lab.registries["dev"].store
        put_manifest = store.put_manifest

        def unlisted(place: Repository, digest: Digest, manifest: Stored, *rest: Any) -> None:
            """Azure brings it, but forgets whose it is."""
            forgets = digest == attested.digest and here.azure.running
            put_manifest(place, digest, replace(manifest, subject=None) if forgets else manifest, *rest)

        store.put_manifest = unlisted  # type: ignore[method-assign]
        plan = await here.plan()
        events = await here.lab.promote(plan)
    assert plan.companions.count == 0
    assert isinstance(events[-1], PromotionSucceeded)


@pytest.mark.parametrize("is_tagged", [True, False])
async def test_what_is_there_is_not_imported(tmp_path: Path, is_tagged: bool) -> None:
    async with port(tmp_path) as here:
        image, signature = signed_index(here.lab)
        here.lab.push("dev", "shop/api", "1.0.0" if is_tagged else "other", image)
        plan = await here.plan()
        events = await here.lab.promote(plan)
        dev = here.lab.tools.registries[here.lab.environment("dev")]
        found = await dev.referrers(plan.request.repository, image.digest)
        assert await here.lab.held("dev", IMAGE) == image.digest
    assert not here.azure.jobs
    assert [item.digest for item in found] == [signature.digest]
    assert isinstance(events[-1], PromotionSucceeded)


async def test_azure_is_heard_when_something_changes_and_now_and_then(tmp_path: Path) -> None:
    async with port(tmp_path) as here:
        here.azure.states = tuple(
            ImportAdvanced(status, seconds)
            for status, seconds in [("Queued", 0), ("Running", 1), ("Running", 4), ("Running", 11), ("Succeeded", 13)]
        )
        here.lab.push("base", "shop/api", "1.0.0", picture(1))
        events = await here.lab.promote(await here.plan())
    told = [line for line in lines(events) if line.startswith("Azure: ")]
    assert told == ["Azure: Queued, 0 s", "Azure: Running, 1 s", "Azure: Running, 11 s", "Azure: Succeeded, 13 s"]


@pytest.mark.parametrize("error", [FAILURE, LoginError("run `az login`")])
async def test_what_auto_chose_goes_on_with_direct(tmp_path: Path, error: LoginError) -> None:
    async with port(tmp_path) as here:
        image, signature = signed_index(here.lab)
        here.azure.error = error
        plan = await here.plan()
        events = await here.lab.promote(plan)
        dev = here.lab.tools.registries[here.lab.environment("dev")]
        found = await dev.referrers(plan.request.repository, image.digest)
        assert await here.lab.held("dev", IMAGE) == image.digest
    assert f"acr-import: {error}; goes on with direct" in lines(events)
    assert [item.digest for item in found] == [signature.digest]
    assert isinstance(events[-1], PromotionSucceeded)


async def test_a_success_that_brought_nothing_goes_on_with_direct(tmp_path: Path) -> None:
    async with port(tmp_path) as here:
        image, _ = signed_index(here.lab)
        here.azure.copies = False
        events = await here.lab.promote(await here.plan())
        assert await here.lab.held("dev", IMAGE) == image.digest
    assert any("nothing came; goes on with direct" in line for line in lines(events))
    assert isinstance(events[-1], PromotionSucceeded)


@pytest.mark.parametrize("error", [FAILURE, LoginError("run `az login`")])
async def test_what_was_asked_for_by_name_fails_and_says_the_way_out(tmp_path: Path, error: LoginError) -> None:
    async with port(tmp_path) as here:
        here.lab.push("base", "shop/api", "1.0.0", picture(1))
        here.azure.error = error
        events = await here.lab.promote(await here.plan(EngineName.ACR_IMPORT))
        assert await here.lab.held("dev", IMAGE) is None
    assert isinstance(events[-1], PromotionFailed)
    assert events[-1].cause.endswith("; or use --engine direct")
    assert events[-1].side is (Side.ENGINE if isinstance(error, LoginError) else Side.TARGET)


async def test_the_settings_name_an_engine_as_well_as_the_command_does(tmp_path: Path) -> None:
    async with port(tmp_path, (PATH[0], replace(PATH[1], engine=EngineName.ACR_IMPORT))) as here:
        here.lab.push("base", "shop/api", "1.0.0", picture(1))
        here.azure.error = FAILURE
        assert isinstance((await here.lab.promote(await here.plan()))[-1], PromotionFailed)


@pytest.mark.parametrize("engine", [EngineName.AUTO, EngineName.ACR_IMPORT])
async def test_a_lost_answer_is_no_failure_where_the_content_came(tmp_path: Path, engine: EngineName) -> None:
    async with port(tmp_path) as here:
        image = here.lab.push("base", "shop/api", "1.0.0", picture(1))
        here.azure.lost = FAILURE
        events = await here.lab.promote(await here.plan(engine))
        assert here.source_blobs == 1  # the config, for the plan
    assert TagMoved(None, image.digest) in events
    assert isinstance(events[-1], PromotionSucceeded)


async def test_a_tag_that_moved_meanwhile_stays(tmp_path: Path) -> None:
    async with port(tmp_path) as here:
        signed_index(here.lab)
        events: list[Event] = []
        async for record in here.lab.promoting(await here.plan()):
            events.append(record.event)
            if isinstance(record.event, StepStarted) and record.event.step is Step.PUSH:
                here.lab.push("dev", "shop/api", "1.0.0", picture(7))
        assert await here.lab.held("dev", IMAGE) == picture(7).digest
    assert isinstance(events[-1], PromotionRefused)


class MayNotPush(RegistryClient):
    """A registry to whose manifests this login may add none; Azure itself still does."""

    async def push_manifest(self, repository: Repository, reference: Tag | Digest, manifest: RawManifest) -> None:
        raise Forbidden(f"push {reference}", self.endpoint.host, "no right to push")


@asynccontextmanager
async def port_without_push(tmp_path: Path) -> AsyncGenerator[Port, None]:
    async with port(tmp_path) as here:
        dev = here.lab.environment("dev")
        async with MayNotPush(Endpoint(dev.registry, plain_http=True), Anonymous()) as client:
            registries = {**here.lab.tools.registries, dev: client}
            direct = DirectEngine(registries)
            azure = AcrImportEngine(here.azure, registries, direct)
            engines = {EngineName.DIRECT: direct, EngineName.ACR_IMPORT: azure}
            here.lab.bench.tools = replace(here.lab.tools, registries=registries, engines=engines)
            yield here


async def test_who_may_import_but_not_push_has_azure_set_the_tag(tmp_path: Path) -> None:
    async with port_without_push(tmp_path) as here:
        image = here.lab.push("base", "shop/api", "1.0.0", picture(1))
        events = await here.lab.promote(await here.plan())
        assert await here.lab.held("dev", IMAGE) == image.digest
    assert [job.tag for job in here.azure.jobs] == [None, "1.0.0"]
    assert any("Azure is asked to set it" in line for line in lines(events))
    assert isinstance(events[-1], PromotionSucceeded)


async def test_a_tag_that_moves_before_azure_sets_it_stays(tmp_path: Path) -> None:
    async with port_without_push(tmp_path) as here:
        here.lab.push("base", "shop/api", "1.0.0", picture(1))
        here.lab.push("dev", "shop/api", "1.0.0", picture(2))
        events: list[Event] = []
        async for record in here.lab.promoting(await here.plan()):
            events.append(record.event)
            if any("Azure is asked to set it" in line for line in lines([record.event])):
                here.lab.push("dev", "shop/api", "1.0.0", picture(7))
        assert await here.lab.held("dev", IMAGE) == picture(7).digest
    assert isinstance(events[-1], PromotionRefused)


async def test_a_stopped_import_leaves_the_tag_whatever_azure_goes_on_with(tmp_path: Path) -> None:
    async with port(tmp_path) as here:
        here.lab.push("base", "shop/api", "1.0.0", picture(1))
        old = here.lab.push("dev", "shop/api", "1.0.0", picture(2))
        await stop_at(here, lambda event: event == LineLogged("Azure: Running, 0 s"))
        assert await here.lab.held("dev", IMAGE) == old.digest
    assert all(job.tag is None for job in here.azure.jobs)
    assert last_recorded(here.lab)[0][0] == "PromotionCancelled"


async def test_a_stop_while_azure_sets_the_tag_is_journalled_as_what_it_is(tmp_path: Path) -> None:
    async with port_without_push(tmp_path) as here:
        here.lab.push("base", "shop/api", "1.0.0", picture(1))
        here.azure.waits_with_tag = True
        await stop_at(here, lambda _: bool(here.azure.jobs) and here.azure.jobs[-1].tag is not None)
    ending, before = last_recorded(here.lab)
    assert ending[0] == "PromotionCancelled"
    assert "Azure may still end what it began" in before[1]


async def stop_at(here: Port, is_reached: Callable[[Event], bool]) -> None:
    """Runs a promotion that waits for Azure, and closes it at the first event for which `is_reached`."""
    here.azure.states = (ImportAdvanced("Running", 0.0),)
    if not here.azure.waits_with_tag:
        here.azure.gate.clear()
    records = here.lab.promoting(await here.plan())
    async for record in records:
        if is_reached(record.event):
            break
    await records.aclose()
    assert here.azure.running == 0


def last_recorded(lab: Lab) -> list[tuple[str, str]]:
    """The name and the document of the last two events in the journal, the last one first."""
    with closing(sqlite3.connect(lab.journal_file)) as connection:
        return connection.execute("SELECT event, document FROM events ORDER BY number DESC LIMIT 2").fetchall()


# -- the choice, and what the plan says of it ----------------------------------------------------------------------


async def test_auto_is_azures_own_copy_between_its_registries(tmp_path: Path) -> None:
    async with port(tmp_path) as here:
        here.lab.push("base", "shop/api", "1.0.0", images.index([picture(1), picture(2)]))
        forecast = (await here.plan()).forecast
    assert (forecast.engine, forecast.keeping, forecast.instead) == (EngineName.ACR_IMPORT, Keeping.KEPT, "")
    assert "all 2 platforms on its side" in forecast.sentence


async def test_between_other_registries_nothing_is_said_of_azure(tmp_path: Path) -> None:
    async with port(tmp_path, (Environment("base", "base"), Environment("oci", "oci"))) as here:
        here.lab.push("base", "shop/api", "1.0.0", picture(1))
        forecast = (await here.plan(target="oci")).forecast
    assert (forecast.engine, forecast.instead) == (EngineName.DIRECT, "")


async def test_from_azure_to_elsewhere_is_direct_unless_import_is_asked_for(tmp_path: Path) -> None:
    async with port(tmp_path) as here:
        here.lab.push("base", "shop/api", "1.0.0", picture(1))
        chosen = await here.plan(target="oci")
        asked = await here.plan(EngineName.ACR_IMPORT, "oci")
    assert (chosen.forecast.engine, chosen.forecast.instead) == (EngineName.DIRECT, "")
    (refusal,) = asked.refusals
    assert (refusal.gate, refusal.remedy) == ("engine", "use --engine direct")
    assert "oci is not an Azure registry" in refusal.reason


@pytest.mark.parametrize("refused", ["no rights seen", LoginError("run `az login`")])
async def test_what_azure_refuses_is_why_it_is_direct(tmp_path: Path, refused: str | LoginError) -> None:
    async with port(tmp_path) as here:
        here.lab.push("base", "shop/api", "1.0.0", picture(1))
        here.azure.refused = refused
        plan, asked = await here.plan(), await here.plan(EngineName.ACR_IMPORT)
    assert (plan.forecast.engine, plan.forecast.instead) == (EngineName.DIRECT, f"not acr-import: {refused}")
    assert not plan.refusals
    assert [verdict.reason for verdict in asked.refusals] == [str(refused)]


@pytest.mark.parametrize(("children", "is_imported"), [(49, True), (50, False)])
async def test_azure_imports_fifty_manifests_at_most(tmp_path: Path, children: int, is_imported: bool) -> None:
    async with port(tmp_path) as here:
        platforms = [picture(seed, layers=1, size=10) for seed in range(children)]
        image = here.lab.push("base", "shop/api", "1.0.0", images.index(platforms))
        plan = await here.plan()
        events = await here.lab.promote(plan)
        assert await here.lab.held("dev", IMAGE) == image.digest
    assert bool(here.azure.jobs) is is_imported
    assert isinstance(events[-1], PromotionSucceeded)
    if not is_imported:
        assert plan.forecast.instead == "not acr-import: the image has 51 manifests, and Azure imports at most 50"


async def test_within_one_registry_direct_mounts(tmp_path: Path) -> None:
    path = (Environment("base", "one", kind=Kind.ACR), Environment("dev", "one", "dev/", kind=Kind.ACR))
    async with port(tmp_path, path) as here:
        here.lab.push("base", "shop/api", "1.0.0", picture(1))
        forecast = (await here.plan()).forecast
    assert forecast.engine is EngineName.DIRECT
    assert "direct mounts" in forecast.instead


async def test_without_the_engine_the_plan_says_so(tmp_path: Path) -> None:
    async with port(tmp_path) as here:
        here.lab.bench.tools = here.lab.tools
        here.lab.push("base", "shop/api", "1.0.0", picture(1))
        assert (await here.plan()).forecast.instead == "not acr-import: it is not available here"
        with pytest.raises(CannotPlan, match="the engine acr-import is not available"):
            await here.plan(EngineName.ACR_IMPORT)
