"""Many promotions are planned as each would be alone, but what they share is asked for once."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import cast

from tests.lab import NOW, Lab, laboratory, picture
from tui.domain.events import PromotionRefused
from tui.domain.plan import Plan, consent_to
from tui.domain.reference import Digest, Repository, Tag
from tui.ports.errors import WindlassError
from tui.ports.registry import Registry
from tui.sandbox import images
from tui.sandbox.layers import random_layer
from tui.usecases.plan_set import plan_all
from tui.usecases.planning import CannotPlan
from tui.usecases.shared_reading import MANY
from tui.usecases.unchanged import UNCHANGED

SHARED = random_layer(3000, random.Random(1))


def push_many(lab: Lab, count: int) -> list[str]:
    """Images that share a layer and have one of their own each."""
    for at in range(count):
        layers = [SHARED, random_layer(500, random.Random(at))]
        lab.push("base", "shop/api", f"1.{at}", images.image(layers, created=NOW, labels={"at": str(at)}))
    return [f"shop/api:1.{at}" for at in range(count)]


async def planned(lab: Lab, names: Sequence[str]) -> Sequence[Plan | WindlassError]:
    return await lab.bench.plan_all([lab.request(name, "dev") for name in names])


async def test_the_plans_are_those_that_each_would_have_alone(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        names = push_many(lab, MANY + 2)
        lab.push("dev", "shop/api", "1.1", picture(1))
        alone = [await lab.bench.plan(lab.request(name, "dev")) for name in names]
        together = await planned(lab, names)
    assert [replace(plan, made=None) for plan in together if isinstance(plan, Plan)] == alone


async def test_one_that_cannot_be_planned_is_an_error_in_its_place(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        names = push_many(lab, MANY)
        names.insert(1, "shop/api:missing")
        names.append("shop/web:missing")
        made = await planned(lab, names)
    assert [isinstance(item, CannotPlan) for item in made] == [name.endswith("missing") for name in names]


async def test_it_is_told_how_many_are_dealt_with(tmp_path: Path) -> None:
    told = list[int]()
    async with laboratory(tmp_path) as lab:
        names = [*push_many(lab, 3), "shop/api:missing"]
        await lab.bench.plan_all([lab.request(name, "dev") for name in names], told.append)
    assert told == [1, 2, 3, 4]


@dataclass
class Silent:
    """A registry that never answers what a tag is; how often it was asked, and how many still wait."""

    asked: int = 0
    waiting: int = 0

    async def resolve(self, repository: Repository, reference: Tag | Digest) -> object:
        self.asked += 1
        self.waiting += 1
        try:
            return await asyncio.Event().wait()
        finally:
            self.waiting -= 1


async def test_nothing_is_read_any_more_for_a_plan_that_could_not_be_made(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        silent = Silent()
        registries = {**lab.tools.registries, lab.environment("dev"): cast("Registry", silent)}
        tools = replace(lab.tools, registries=registries)
        (made,) = await plan_all(tools, [lab.request("shop/api:missing", "dev")])
    assert isinstance(made, CannotPlan)
    assert (silent.asked, silent.waiting) == (1, 0)


async def test_what_they_share_is_asked_for_once(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        names = push_many(lab, 2 * MANY)
        await planned(lab, names)
        base, dev = lab.registries["base"].requests, lab.registries["dev"].requests
    own = 2 * len(names)  # a config and a layer each
    assert dev == {("GET", "tags"): 1, ("HEAD", "blob"): own + 1}
    assert (base["GET", "tags"], base["HEAD", "manifest"], base["GET", "manifest"]) == (1, 0, len(names))


async def test_few_requests_of_a_repository_list_no_tags(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        await planned(lab, push_many(lab, 2))
        assert lab.registries["base"].requests["GET", "tags"] == 0


async def test_companions_are_found_by_the_list_of_tags(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        names = push_many(lab, MANY)
        lab.registries["base"].faults.referrers_missing = True
        image = lab.push("base", "shop/api", "1.0", picture(1))
        signature = f"{image.digest.algorithm}-{image.digest.hex}.sig"
        lab.push("base", "shop/api", signature, picture(2))
        first, *rest = await planned(lab, names)
    assert isinstance(first, Plan)
    assert [tag for tag, _ in first.companions.tags] == [Tag(signature)]
    assert not any(plan.companions.count for plan in rest if isinstance(plan, Plan))


async def test_a_set_that_was_planned_a_while_ago_is_looked_at_before_anything_moves(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        names = push_many(lab, 1)
        earlier = replace(lab.tools, clock=lambda: NOW - timedelta(hours=1))
        plans = [item for item in await plan_all(earlier, [lab.request(names[0], "dev")]) if isinstance(item, Plan)]
        lab.push("base", "shop/api", "1.0", picture(9))
        events = [record.event async for record in lab.bench.promote_all(plans, consent_to(plans))]
        assert not lab.registries["dev"].requests["POST", "upload"]
    assert isinstance(events[-1], PromotionRefused)
    assert events[-1].gate == UNCHANGED
    assert len(events) == 2


async def test_what_moves_after_a_fresh_plan_is_refused_at_the_write(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        plans = [item for item in await planned(lab, push_many(lab, 1)) if isinstance(item, Plan)]
        lab.push("base", "shop/api", "1.0", picture(9))
        events = [record.event async for record in lab.bench.promote_all(plans, consent_to(plans))]
        assert await lab.held("dev", "shop/api:1.0") is None
    assert isinstance(events[-1], PromotionRefused)
