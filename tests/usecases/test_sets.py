"""Many promotions: Azure's side by side and bounded, the others one after another."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.importing import FAILURE, StoreImporter
from tests.lab import Lab, laboratory, picture
from tui.domain.environment import EngineName, Environment, Kind
from tui.domain.events import (
    PromotionCancelled,
    PromotionFailed,
    PromotionRefused,
    PromotionStarted,
    PromotionSucceeded,
    Recorded,
    Step,
    StepStarted,
    TagMoved,
)
from tui.domain.plan import Plan, consent_to
from tui.domain.reference import Reference
from tui.engine.acr_import import AcrImportEngine
from tui.engine.direct import DirectEngine
from tui.ports.errors import JournalError
from tui.usecases.sets import IMPORTS_AT_ONCE

PATH = tuple(Environment(name, name, kind=Kind.ACR) for name in ("base", "dev"))


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


async def test_others_follow_one_another_in_order_beside_the_imports(tmp_path: Path) -> None:
    async with quay(tmp_path) as here:
        plans = await here.plans(EngineName.DIRECT, EngineName.AUTO, EngineName.DIRECT)
        here.azure.gate.clear()
        open_ones = 0
        async for record in here.lab.bench.promote_all(plans, consent_to(plans)):
            if record.target == plans[1].target:
                continue
            open_ones += isinstance(record.event, PromotionStarted) - isinstance(record.event, PromotionSucceeded)
            assert open_ones <= 1
            if record.target == plans[2].target and isinstance(record.event, PromotionSucceeded):
                here.azure.gate.set()
        held = [await here.lab.held("dev", f"shop/api:1.{at}") for at in range(3)]
    assert held == [plan.digest for plan in plans]


async def test_one_that_does_not_succeed_ends_those_that_follow_and_no_import(tmp_path: Path) -> None:
    async with quay(tmp_path) as here:
        plans = await here.plans(EngineName.DIRECT, EngineName.DIRECT, EngineName.AUTO, EngineName.AUTO)
        here.lab.push("base", "shop/api", "1.0", picture(99))
        records = await here.promote(plans)
    assert endings(records) == {
        plans[0].target: PromotionRefused,
        plans[2].target: PromotionSucceeded,
        plans[3].target: PromotionSucceeded,
    }


async def test_an_import_that_fails_stops_no_other(tmp_path: Path) -> None:
    async with quay(tmp_path) as here:
        plans = await here.plans(EngineName.ACR_IMPORT, EngineName.ACR_IMPORT, EngineName.DIRECT, EngineName.DIRECT)
        here.azure.error = FAILURE
        records = await here.promote(plans)
    assert [endings(records)[plan.target] for plan in plans] == [PromotionFailed] * 2 + [PromotionSucceeded] * 2


async def test_what_azure_does_not_import_follows_one_another(tmp_path: Path) -> None:
    async with quay(tmp_path) as here:
        plans = await here.plans(*[EngineName.AUTO] * 4)
        here.azure.error = FAILURE
        copying: set[str] = set()
        records: list[Recorded] = []
        async for record in here.lab.bench.promote_all(plans, consent_to(plans)):
            records.append(record)
            match record.event:
                case StepStarted(Step.PUSH, detail) if "by Azure" not in detail:
                    copying.add(record.promotion)
                    assert len(copying) == 1
                case TagMoved():
                    copying.discard(record.promotion)
                case _:
                    pass
    assert endings(records) == {plan.target: PromotionSucceeded for plan in plans}


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
