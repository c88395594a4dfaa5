"""Notes: what a promotion leaves beside the image at its target, for operators who share no journal."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from tests.fakes import FakeMemory
from tests.lab import NOW, Lab, client, laboratory, picture
from tui.domain.approval import APPROVAL_TYPE, Approval
from tui.domain.artifact import EMPTY, artifact
from tui.domain.environment import Environment
from tui.domain.events import LineLogged, PromotionNoted, PromotionSucceeded, Step, StepStarted
from tui.domain.plan import Request, consent_to
from tui.domain.provenance import Note, notes_among, tell_note
from tui.domain.reference import Digest, Repository, Tag
from tui.ports.errors import JournalError
from tui.usecases.attaching import attach
from tui.usecases.brought import Brought
from tui.usecases.comparing import Spot

API, TAG = Repository("shop/api"), Tag("1.0.0")
IMAGE = "shop/api:1.0.0"


async def notes_at(lab: Lab, name: str) -> tuple[Note, ...]:
    """What the inspector finds."""
    return (await lab.bench.inspect(lab.environment(name), API, TAG)).notes


async def approve_as(lab: Lab, by: str) -> None:
    """An approval for dev, put beside the image in the base."""
    base, dev = lab.environment("base"), lab.environment("dev")
    root = await lab.tools.registries[base].resolve(API, TAG)
    said = Approval(by, "dev", f"{dev.registry}/{API}", NOW)
    await attach(lab.tools, base, API, artifact(root, APPROVAL_TYPE, said.annotations))


async def test_a_promotion_says_at_its_target_where_it_came_from(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        digest = lab.push("base", "shop/api", "1.0.0", picture(1)).digest
        before = lab.push("dev", "shop/api", "1.0.0", picture(2)).digest
        await approve_as(lab, "bob")
        records = [record async for record in lab.promoting(await lab.bench.plan(lab.request(IMAGE, "dev")))]
        found = await notes_at(lab, "dev")
        base, dev = lab.environment("base"), lab.environment("dev")
    events = [record.event for record in records]
    at = events.index(StepStarted(Step.RECORD, f"note it beside {dev.registry}/shop/api:1.0.0"))
    assert isinstance(events[at + 1], PromotionNoted)
    assert isinstance(events[-1], PromotionSucceeded)
    assert found == (
        Note(
            records[0].promotion,
            NOW,
            "",
            "base",
            "dev",
            f"{base.registry}/shop/api:1.0.0@{digest}",
            f"{dev.registry}/shop/api:1.0.0",
            "direct",
            before,
            ("bob",),
        ),
    )


async def test_what_is_there_already_is_not_noted_again(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        await lab.promote(await lab.bench.plan(lab.request(IMAGE, "dev")))
        again = await lab.promote(await lab.bench.plan(lab.request(IMAGE, "dev")))
        assert not [event for event in again if isinstance(event, PromotionNoted)]
        assert len(await notes_at(lab, "dev")) == 1


async def test_settings_switch_it_off(tmp_path: Path) -> None:
    path = (Environment("base", "base"), Environment("dev", "dev", record=False))
    async with laboratory(tmp_path, path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        events = await lab.promote(await lab.bench.plan(lab.request(IMAGE, "dev")))
        assert isinstance(events[-1], PromotionSucceeded)
        assert StepStarted(Step.RECORD) not in [replace(e, detail="") for e in events if isinstance(e, StepStarted)]
        assert await notes_at(lab, "dev") == ()


async def test_a_note_that_fails_undoes_nothing(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        image = lab.push("base", "shop/api", "1.0.0", picture(1))
        events = []
        async for record in lab.promoting(await lab.bench.plan(lab.request(IMAGE, "dev"))):
            events.append(record.event)
            if isinstance(record.event, StepStarted) and record.event.step is Step.RECORD:
                lab.registries["dev"].faults.forbidden = {"shop/api"}
        lab.registries["dev"].faults.forbidden = set()
        assert await lab.held("dev", IMAGE) == image.digest
    assert isinstance(events[-1], PromotionSucceeded)
    assert isinstance(events[-2], LineLogged)
    assert events[-2].text.startswith("the tag is right, but that is not noted at the target: 127.0.0.1")


def of_manifests(lab: Lab) -> int:
    """How often manifests were asked for, or pushed; what they refer to may go up beside that."""
    return sum(count for (_, kind), count in lab.registries["dev"].requests.items() if kind == "manifest")


async def test_what_notes_refer_to_is_brought_once_by_many_promotions(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        images = [lab.push("base", "shop/api", f"1.{at}", picture(at)) for at in range(5)]
        plans = [await lab.bench.plan(lab.request(f"shop/api:1.{at}", "dev")) for at in range(5)]
        records = [record async for record in lab.bench.promote_all(plans, consent_to(plans))]
        uploads = lab.registries["dev"].requests["POST", "upload"]
    assert sum(isinstance(record.event, PromotionNoted) for record in records) == 5
    assert uploads == len({digest for image in images for digest in image.blobs}) + 1


@pytest.mark.parametrize("api_is_missing", [False, True])
async def test_a_note_takes_one_request_and_two_more_without_the_api(tmp_path: Path, *, api_is_missing: bool) -> None:
    async with laboratory(tmp_path) as lab:
        lab.registries["dev"].faults.referrers_missing = api_is_missing
        spent: list[int] = []
        for number in (1, 2, 3):
            lab.push("base", "shop/api", "1.0.0", picture(number))
            before = 0
            async for record in lab.promoting(await lab.bench.plan(lab.request(IMAGE, "dev"))):
                match record.event:
                    case StepStarted(Step.RECORD):
                        before = of_manifests(lab)
                    case PromotionNoted():
                        spent.append(of_manifests(lab) - before)
                    case _:
                        pass
        assert len(await notes_at(lab, "dev")) == 1
    # the index of the fallback schema is read as long as it is not known to be needless, and then written
    assert spent == ([3, 3, 3] if api_is_missing else [2, 1, 1])


async def test_a_blob_that_was_cleaned_up_since_is_brought_again(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        await lab.tools.memory.keep_presence("dev", API, EMPTY.digest, is_held=True, at=NOW)
        await lab.promote(await lab.bench.plan(lab.request(IMAGE, "dev")))
        assert len(await notes_at(lab, "dev")) == 1


class NoMemory(FakeMemory):
    """A memory that can be neither read nor written."""

    async def presence(self, environment: str, repository: Repository, digest: Digest, since: datetime) -> bool | None:
        raise JournalError("the disk is gone")

    async def keep_presence(
        self, environment: str, repository: Repository, digest: Digest, *, is_held: bool, at: datetime
    ) -> None:
        raise JournalError("the disk is gone")


async def test_without_a_memory_it_is_noted_all_the_same(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        lab.bench.tools = replace(lab.tools, memory=NoMemory())
        await lab.promote(await lab.bench.plan(lab.request(IMAGE, "dev")))
        assert len(await notes_at(lab, "dev")) == 1


async def test_what_another_process_brought_is_not_brought_again(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        for number in (1, 2):
            lab.push("base", "shop/api", "1.0.0", picture(number))
            lab.bench.tools = replace(lab.tools, memory=NoMemory(), brought=Brought())
            plan = await lab.bench.plan(lab.request(IMAGE, "dev"))
            before = lab.registries["dev"].requests["POST", "upload"]
            await lab.promote(plan)
            brought = lab.registries["dev"].requests["POST", "upload"] - before
        assert brought == len(plan.transfer.missing_blobs)
        assert len(await notes_at(lab, "dev")) == 1


async def test_notes_and_approvals_make_no_image_differ(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        await lab.promote(await lab.bench.plan(lab.request(IMAGE, "dev")))
        await approve_as(lab, "bob")
        base, dev = lab.environment("base"), lab.environment("dev")
        found = await lab.bench.compare(Spot(base, API, TAG), Spot(dev, API, TAG))
    assert found.companions == ()


async def test_the_note_of_another_place_is_not_this_ones(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        for source, target in (("base", "dev"), ("dev", "prod")):
            await lab.promote(await lab.bench.plan(lab.request(IMAGE, target, source)))
        prod = lab.environment("prod")
        digest = await lab.held("prod", IMAGE)
        assert digest
        async with client(prod) as registry:
            referrers = await registry.referrers(API, digest)
        assert len(referrers) == 2  # dev's travelled along
        assert [note.environment for note in notes_among(referrers, f"{prod.registry}/{API}")] == ["prod"]


async def test_an_undo_is_noted_as_one(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        for number in (1, 2):
            lab.push("base", "shop/api", "1.0.0", picture(number))
            await lab.promote(await lab.bench.plan(lab.request(IMAGE, "dev")))
        request = await lab.bench.undoing()
        assert isinstance(request, Request)
        await lab.promote(await lab.bench.plan(request))
        assert await lab.held("dev", IMAGE) == picture(1).digest
        first, second = sorted(await notes_at(lab, "dev"), key=lambda note: note.is_undo)
    assert (first.is_undo, second.is_undo) == (False, True)
    assert (second.origin, second.environment, second.replaced) == ("dev", "dev", picture(2).digest)
    assert tell_note(second, NOW) == f"put back 0 s ago (direct; {request.occasion})"
