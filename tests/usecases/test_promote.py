"""A promotion writes what the plan says or nothing, and proves it by reading back."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from tests.lab import Lab, laboratory, picture
from tui.domain.content import RawManifest
from tui.domain.environment import EngineName, Environment, GateRules
from tui.domain.events import (
    BlobAdvanced,
    EngineEvent,
    Event,
    How,
    LineLogged,
    PromotionFailed,
    PromotionRefused,
    PromotionStarted,
    PromotionSucceeded,
    Recorded,
    Side,
    Step,
    StepStarted,
    TagMoved,
    Verified,
)
from tui.domain.plan import Forecast, Keeping, Plan, Request, Tree
from tui.domain.provenance import NOTE_TYPE
from tui.domain.reference import Digest, Repository, Tag
from tui.engine.direct import DirectEngine
from tui.ports.engine import Engine
from tui.ports.errors import EngineError, JournalError, Unreachable
from tui.ports.registry import Registry
from tui.sandbox import images
from tui.usecases.unchanged import UNCHANGED

IMAGE = "shop/api:1.0.0"


def steps(events: list[Event]) -> list[Step]:
    return [event.step for event in events if isinstance(event, StepStarted)]


async def planned(lab: Lab, target: str = "dev") -> Plan:
    return await lab.bench.plan(lab.request(IMAGE, target))


async def test_pull_push_tag_verify_and_the_target_holds_the_digest(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        image = lab.push("base", "shop/api", "1.0.0", picture())
        events = await lab.promote(await planned(lab))
        assert await lab.held("dev", IMAGE) == image.digest
    assert steps(events) == [Step.PULL, Step.PUSH, Step.TAG, Step.VERIFY, Step.RECORD]
    assert isinstance(events[0], PromotionStarted)
    at = events.index(Verified(image.digest))
    assert events[at - 1] == StepStarted(Step.VERIFY, events[at - 1].detail)  # type: ignore[union-attr]
    assert isinstance(events[-1], PromotionSucceeded)


async def test_every_event_is_journalled_before_it_is_shown(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture())
        shown = 0
        async for record in lab.promoting(await planned(lab)):
            shown += 1
            if isinstance(record.event, BlobAdvanced):
                continue  # progress is written in order, with the next of the others
            with closing(sqlite3.connect(lab.journal_file)) as connection:
                rows = connection.execute("SELECT event, document FROM events ORDER BY number").fetchall()
            assert rows[shown - 1][0] == type(record.event).__name__
            assert json.loads(rows[shown - 1][1])["promotion"] == record.promotion
        assert (await lab.bench.check_journal()).broken_at is None
    assert shown > 5


@pytest.mark.parametrize("side", ["source", "target"])
async def test_what_moved_since_the_plan_is_refused_and_left_alone(tmp_path: Path, side: str) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        plan = await planned(lab)
        moved = lab.push("base" if side == "source" else "dev", "shop/api", "1.0.0", picture(2))
        events = await lab.promote(plan)
        assert await lab.held("dev", IMAGE) == (None if side == "source" else moved.digest)
    (refusal,) = [event for event in events if isinstance(event, PromotionRefused)]
    assert refusal.gate == UNCHANGED
    assert f"the {side}" in refusal.reason
    assert str(moved.digest) in refusal.reason
    assert events[-1] is refusal


async def test_a_plan_that_a_gate_refuses_writes_nothing(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        lab.bench.read_only = True
        events = await lab.promote(await planned(lab))
        assert await lab.held("dev", IMAGE) is None
    assert isinstance(events[-1], PromotionRefused)
    assert events[-1].gate == "read-only"


async def test_read_only_also_stops_a_plan_that_was_made_before(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        plan = await planned(lab)
        lab.bench.read_only = True
        assert isinstance((await lab.promote(plan))[-1], PromotionRefused)


async def test_an_index_keeps_its_digest_and_all_platforms(tmp_path: Path) -> None:
    inner = images.index([picture(1), picture(2, platform="linux/arm64")])
    async with laboratory(tmp_path) as lab:
        outer = lab.push("base", "shop/api", "1.0.0", images.index([inner, picture(3, platform="linux/s390x")]))
        events = await lab.promote(await planned(lab))
        assert await lab.held("dev", IMAGE) == outer.digest
        there = lab.tools.registries[lab.environment("dev")]
        tree = await lab.bench.plan(lab.request(IMAGE, "prod", "dev"))
        assert there
    assert len(tree.tree.nodes) == 5
    assert isinstance(events[-1], PromotionSucceeded)


async def test_what_is_there_is_skipped_and_never_sent_again(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", images.index([picture(1), picture(2, platform="linux/arm64")]))
        lab.push("dev", "shop/api", "other", picture(1))
        await lab.promote(await planned(lab))
        uploads = lab.registries["dev"].requests["POST", "upload"]
    assert uploads == 3 + 1  # and the empty blob of the note


async def test_signatures_arrive_with_the_image(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        image = lab.push("base", "shop/api", "1.0.0", picture(1))
        signature = images.artifact("application/vnd.example.signature", b"s", payload_type="text/plain", subject=image)
        lab.push("base", "shop/api", None, signature)
        lab.push("base", "shop/api", f"sha256-{image.digest.hex}.sig", picture(9))
        await lab.promote(await planned(lab))
        dev = lab.tools.registries[lab.environment("dev")]
        plan = await planned(lab, "prod")
        found = await dev.referrers(plan.request.repository, image.digest)
        assert [item.digest for item in found if item.artifact_type != NOTE_TYPE] == [signature.digest]
        assert await lab.held("dev", f"shop/api:sha256-{image.digest.hex}.sig") == picture(9).digest


async def test_a_signature_made_later_follows_an_image_that_is_already_there(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        image = lab.push("base", "shop/api", "1.0.0", picture(1))
        lab.push("dev", "shop/api", "1.0.0", picture(1))
        signature = images.artifact("application/vnd.example.signature", b"s", payload_type="text/plain", subject=image)
        lab.push("base", "shop/api", None, signature)
        plan = await planned(lab)
        events = await lab.promote(plan)
        dev = lab.tools.registries[lab.environment("dev")]
        found = await dev.referrers(plan.request.repository, image.digest)
    assert [item.digest for item in found] == [signature.digest]
    assert not [event for event in events if isinstance(event, TagMoved)]
    assert isinstance(events[-1], PromotionSucceeded)


async def test_a_target_that_has_other_signatures_keeps_them(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        image = lab.push("base", "shop/api", "1.0.0", picture(1))
        tag = f"sha256-{image.digest.hex}.sig"
        lab.push("base", "shop/api", tag, picture(8))
        theirs = lab.push("dev", "shop/api", tag, picture(9))
        events = await lab.promote(await planned(lab))
        assert await lab.held("dev", f"shop/api:{tag}") == theirs.digest
    assert any(isinstance(event, LineLogged) and "is left as it is there" in event.text for event in events)


async def test_within_one_registry_blobs_are_mounted_and_no_bytes_move(tmp_path: Path) -> None:
    from tui.sandbox.registry import Registry

    path = [Environment("base", "one"), Environment("dev", "one", prefix="dev/", record=False)]
    async with laboratory(tmp_path, path, {"one": Registry("one")}) as lab:
        image = lab.push("base", "shop/api", "1.0.0", picture())
        events = await lab.promote(await planned(lab))
        assert await lab.held("dev", IMAGE) == image.digest
        requests = lab.registries["base"].requests
    arrived = [event for event in events if isinstance(event, BlobAdvanced) and event.done == event.total]
    assert {event.how for event in arrived} == {How.MOUNTED}
    assert requests["PUT", "upload"] == requests["PATCH", "upload"] == 0


async def test_a_target_that_fails_keeps_its_old_tag(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        old = lab.push("dev", "shop/api", "1.0.0", picture(2))
        plan = await planned(lab)
        lab.registries["dev"].faults.forbidden.add("shop/api")
        events = await lab.promote(plan)
        lab.registries["dev"].faults.forbidden.clear()
        assert await lab.held("dev", IMAGE) == old.digest
    assert isinstance(events[-1], PromotionFailed)
    assert events[-1].side is Side.TARGET


async def test_a_cancelled_promotion_is_journalled_and_the_tag_stays(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        records = lab.promoting(await planned(lab))
        async for record in records:
            if isinstance(record.event, StepStarted):
                break
        await records.aclose()
        assert await lab.held("dev", IMAGE) is None
        with closing(sqlite3.connect(lab.journal_file)) as connection:
            rows = connection.execute("SELECT event FROM events ORDER BY number DESC LIMIT 1").fetchall()
    assert rows == [("PromotionCancelled",)]


async def test_without_a_journal_nothing_is_written(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        plan = await planned(lab)
        lab.journal_file.mkdir()
        with pytest.raises(JournalError):
            await lab.promote(plan)
        assert await lab.held("dev", IMAGE) is None


@dataclass(frozen=True, slots=True)
class OtherEngine:
    """An engine that pushes something else than it was told, or fails."""

    lab: Lab
    error: EngineError | None = None
    refusal: str = ""
    name: EngineName = EngineName.DOCKER

    async def forecast(self, request: Request, tree: Tree) -> Forecast:
        return Forecast(self.name, Keeping.UNSURE, "this engine recompresses layers", self.refusal)

    async def run(self, plan: Plan) -> AsyncGenerator[EngineEvent, None]:
        yield StepStarted(Step.PUSH, "push")
        if self.error:
            raise self.error
        moved = self.lab.push("dev", "shop/api", "1.0.0", picture(77))
        yield TagMoved(None, moved.digest)


async def with_engine(lab: Lab, engine: Engine) -> Plan:
    lab.bench.tools = replace(lab.tools, engines={EngineName.DOCKER: engine})
    return await lab.bench.plan(lab.request(IMAGE, "dev", engine=EngineName.DOCKER))


async def test_another_digest_than_promised_is_a_mismatch_with_the_reason(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        events = await lab.promote(await with_engine(lab, OtherEngine(lab)))
    assert isinstance(events[-1], PromotionFailed)
    assert events[-1].operation == "verify"
    assert str(picture(77).digest) in events[-1].cause
    assert "recompresses layers" in events[-1].cause


async def test_an_engines_error_names_its_side(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        error = EngineError("pull it", Side.SOURCE, "no such image")
        events = await lab.promote(await with_engine(lab, OtherEngine(lab, error)))
    assert events[-1] == PromotionFailed("pull it", Side.SOURCE, "cannot pull it: no such image")


async def test_an_engine_that_may_change_the_digest_is_not_run_where_it_is_right(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        for environment in ("base", "dev"):
            image = lab.push(environment, "shop/api", "1.0.0", picture(1))
        events = await lab.promote(await with_engine(lab, OtherEngine(lab)))
        assert await lab.held("dev", IMAGE) == image.digest
    assert isinstance(events[-1], PromotionSucceeded)


async def test_a_tag_that_vanishes_or_an_incomplete_index_is_a_mismatch(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        plan = await planned(lab)
        events = []
        async for record in lab.promoting(plan):
            events.append(record.event)
            if isinstance(record.event, TagMoved):
                lab.registries["dev"].faults.wrong_manifests = True
    assert isinstance(events[-1], PromotionFailed)
    assert events[-1].operation == "verify"


async def test_a_target_that_cannot_be_read_back_says_that_it_was_written(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        plan = await planned(lab)
        events = []
        async for record in lab.promoting(plan):
            events.append(record.event)
            if isinstance(record.event, TagMoved):
                lab.registries["dev"].faults.failing = 100
    assert isinstance(events[-1], PromotionFailed)
    assert "was written, but could not be read back" in events[-1].cause


async def test_what_the_engine_refuses_is_a_gate_of_the_plan(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        plan = await with_engine(lab, OtherEngine(lab, refusal="an index would be flattened"))
        events = await lab.promote(plan)
        assert await lab.held("dev", IMAGE) is None
    assert [verdict.gate for verdict in plan.refusals] == ["engine"]
    assert isinstance(events[-1], PromotionRefused)
    assert events[-1].reason == "an index would be flattened"


@pytest.mark.parametrize("side", ["base", "dev"])
async def test_a_tag_that_moves_while_bytes_travel_is_not_overwritten(tmp_path: Path, side: str) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        events: list[Event] = []
        async for record in lab.promoting(await planned(lab)):
            events.append(record.event)
            if isinstance(record.event, StepStarted) and record.event.step is Step.PUSH:
                lab.push(side, "shop/api", "1.0.0", picture(2))
        held = await lab.held("dev", IMAGE)
    assert isinstance(events[-1], PromotionRefused)
    assert events[-1].gate == UNCHANGED
    assert held == (picture(2).digest if side == "dev" else None)


async def test_a_gate_that_no_longer_passes_refuses_what_was_planned(tmp_path: Path) -> None:
    path = [
        Environment("base", "base"),
        Environment("test", "test"),
        Environment("prod", "prod", gates=GateRules(promoted_to=("test",))),
    ]
    async with laboratory(tmp_path, path) as lab:
        for environment in ("base", "test"):
            lab.push(environment, "shop/api", "1.0.0", picture(1))
        plan = await lab.bench.plan(lab.request(IMAGE, "prod"))
        lab.push("test", "shop/api", "1.0.0", picture(2))
        events = await lab.promote(plan)
        assert await lab.held("prod", IMAGE) is None
    assert isinstance(events[-1], PromotionRefused)
    assert events[-1].gate == "from test"


@dataclass(frozen=True, slots=True)
class LostAnswer:
    """An engine whose write arrives, but whose answer does not."""

    lab: Lab
    seed: int
    stops: bool = False
    name: EngineName = EngineName.DOCKER

    async def forecast(self, request: Request, tree: Tree) -> Forecast:
        return Forecast(self.name, Keeping.UNSURE, "may change it")

    async def run(self, plan: Plan) -> AsyncGenerator[EngineEvent, None]:
        yield StepStarted(Step.PUSH, "push")
        self.lab.push("dev", "shop/api", "1.0.0", picture(self.seed))
        if self.stops:
            yield LineLogged("about to say so")
        raise EngineError("push it", Side.TARGET, "the connection broke")


@pytest.mark.parametrize(("seed", "ending"), [(1, PromotionSucceeded), (2, PromotionFailed)])
async def test_a_write_whose_answer_was_lost_is_told_and_read_back(tmp_path: Path, seed: int, ending: type) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        events = await lab.promote(await with_engine(lab, LostAnswer(lab, seed)))
    assert TagMoved(None, picture(seed).digest) in events
    assert isinstance(events[-1], ending)
    if isinstance(events[-1], PromotionFailed):
        assert events[-1].operation == "verify"


async def test_a_stop_after_the_write_is_journalled_with_the_tag(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        records = lab.promoting(await with_engine(lab, LostAnswer(lab, 2, stops=True)))
        async for record in records:
            if record.event == LineLogged("about to say so"):
                break
        await records.aclose()
        with closing(sqlite3.connect(lab.journal_file)) as connection:
            rows = connection.execute("SELECT event FROM events ORDER BY number DESC LIMIT 2").fetchall()
    assert rows == [("PromotionCancelled",), ("TagMoved",)]


async def test_what_went_missing_below_a_right_tag_is_put_back(tmp_path: Path) -> None:
    child = picture(2, platform="linux/arm64")
    async with laboratory(tmp_path) as lab:
        for environment in ("base", "dev"):
            lab.push(environment, "shop/api", "1.0.0", images.index([picture(1), child]))
        lab.registries["dev"].store.delete_manifest(Repository("shop/api"), child.digest)
        plan = await planned(lab)
        events = await lab.promote(plan)
    assert plan.transfer.missing_manifests == 1
    assert isinstance(events[-1], PromotionSucceeded)


@dataclass(slots=True)
class Wrapped:
    """A registry in which the write of a tag is `write`; everything else is done as it is."""

    registry: object
    write: Callable[[Awaitable[None]], Awaitable[None]]

    def __getattr__(self, name: str) -> object:
        return getattr(self.registry, name)

    async def push_manifest(self, repository: Repository, reference: Tag | Digest, manifest: RawManifest) -> None:
        push: Awaitable[None] = self.registry.push_manifest(repository, reference, manifest)  # type: ignore[attr-defined]
        await (push if isinstance(reference, Digest) else self.write(push))


def wrap_dev(lab: Lab, write: Callable[[Awaitable[None]], Awaitable[None]]) -> None:
    dev = lab.environment("dev")
    registries = dict(lab.tools.registries)
    registries[dev] = cast("Registry", Wrapped(registries[dev], write))
    lab.bench.tools = replace(lab.tools, registries=registries, engines={EngineName.DIRECT: DirectEngine(registries)})


def last_recorded(lab: Lab, number: int) -> list[str]:
    """The last events in the journal, the newest first."""
    with closing(sqlite3.connect(lab.journal_file)) as connection:
        query = "SELECT event FROM events ORDER BY number DESC LIMIT ?"
        return [event for (event,) in connection.execute(query, (number,))]


async def test_what_somebody_else_wrote_while_the_write_failed_is_not_called_its_own(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:

        async def write(push: Awaitable[None]) -> None:
            cast("Coroutine[Any, Any, None]", push).close()
            lab.push("dev", "shop/api", "1.0.0", picture(9))
            raise Unreachable("push it", "dev", "the connection broke")

        lab.push("base", "shop/api", "1.0.0", picture(1))
        wrap_dev(lab, write)
        events = await lab.promote(await planned(lab))
    assert not any(isinstance(event, TagMoved) for event in events)
    assert isinstance(events[-1], PromotionFailed)
    assert "the connection broke" in events[-1].cause


async def test_a_write_of_the_tag_under_way_ends_before_the_stop_is_told(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        is_writing, may_end = asyncio.Event(), asyncio.Event()

        async def serve(push: Awaitable[None]) -> None:
            await may_end.wait()
            await push

        async def write(push: Awaitable[None]) -> None:
            """The registry has the request: it goes on, whether somebody waits for its answer or not."""
            served = asyncio.ensure_future(serve(push))
            is_writing.set()
            await asyncio.shield(served)

        image = lab.push("base", "shop/api", "1.0.0", picture(1))
        wrap_dev(lab, write)
        work = asyncio.create_task(lab.promote(await planned(lab)))
        await is_writing.wait()
        work.cancel()
        await asyncio.wait({work}, timeout=0.2)
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await work
        assert await lab.held("dev", IMAGE) == image.digest
        assert last_recorded(lab, 2) == ["PromotionCancelled", "TagMoved"]


async def test_what_could_not_be_recorded_as_begun_is_not_recorded_as_stopped(tmp_path: Path) -> None:
    tried: list[Event] = []

    async def record(event: Recorded) -> None:
        tried.append(event.event)
        raise JournalError("another program keeps it")

    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        plan = await planned(lab)
        lab.tools.journal.record = record  # type: ignore[method-assign]
        with pytest.raises(JournalError):
            await lab.promote(plan)
    assert [type(event) for event in tried] == [PromotionStarted]
