"""At the moment of writing everything is judged by what is found then; an undo is not asked to be admitted anew."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.lab import NOW, Lab, laboratory, picture
from tests.signing import Signer
from tui.domain.approval import APPROVAL_TYPE, Approval
from tui.domain.environment import Environment, GateRules
from tui.domain.events import (
    Event,
    PromotionRefused,
    PromotionSucceeded,
    Recorded,
    Step,
    StepStarted,
    TagMoved,
    TagRemoved,
)
from tui.domain.plan import Plan, Request, consent_to
from tui.domain.reference import Digest, Repository, Tag
from tui.sandbox import images
from tui.sandbox.images import Image
from tui.trust.keys import PublicKeys
from tui.usecases.enforcing import FRESH, refusal_of, refusal_to_write

API = Repository("shop/api")
IMAGE = "shop/api:1.0.0"
NEW, OLD = picture(1), picture(2)
SIGNER = Signer()


class Known:
    """Names the client at the source, and does the rest as it did."""

    def __init__(self, registry: object) -> None:
        self._registry = registry

    def __getattr__(self, name: str) -> object:
        return getattr(self._registry, name)

    async def identity(self) -> str:
        return "grace"


@asynccontextmanager
async def gated(tmp_path: Path, rules: GateRules) -> AsyncGenerator[Lab]:
    path = [Environment("base", "base"), Environment("test", "test"), Environment("prod", "prod", gates=rules)]
    async with laboratory(tmp_path, path) as lab:
        named = {place: Known(registry) for place, registry in lab.tools.registries.items()}
        lab.tools = lab.bench.tools = replace(lab.tools, registries=named, trust=PublicKeys())
        lab.push("base", "shop/api", "1.0.0", NEW)
        yield lab


def attach(lab: Lab, artifact: Image, tag: str | None = None) -> Digest:
    lab.push("base", "shop/api", tag, artifact)
    return artifact.digest


def approve(lab: Lab) -> Digest:
    said = Approval("ada", "prod", f"{lab.environment('prod').registry}/shop/api", NOW).annotations
    return attach(lab, images.artifact(APPROVAL_TYPE, b"{}", payload_type="a/b", subject=NEW, annotations=said))


async def refusal(lab: Lab, plan: Plan) -> PromotionRefused | None:
    return await refusal_to_write(lab.tools, plan, consent_to([plan]))


def requests(lab: Lab) -> dict[str, int]:
    """How many requests each registry answered."""
    return {name: registry.requests.total() for name, registry in lab.registries.items()}


async def spent(lab: Lab, work: Callable[[], Awaitable[object]]) -> dict[str, int]:
    """How many requests `work` makes of each registry that it asks."""
    before = requests(lab)
    assert await work() is None
    return {name: number - before[name] for name, number in requests(lab).items() if number > before[name]}


async def test_without_gates_only_source_and_target_are_resolved(tmp_path: Path) -> None:
    async with gated(tmp_path, GateRules()) as lab:
        attach(lab, SIGNER.cosign(NEW))
        plan = await lab.bench.plan(lab.request(IMAGE, "prod"))
        assert await spent(lab, lambda: refusal(lab, plan)) == {"base": 1, "prod": 1}
        assert await spent(lab, lambda: refusal_of(lab.tools, plan, consent_to([plan]))) == {"base": 1, "prod": 1}


@pytest.mark.parametrize("rules", [GateRules(), GateRules(promoted_to=("test",))])
async def test_what_was_planned_a_moment_ago_is_looked_at_again_only_for_a_gate(
    tmp_path: Path, rules: GateRules
) -> None:
    async with gated(tmp_path, rules) as lab:
        lab.push("test", "shop/api", "1.0.0", NEW)
        made = replace(await lab.bench.plan(lab.request(IMAGE, "prod")), made=NOW - FRESH)
        old = replace(made, made=NOW - FRESH - timedelta(seconds=1))
        consent = consent_to([made])
        looks = [
            await spent(lab, partial(refusal_of, lab.tools, made, consent)),
            await spent(lab, partial(refusal_of, lab.tools, old, consent)),
        ]
    gated_look = {"base": 1, "test": 1, "prod": 1}
    assert looks == ([gated_look, gated_look] if rules.promoted_to else [{}, {"base": 1, "prod": 1}])


async def test_a_clock_that_was_set_back_makes_no_plan_fresh(tmp_path: Path) -> None:
    async with gated(tmp_path, GateRules()) as lab:
        plan = replace(await lab.bench.plan(lab.request(IMAGE, "prod")), made=NOW + timedelta(hours=1))
        look = await spent(lab, partial(refusal_of, lab.tools, plan, consent_to([plan])))
    assert look == {"base": 1, "prod": 1}


async def test_a_plan_that_a_gate_refused_or_nobody_said_yes_to_is_refused_at_once(tmp_path: Path) -> None:
    async with gated(tmp_path, GateRules(tags="v.*")) as lab:
        plan = await lab.bench.plan(lab.request(IMAGE, "prod"))
        refused = await refusal_of(lab.tools, plan, consent_to([plan]))
    assert refused
    assert refused.gate == "tags"


@pytest.mark.parametrize("rules", [GateRules(signed=True), GateRules(approvals=1)])
async def test_where_they_count_the_companions_of_the_image_are_listed_once_more(
    tmp_path: Path, rules: GateRules
) -> None:
    async with gated(tmp_path, rules) as lab:
        attach(lab, SIGNER.cosign(NEW))
        approve(lab)
        plan = await lab.bench.plan(lab.request(IMAGE, "prod"))
        assert await spent(lab, lambda: refusal(lab, plan)) == {"base": 2, "prod": 1}


@pytest.mark.parametrize("is_tagged", [True, False])
@pytest.mark.parametrize("is_verified", [True, False])
async def test_a_signature_that_was_taken_away_is_none(tmp_path: Path, is_tagged: bool, is_verified: bool) -> None:
    keys = (SIGNER.public(tmp_path / "cosign.pub"),) if is_verified else ()
    async with gated(tmp_path, GateRules(signed=True, signed_by=keys)) as lab:
        store, tag = lab.registries["base"].store, Tag(f"sha256-{NEW.digest.hex}.sig")
        digest = attach(lab, SIGNER.cosign(NEW, attached=not is_tagged), tag if is_tagged else None)
        plan = await lab.bench.plan(lab.request(IMAGE, "prod"))
        assert await refusal(lab, plan) is None
        assert store.delete_tag(API, tag) if is_tagged else store.delete_manifest(API, digest)
        refused = await refusal(lab, plan)
    assert refused
    assert (refused.gate, refused.reason) == ("signed", "the image itself has no signature")


async def test_a_key_that_was_replaced_proves_nothing_old(tmp_path: Path) -> None:
    file = tmp_path / "cosign.pub"
    async with gated(tmp_path, GateRules(signed=True, signed_by=(SIGNER.public(file),))) as lab:
        attach(lab, SIGNER.bundle(NEW))
        plan = await lab.bench.plan(lab.request(IMAGE, "prod"))
        assert await refusal(lab, plan) is None
        Signer().public(file)
        refused = await refusal(lab, plan)
    assert refused
    assert refused.gate == "signed"


async def test_an_approval_that_was_taken_back_is_none(tmp_path: Path) -> None:
    async with gated(tmp_path, GateRules(approvals=1)) as lab:
        digest = approve(lab)
        plan = await lab.bench.plan(lab.request(IMAGE, "prod"))
        assert await refusal(lab, plan) is None
        assert lab.registries["base"].store.delete_manifest(API, digest)
        refused = await refusal(lab, plan)
    assert refused
    assert (refused.gate, "windlass approve" in refused.remedy) == ("approvals", True)


async def test_what_was_taken_away_during_the_promotion_leaves_the_tag_alone(tmp_path: Path) -> None:
    async with gated(tmp_path, GateRules(approvals=1)) as lab:
        digest = approve(lab)
        lab.push("prod", "shop/api", "1.0.0", OLD)
        plan = await lab.bench.plan(lab.request(IMAGE, "prod"))
        events = [event async for event in _losing(lab, plan, digest)]
        assert await lab.held("prod", IMAGE) == OLD.digest
    assert isinstance(events[-1], PromotionRefused)
    assert events[-1].gate == "approvals"
    assert isinstance(events[-2], StepStarted)


async def _losing(lab: Lab, plan: Plan, digest: Digest) -> AsyncGenerator[Event]:
    """Carries out `plan`, and deletes the manifest `digest` of its source when all is there but the tag."""
    async for record in lab.promoting(plan):
        yield record.event
        if isinstance(record.event, StepStarted) and record.event.step is Step.TAG:
            assert lab.registries["base"].store.delete_manifest(API, digest)


STRICT = GateRules(("test",), r"v\d+", 3600, signed=True, signed_by=("/none.pub",), approvals=2)


async def undo(lab: Lab, move: TagMoved | TagRemoved) -> Request:
    """What undoes a promotion of which the journal tells that it made `move` of prod's tag."""
    target = lab.environment("prod").reference(API, Tag("1.0.0"))
    await lab.tools.journal.record(Recorded("1a2b", NOW, target, target, move))
    return replace(lab.request(IMAGE, "prod"), pinned=NEW.digest, occasion="undo 1a2b")


async def test_an_undo_is_not_admitted_anew(tmp_path: Path) -> None:
    async with gated(tmp_path, STRICT) as lab:
        asked = await lab.bench.plan(lab.request(IMAGE, "prod"))
        plan = await lab.bench.plan(await undo(lab, TagRemoved(NEW.digest)))
        assert {verdict.gate for verdict in asked.refusals} == {
            "tags", "from test", "min_age in test", "signed", "approvals",
        }  # fmt: skip
        assert [verdict.gate for verdict in plan.verdicts] == ["read-only", "undo"]
        assert "admitted" in plan.verdicts[-1].reason
        assert await spent(lab, lambda: refusal(lab, plan)) == {"base": 1, "prod": 1}
        assert isinstance((await lab.promote(plan))[-1], PromotionSucceeded)


async def test_an_undo_is_held_to_what_guards_the_target_itself(tmp_path: Path) -> None:
    path = [
        Environment("base", "base"),
        Environment("prod", "prod", protected=True, read_only=True, gates=GateRules(overwrites=False)),
    ]
    async with laboratory(tmp_path, path) as lab:
        lab.push("base", "shop/api", "1.0.0", NEW)
        lab.push("prod", "shop/api", "1.0.0", OLD)
        plan = await lab.bench.plan(await undo(lab, TagMoved(NEW.digest, OLD.digest)))
    assert [verdict.gate for verdict in plan.refusals] == ["read-only", "overwrite"]
    assert [verdict.gate for verdict in plan.questions] == ["protected"]
