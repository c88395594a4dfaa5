"""What belongs to an image is looked for at the target after the write: what is not there is a mismatch that names it,
and what is there is counted."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.lab import Lab, laboratory, picture
from tui.domain.content import Descriptor
from tui.domain.environment import EngineName
from tui.domain.events import Event, LineLogged, PromotionFailed, Side, Step, StepStarted, Verified
from tui.domain.plan import Plan
from tui.domain.reference import Digest, Repository, Tag
from tui.sandbox import attachments, images
from tui.usecases.readback import read_back

API = Repository("shop/api")
IMAGE = picture()
SIGNATURE, BILL = attachments.signature(IMAGE), attachments.bill_of_materials(IMAGE)
OF_BILL = attachments.signature(BILL)
COSIGNED = dict(attachments.cosign_tags(IMAGE))
SIG = next(iter(COSIGNED))


async def accompanied(lab: Lab) -> Plan:
    """A plan for an image with three referrers, one of them of another, and three tags of cosign's."""
    lab.push("base", API, "1.0.0", IMAGE)
    for referrer in (SIGNATURE, BILL, OF_BILL):
        lab.push("base", API, None, referrer)
    for tag, image in COSIGNED.items():
        lab.push("base", API, tag, image)
    return await lab.bench.plan(lab.request("shop/api:1.0.0", "dev"))


async def promote_but(lab: Lab, plan: Plan, loses: Callable[[], object]) -> list[Event]:
    """All events of a promotion whose target changes between the write and the look at it."""
    events: list[Event] = []
    async for record in lab.promoting(plan):
        events.append(record.event)
        if isinstance(record.event, StepStarted) and record.event.step is Step.VERIFY:
            loses()
    return events


async def test_each_referrer_is_linked_to_its_subject(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        plan = await accompanied(lab)
    wanted = ((IMAGE, SIGNATURE), (IMAGE, BILL), (BILL, OF_BILL))
    assert set(plan.companions.links) == {(subject.digest, referrer.digest) for subject, referrer in wanted}


async def test_an_attestation_that_the_index_lists_is_linked_though_it_travels_with_the_index(tmp_path: Path) -> None:
    platform = picture()
    attested = images.artifact("application/vnd.in-toto+json", b"{}", payload_type="text/plain", subject=platform)
    async with laboratory(tmp_path) as lab:
        lab.push("base", API, "1.0.0", images.index([platform, attested]))
        plan = await lab.bench.plan(lab.request("shop/api:1.0.0", "dev"))
        events = await lab.promote(plan)
    assert plan.companions.links == ((platform.digest, attested.digest),)
    assert plan.companions.count == 0
    assert any(isinstance(event, Verified) for event in events)


async def test_what_is_there_is_counted(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        events = await lab.promote(await accompanied(lab))
    assert Verified(IMAGE.digest, 6) in events


@pytest.mark.parametrize("lost", [SIGNATURE, BILL, OF_BILL], ids=["signature", "bill", "signature-of-bill"])
async def test_a_referrer_that_is_not_there_is_a_mismatch_that_names_it(tmp_path: Path, lost: images.Image) -> None:
    async with laboratory(tmp_path) as lab:
        plan = await accompanied(lab)
        store = lab.registries["dev"].store
        events = await promote_but(lab, plan, lambda: store.delete_manifest(API, lost.digest))
    failed = events[-1]
    assert isinstance(failed, PromotionFailed)
    assert (failed.operation, failed.side) == (Step.VERIFY, Side.TARGET)
    assert "MISMATCH" in failed.cause
    assert str(lost.digest) in failed.cause


async def test_a_cosign_tag_that_is_not_there_is_a_mismatch_that_names_it(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        plan = await accompanied(lab)
        store = lab.registries["dev"].store
        events = await promote_but(lab, plan, lambda: store.delete_tag(API, Tag(SIG)))
    assert isinstance(events[-1], PromotionFailed)
    assert events[-1].cause.endswith(f"it lacks {SIG}")


async def test_of_many_that_are_missing_a_few_are_named(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        plan = await accompanied(lab)
        images.push_into(lab.registries["dev"], API, IMAGE, "1.0.0")
        found = await read_back(lab.tools, plan)
    assert isinstance(found, PromotionFailed)
    assert found.cause.count("; ") == 3
    assert found.cause.endswith("and 3 more")


async def test_a_cosign_tag_that_differs_is_left_alone_told_and_not_counted(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        plan = await accompanied(lab)
        other = lab.push("dev", API, SIG, picture(9))
        events = await lab.promote(plan)
        assert await lab.held("dev", f"shop/api:{SIG}") == other.digest
    assert Verified(IMAGE.digest, 5) in events
    assert [event for event in events if isinstance(event, LineLogged) and f"{SIG} differs" in event.text]


async def test_a_docker_engine_is_not_asked_for_what_it_leaves_behind(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        plan = await accompanied(lab)
        by_docker = replace(plan, forecast=replace(plan.forecast, engine=EngineName.DOCKER))
        lab.push("dev", API, "1.0.0", IMAGE)
        assert await read_back(lab.tools, by_docker) == Verified(IMAGE.digest)


async def test_without_companions_nothing_more_is_asked(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", API, "1.0.0", IMAGE)
        plan = await lab.bench.plan(lab.request("shop/api:1.0.0", "dev"))
        lab.push("dev", API, "1.0.0", IMAGE)
        before = lab.registries["dev"].requests.copy()
        await read_back(lab.tools, plan)
        asked = lab.registries["dev"].requests - before
    assert asked == {("GET", "manifest"): 1}


class Late:
    """A registry that lists referrers, and shows the tag, only after some looks."""

    def __init__(self, registry: object, looks: int) -> None:
        self._registry = registry
        self._looks = looks

    def __getattr__(self, name: str) -> object:
        return getattr(self._registry, name)

    async def referrers(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...]:
        self._looks -= 1
        listed: tuple[Descriptor, ...] = await self._registry.referrers(repository, subject)  # type: ignore[attr-defined]
        return () if self._looks >= 0 else listed


@pytest.mark.parametrize(("looks", "wanted"), [(1, Verified), (100, PromotionFailed)])
async def test_a_registry_that_lists_late_is_asked_again(tmp_path: Path, looks: int, wanted: type) -> None:
    async with laboratory(tmp_path) as lab:
        plan = await accompanied(lab)
        await lab.promote(plan)
        dev = lab.environment("dev")
        late = Late(lab.tools.registries[dev], looks)
        tools = replace(lab.tools, registries={**lab.tools.registries, dev: late}, pauses=(0.0, 0.0))
        assert isinstance(await read_back(tools, plan), wanted)


async def test_what_somebody_else_put_there_is_a_mismatch_at_once(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        plan = await accompanied(lab)
        lab.push("dev", API, "1.0.0", picture(7))
        found = await read_back(replace(lab.tools, pauses=(3600.0,)), plan)
    assert isinstance(found, PromotionFailed)
    assert str(picture(7).digest) in found.cause
