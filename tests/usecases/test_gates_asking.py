"""Gates that pass for who says yes to them and refuse everybody else: protected targets, tags that hold something."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.lab import Lab, laboratory, picture
from tui.domain.environment import Environment, GateRules
from tui.domain.events import Event, PromotionRefused, PromotionSucceeded
from tui.domain.plan import Plan
from tui.domain.verdict import Consent

IMAGE = "shop/api:1.0.0"
NEW, OLD = picture(1), picture(2)


@asynccontextmanager
async def asking(tmp_path: Path, *, protected: bool = False, overwrites: bool = True) -> AsyncGenerator[Lab]:
    target = Environment("prod", "prod", protected=protected, gates=GateRules(overwrites=overwrites))
    async with laboratory(tmp_path, [Environment("base", "base"), target]) as lab:
        lab.push("base", "shop/api", "1.0.0", NEW)
        yield lab


async def go(lab: Lab, plan: Plan, *gates: str) -> list[Event]:
    """Carries out `plan` with a yes to `gates` alone."""
    consent = Consent(frozenset(gates))
    return [record.event async for record in lab.bench.promote_all([plan], consent)]


def questions(plan: Plan) -> list[str]:
    return [verdict.gate for verdict in plan.questions]


@pytest.mark.parametrize("holds_old", [True, False])
@pytest.mark.parametrize("protected", [True, False])
async def test_every_gate_that_asks_must_have_been_answered(tmp_path: Path, holds_old: bool, protected: bool) -> None:
    async with asking(tmp_path, protected=protected) as lab:
        if holds_old:
            lab.push("prod", "shop/api", "1.0.0", OLD)
        plan = await lab.bench.plan(lab.request(IMAGE, "prod"))
        wanted = questions(plan)
        for missing in wanted:
            *_, last = await go(lab, plan, *(gate for gate in wanted if gate != missing))
            assert isinstance(last, PromotionRefused)
            assert (last.gate, "--yes" in last.remedy) == (missing, True)
            assert await lab.held("prod", IMAGE) == (OLD.digest if holds_old else None)
        *_, last = await go(lab, plan, *wanted)
        assert isinstance(last, PromotionSucceeded)
    assert wanted == ["protected"] * protected + ["overwrite"] * holds_old


async def test_what_would_be_replaced_is_said(tmp_path: Path) -> None:
    async with asking(tmp_path) as lab:
        lab.push("prod", "shop/api", "1.0.0", OLD)
        plan = await lab.bench.plan(lab.request(IMAGE, "prod"))
    (question,) = plan.questions
    assert question.reason == f"will replace {OLD.digest}"


@pytest.mark.parametrize("overwrites", [True, False])
async def test_a_tag_that_holds_the_digest_asks_nothing(tmp_path: Path, overwrites: bool) -> None:
    async with asking(tmp_path, overwrites=overwrites) as lab:
        lab.push("prod", "shop/api", "1.0.0", NEW)
        plan = await lab.bench.plan(lab.request(IMAGE, "prod"))
        *_, last = await go(lab, plan)
    assert isinstance(last, PromotionSucceeded)
    assert not plan.questions


async def test_a_tag_may_be_kept_for_good(tmp_path: Path) -> None:
    async with asking(tmp_path, overwrites=False) as lab:
        lab.push("prod", "shop/api", "1.0.0", OLD)
        plan = await lab.bench.plan(lab.request(IMAGE, "prod"))
        *_, last = await go(lab, plan, "overwrite")
        other = replace(lab.request(IMAGE, "prod"), target_tag=plan.request.tag + "-2")
        renamed = await lab.bench.plan(other)
        assert await lab.held("prod", IMAGE) == OLD.digest
    assert isinstance(last, PromotionRefused)
    assert (last.gate, str(OLD.digest) in last.reason) == ("overwrite", True)
    assert "--as" in last.remedy
    assert "gates.overwrite = true" in last.remedy
    assert not renamed.refusals
