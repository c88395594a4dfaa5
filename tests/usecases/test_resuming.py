"""Resume: what was interrupted is offered until somebody went on with it, promoted anew, or let go of it."""

from pathlib import Path

import pytest

from tests.lab import NOW, Lab, laboratory, picture
from tui.domain.environment import EngineName
from tui.domain.events import (
    Event,
    PromotionCancelled,
    PromotionStarted,
    PromotionSucceeded,
    Recorded,
    Step,
    StepStarted,
)
from tui.domain.past import Outcome, Past
from tui.domain.plan import Request
from tui.domain.reference import Reference, Repository, Tag
from tui.journal.sqlite import SqliteJournal
from tui.usecases.resuming import CannotResume, resuming

API, TAG, IMAGE = Repository("shop/api"), Tag("1.0.0"), "shop/api:1.0.0"
NEW = picture(2)


async def begin(lab: Lab, promotion: str, *events: Event, started: Event | None = None) -> None:
    """A process begins to promote NEW to dev, and is gone before it ends."""
    source, to = lab.environment("base"), lab.environment("dev")
    journal = SqliteJournal(lab.journal_file, {"base": f"{source.registry}/", "dev": f"{to.registry}/"})
    for event in (started or PromotionStarted("direct", None, 1), *events):
        at = (source.reference(API, TAG, NEW.digest), to.reference(API, TAG))
        await journal.record(Recorded(promotion, NOW, *at, event))
    await journal.close()


async def offered(lab: Lab) -> list[str]:
    return [past.promotion for past in await lab.bench.interrupted()]


async def resume(lab: Lab) -> list[Event]:
    (past,) = await lab.bench.interrupted()
    return await lab.promote(await lab.bench.plan(resuming(lab.bench.path, past)))


async def test_what_was_interrupted_is_offered_and_gone_on_with(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", NEW)
        await begin(lab, "ab01")
        (past,) = await lab.bench.interrupted()
        base, dev = lab.environment("base"), lab.environment("dev")
        request = Request(base, dev, API, TAG, TAG, EngineName.DIRECT, seen=NEW.digest, occasion="resume ab01")
        assert resuming(lab.bench.path, past) == request
        assert isinstance((await resume(lab))[-1], PromotionSucceeded)
        assert await lab.held("dev", IMAGE) == NEW.digest
        assert await offered(lab) == []
        assert (await lab.bench.promotions())[0].occasion == "resume ab01"


async def test_where_the_tag_is_right_already_it_is_only_verified(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", NEW)
        lab.push("dev", "shop/api", "1.0.0", NEW)
        await begin(lab, "ab01")
        events = await resume(lab)
        assert [event.step for event in events if isinstance(event, StepStarted)][-1] == "verify"
        assert isinstance(events[-1], PromotionSucceeded)
        assert await offered(lab) == []


@pytest.mark.parametrize("ending", [PromotionSucceeded(1), PromotionCancelled()])
async def test_what_ended_is_not_offered(tmp_path: Path, ending: Event) -> None:
    async with laboratory(tmp_path) as lab:
        await begin(lab, "ab01", ending)
        assert await offered(lab) == []


async def test_what_was_promoted_since_is_not_offered_but_a_failure_settles_nothing(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        await begin(lab, "ab01")
        await begin(lab, "ab02", PromotionCancelled())
        assert await offered(lab) == ["ab01"]
        await begin(lab, "ab03", PromotionSucceeded(1))
        assert await offered(lab) == []


async def test_of_several_to_one_tag_the_last_is_offered_and_forgotten_with_the_others(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        for name in ("ab01", "ab02"):
            await begin(lab, name)
        (past,) = await lab.bench.interrupted()
        assert past.promotion == "ab02"
        await lab.bench.forget(past)
        assert await offered(lab) == []
        assert {item.outcome for item in await lab.bench.promotions()} == {Outcome.CANCELLED}


async def test_while_somebody_goes_on_with_it_it_is_not_offered(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        await begin(lab, "ab01")
        base, dev = lab.environment("base"), lab.environment("dev")
        at = (base.reference(API, TAG, NEW.digest), dev.reference(API, TAG))
        began = PromotionStarted("direct", None, 1, "resume ab01")
        await lab.tools.journal.record(Recorded("ab02", NOW, *at, began))
        assert await offered(lab) == []
        await lab.tools.journal.record(Recorded("ab02", NOW, *at, PromotionCancelled()))
        assert await offered(lab) == ["ab01"]


async def test_an_interrupted_untagging_is_undone_again_and_not_resumed(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        await begin(lab, "ab01", started=StepStarted(Step.UNTAG))
        assert await offered(lab) == []


def past(source: Reference, target: Reference, engine: str = "direct", occasion: str = "") -> Past:
    return Past("ab01", NOW, source, target, Outcome.INTERRUPTED, engine, occasion=occasion)


async def test_an_undo_goes_on_as_that_undo(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        dev = lab.environment("dev")
        undo = past(dev.reference(API, None, NEW.digest), dev.reference(API, TAG), occasion="undo ab00")
        wanted = Request(dev, dev, API, TAG, TAG, EngineName.DIRECT, pinned=NEW.digest, occasion="undo ab00")
        assert resuming(lab.bench.path, undo) == wanted


async def test_a_docker_engine_s_promotion_goes_on_with_one(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        base, dev = lab.environment("base"), lab.environment("dev")
        found = past(base.reference(API, TAG, NEW.digest), dev.reference(API, TAG), "docker")
        assert resuming(lab.bench.path, found).engine is EngineName.DOCKER


@pytest.mark.parametrize("host", ["base", "dev"])
async def test_what_is_not_in_these_settings_cannot_be_gone_on_with(tmp_path: Path, host: str) -> None:
    async with laboratory(tmp_path) as lab:
        places = {name: lab.environment(name).registry for name in ("base", "dev")} | {host: "elsewhere.example"}
        found = past(Reference(places["base"], API, TAG, NEW.digest), Reference(places["dev"], API, TAG))
        with pytest.raises(CannotResume, match=r"elsewhere\.example.*--forget"):
            resuming(lab.bench.path, found)


async def test_another_repository_is_another_image(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        base, dev = lab.environment("base"), lab.environment("dev")
        found = past(base.reference(Repository("shop/web"), TAG, NEW.digest), dev.reference(API, TAG))
        with pytest.raises(CannotResume, match="not one repository"):
            resuming(lab.bench.path, found)
