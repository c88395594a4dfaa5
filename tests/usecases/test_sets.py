"""Many promotions as one set: within bounds, the content of all first, the tags last, and none stops another."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.importing import FAILURE, StoreImporter
from tests.lab import Lab, laboratory, picture
from tui.domain.environment import EngineName, Environment, Kind
from tui.domain.events import (
    EngineEvent,
    PromotionCancelled,
    PromotionFailed,
    PromotionRefused,
    PromotionSucceeded,
    Recorded,
    Step,
    StepStarted,
    TagMoved,
)
from tui.domain.plan import Forecast, Plan, Request, Tree, consent_to
from tui.domain.reference import Reference, Repository
from tui.engine.acr_import import AcrImportEngine
from tui.engine.direct import DirectEngine
from tui.journal.turns import Turns
from tui.ports.errors import JournalError
from tui.usecases.sets import COPIES_AT_ONCE, IMPORTS_AT_ONCE
from tui.usecases.tools import Tools

PATH = tuple(Environment(name, name, kind=Kind.ACR) for name in ("base", "dev"))


@dataclass(slots=True)
class Pushing:
    """Stands for a Docker Engine: its push writes content and tag in one. It counts how many run at a time."""

    direct: DirectEngine
    name: EngineName = EngineName.DOCKER
    running: int = 0
    most: int = 0

    async def forecast(self, request: Request, tree: Tree) -> Forecast:
        return replace(await self.direct.forecast(request, tree), engine=self.name)

    async def run(self, plan: Plan) -> AsyncGenerator[EngineEvent, None]:
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            yield StepStarted(Step.PULL)
            yield StepStarted(Step.PUSH)
            async with aclosing(self.direct.run(plan)) as events:
                async for event in events:
                    if not isinstance(event, StepStarted):
                        yield event
        finally:
            self.running -= 1


@dataclass(frozen=True, slots=True)
class Quay:
    """A laboratory in which many images wait in the base."""

    lab: Lab
    azure: StoreImporter

    async def plans(self, *engines: EngineName) -> list[Plan]:
        """A plan for an image of its own by each of `engines`."""
        plans: list[Plan] = []
        for at, engine in enumerate(engines):
            self.lab.push("base", "shop/api", f"1.{at}", picture(at, layers=1, size=50))
            plans.append(await self.lab.bench.plan(self.lab.request(f"shop/api:1.{at}", "dev", engine=engine)))
        return plans

    def with_docker(self) -> Pushing:
        """A Docker Engine is there from now on."""
        tools = self.lab.bench.tools
        assert isinstance(tools, Tools)
        pushing = Pushing(DirectEngine(tools.registries))
        self.lab.bench.tools = replace(tools, engines={**tools.engines, EngineName.DOCKER: pushing})
        return pushing

    async def promote(self, plans: Sequence[Plan]) -> list[Recorded]:
        return [record async for record in self.lab.bench.promote_all(plans, consent_to(plans))]


@asynccontextmanager
async def quay(tmp_path: Path) -> AsyncGenerator[Quay, None]:
    async with laboratory(tmp_path, PATH) as lab:
        azure, direct = StoreImporter(lab.registries), DirectEngine(lab.tools.registries)
        engines = {
            EngineName.DIRECT: direct,
            EngineName.ACR_IMPORT: AcrImportEngine(azure, lab.tools.registries, direct),
        }
        lab.bench.tools = replace(lab.tools, engines=engines)
        yield Quay(lab, azure)


def writing(records: Sequence[Recorded]) -> int:
    """How many came as far as the step that writes the tag."""
    return sum(isinstance(record.event, StepStarted) and record.event.step is Step.TAG for record in records)


def endings(records: Sequence[Recorded]) -> dict[Reference, type]:
    return {record.target: type(record.event) for record in records}


async def test_imports_run_side_by_side_up_to_a_number(tmp_path: Path) -> None:
    async with quay(tmp_path) as here:
        plans = await here.plans(*[EngineName.AUTO] * (IMPORTS_AT_ONCE + 5))
        here.azure.gate.clear()
        work = asyncio.create_task(here.promote(plans))
        async with asyncio.timeout(20):
            while here.azure.running < IMPORTS_AT_ONCE:
                await asyncio.sleep(0)
        here.azure.gate.set()
        records = await work
    assert here.azure.most == IMPORTS_AT_ONCE
    assert endings(records) == {plan.target: PromotionSucceeded for plan in plans}


async def test_no_tag_is_written_before_the_content_of_all_is_there(tmp_path: Path) -> None:
    async with quay(tmp_path) as here:
        plans = await here.plans(*[EngineName.DIRECT] * (COPIES_AT_ONCE + 5), EngineName.AUTO)
        here.azure.gate.clear()
        records: list[Recorded] = []
        async for record in here.lab.bench.promote_all(plans, consent_to(plans)):
            records.append(record)
            if is_moved := isinstance(record.event, TagMoved):
                assert here.azure.gate.is_set()
            if not is_moved and writing(records) == COPIES_AT_ONCE + 5:
                here.azure.gate.set()
    assert endings(records) == {plan.target: PromotionSucceeded for plan in plans}


@dataclass(slots=True)
class Slow:
    """A registry that shows its tag `1.0` only when it may."""

    registry: object
    may_show: asyncio.Event

    def __getattr__(self, name: str) -> object:
        return getattr(self.registry, name)

    async def fetch_manifest(self, repository: Repository, reference: object) -> object:
        if reference == "1.0":
            await self.may_show.wait()
        return await self.registry.fetch_manifest(repository, reference)  # type: ignore[attr-defined]


async def test_one_that_finds_its_tag_right_holds_up_no_other_while_it_is_looked_at(tmp_path: Path) -> None:
    async with quay(tmp_path) as here:
        await here.promote(await here.plans(EngineName.DIRECT))
        plans = await here.plans(EngineName.DIRECT, EngineName.DIRECT)
        dev, tools = here.lab.environment("dev"), here.lab.bench.tools
        assert isinstance(tools, Tools)
        slow = Slow(tools.registries[dev], asyncio.Event())
        here.lab.bench.tools = replace(tools, registries={**tools.registries, dev: slow})  # type: ignore[dict-item]
        records: list[Recorded] = []
        async with asyncio.timeout(10):
            async for record in here.lab.bench.promote_all(plans, consent_to(plans)):
                records.append(record)
                if isinstance(record.event, TagMoved):
                    slow.may_show.set()
    assert endings(records) == {plan.target: PromotionSucceeded for plan in plans}


async def test_a_tag_that_another_process_keeps_stops_no_other(tmp_path: Path) -> None:
    async with quay(tmp_path) as here:
        plans = await here.plans(EngineName.DIRECT, EngineName.DIRECT)
        turns = Turns(tmp_path / "turns", patience=0.1)
        here.lab.tools.journal.holding = turns.holding  # type: ignore[method-assign]
        async with turns.holding(plans[0].target):
            records = await here.promote(plans)
    assert endings(records) == {plans[0].target: PromotionFailed, plans[1].target: PromotionSucceeded}


async def test_a_single_plan_waits_for_nobody(tmp_path: Path) -> None:
    async with quay(tmp_path) as here:
        assert endings(await here.promote(await here.plans(EngineName.DIRECT))).popitem()[1] is PromotionSucceeded


async def test_one_that_is_refused_stops_no_other(tmp_path: Path) -> None:
    async with quay(tmp_path) as here:
        plans = await here.plans(EngineName.DIRECT, EngineName.DIRECT, EngineName.AUTO, EngineName.AUTO)
        here.lab.push("base", "shop/api", "1.0", picture(99))
        records = await here.promote(plans)
    assert [endings(records)[plan.target] for plan in plans] == [PromotionRefused] + [PromotionSucceeded] * 3


async def test_one_that_fails_with_its_content_holds_up_no_other(tmp_path: Path) -> None:
    async with quay(tmp_path) as here:
        plans = await here.plans(*[EngineName.DIRECT] * 3)
        here.lab.registries["base"].store.delete_blob(Repository("shop/api"), plans[0].tree.blobs[-1].digest)
        records = await here.promote(plans)
        assert await here.lab.held("dev", "shop/api:1.0") is None
    assert [endings(records)[plan.target] for plan in plans] == [PromotionFailed] + [PromotionSucceeded] * 2


async def test_an_import_that_fails_stops_no_other(tmp_path: Path) -> None:
    async with quay(tmp_path) as here:
        plans = await here.plans(EngineName.ACR_IMPORT, EngineName.ACR_IMPORT, EngineName.DIRECT, EngineName.DIRECT)
        here.azure.error = FAILURE
        records = await here.promote(plans)
    assert [endings(records)[plan.target] for plan in plans] == [PromotionFailed] * 2 + [PromotionSucceeded] * 2


async def test_what_azure_does_not_import_is_copied_and_the_tags_are_last(tmp_path: Path) -> None:
    async with quay(tmp_path) as here:
        plans = await here.plans(*[EngineName.AUTO] * (IMPORTS_AT_ONCE + 5))
        here.azure.error = FAILURE
        records = await here.promote(plans)
    moved = [at for at, record in enumerate(records) if isinstance(record.event, TagMoved)]
    assert writing(records[: moved[0]]) == len(plans)
    assert endings(records) == {plan.target: PromotionSucceeded for plan in plans}


async def test_what_a_docker_engine_pushes_follows_one_another_and_waits_for_no_content(tmp_path: Path) -> None:
    async with quay(tmp_path) as here:
        pushing = here.with_docker()
        plans = await here.plans(EngineName.DOCKER, EngineName.AUTO, EngineName.DOCKER)
        here.azure.gate.clear()
        records: list[Recorded] = []
        async for record in here.lab.bench.promote_all(plans, consent_to(plans)):
            records.append(record)
            if record.target == plans[2].target and isinstance(record.event, PromotionSucceeded):
                here.azure.gate.set()
    assert endings(records) == {plan.target: PromotionSucceeded for plan in plans}
    assert (pushing.running, pushing.most) == (0, 1)


async def test_a_read_only_session_refuses_all_of_them(tmp_path: Path) -> None:
    async with quay(tmp_path) as here:
        plans = await here.plans(EngineName.AUTO, EngineName.AUTO)
        here.lab.bench.read_only = True
        records = await here.promote(plans)
    assert endings(records) == {plan.target: PromotionRefused for plan in plans}


async def test_stopping_stops_all_of_them_and_each_is_journalled(tmp_path: Path) -> None:
    async with quay(tmp_path) as here:
        plans = await here.plans(EngineName.AUTO, EngineName.AUTO)
        here.azure.gate.clear()
        told: list[Recorded] = []
        journal = here.lab.tools.journal
        record_whole = journal.record

        async def record(event: Recorded) -> None:
            told.append(event)
            await record_whole(event)

        journal.record = record  # type: ignore[method-assign]
        records = here.lab.bench.promote_all(plans, consent_to(plans))
        async for _ in records:
            if here.azure.running == len(plans):
                break
        await records.aclose()
        assert here.azure.running == 0
    assert endings(told) == {plan.target: PromotionCancelled for plan in plans}


async def test_without_a_journal_all_of_them_stop(tmp_path: Path) -> None:
    async with quay(tmp_path) as here:
        plans = await here.plans(EngineName.AUTO, EngineName.AUTO, EngineName.DIRECT)
        here.lab.journal_file.mkdir()
        with pytest.raises(JournalError):
            await here.promote(plans)
        assert not here.azure.jobs
