"""Following: new tags are promoted as they appear, through every gate, never twice, and nothing is overwritten."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from tests.lab import Lab, laboratory, picture
from tui.domain.environment import Environment, GateRules
from tui.domain.events import PromotionSucceeded, TagMoved
from tui.domain.follow import Advanced, Began, FollowEvent, Looked, Unread, Waits
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.scope import Scope
from tui.usecases.following import Follow

ONCE = Follow(is_once=True)


@asynccontextmanager
async def line(tmp_path: Path, gates: GateRules = GateRules(), **options: bool) -> AsyncGenerator[Lab, None]:  # noqa: B008
    """Environments base, dev and prod; both others follow."""
    path = (
        Environment("base", "base"),
        Environment("dev", "dev", follow=True),
        Environment("prod", "prod", protected=True, follow=True, gates=gates, **options),  # type: ignore[arg-type]
    )
    async with laboratory(tmp_path, path) as lab:
        yield lab


async def look(lab: Lab, how: Follow = ONCE) -> list[FollowEvent]:
    """What one look does, by a process of its own."""
    return [event async for event in lab.bench.follow(how)]


def of(events: list[FollowEvent], kind: type[FollowEvent]) -> list[FollowEvent]:
    return [event for event in events if isinstance(event, kind)]


def promoted(events: list[FollowEvent]) -> list[str]:
    """The targets of promotions that succeeded, in order."""
    return [
        f"{event.plan.request.target.name}/{event.record.target.repository}:{event.record.target.tag}"
        for event in events
        if isinstance(event, Advanced) and isinstance(event.record.event, PromotionSucceeded)
    ]


async def held(lab: Lab, image: str) -> list[Digest | None]:
    return [await lab.held(name, image) for name in ("base", "dev", "prod")]


async def test_what_is_there_when_following_begins_is_not_new(tmp_path: Path) -> None:
    async with line(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        events = await look(lab)
        assert of(events, Began) == [Began("dev", 1), Began("prod", 0)]
        assert not promoted(events)
        assert events[-1] == Looked(0, None)
        assert await lab.held("dev", "shop/api:1.0.0") is None


async def test_a_new_tag_travels_the_whole_path_in_one_look(tmp_path: Path) -> None:
    async with line(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        await look(lab)
        image = lab.push("base", "shop/api", "1.1.0", picture(2))
        assert promoted(await look(lab)) == ["dev/shop/api:1.1.0", "prod/shop/api:1.1.0"]
        assert await held(lab, "shop/api:1.1.0") == [image.digest] * 3


async def test_those_that_are_there_are_taken_as_well_where_it_catches_up(tmp_path: Path) -> None:
    async with line(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        lab.push("base", "shop/web", "2.0.0", picture(2))
        lab.push("dev", "shop/web", "2.0.0", picture(2))
        events = await look(lab, Follow(is_once=True, catches_up=True))
        assert sorted(promoted(events)) == ["dev/shop/api:1.0.0", "prod/shop/api:1.0.0", "prod/shop/web:2.0.0"]


async def test_what_was_promoted_and_undone_is_not_promoted_again(tmp_path: Path) -> None:
    async with line(tmp_path) as lab:
        await look(lab)
        lab.push("base", "shop/api", "1.0.0", picture(1))
        await look(lab)
        lab.registries["dev"].store.delete_tag(Repository("shop/api"), Tag("1.0.0"))
        events = await look(lab)
        assert not promoted(events)
        assert await lab.held("dev", "shop/api:1.0.0") is None


async def test_nothing_is_overwritten_and_that_is_said_once(tmp_path: Path) -> None:
    async with line(tmp_path) as lab:
        await look(lab)
        lab.push("base", "shop/api", "1.0.0", picture(1))
        other = lab.push("dev", "shop/api", "1.0.0", picture(2))
        waits = of(await look(lab), Waits)
        assert [event.is_final for event in waits if isinstance(event, Waits)] == [True]
        assert "following overwrites nothing: `windlass promote shop/api:1.0.0 --from base --to dev`" in str(waits[0])
        assert not of(await look(lab), Waits)
        assert await lab.held("dev", "shop/api:1.0.0") == other.digest


async def test_a_tag_that_is_pushed_again_is_not_new(tmp_path: Path) -> None:
    async with line(tmp_path) as lab:
        await look(lab)
        first = lab.push("base", "shop/api", "1.0.0", picture(1))
        await look(lab)
        lab.push("base", "shop/api", "1.0.0", picture(2))
        assert not promoted(await look(lab))
        assert await lab.held("dev", "shop/api:1.0.0") == first.digest


async def test_tags_that_a_gate_does_not_mean_are_passed_over_in_silence(tmp_path: Path) -> None:
    async with line(tmp_path, GateRules(tags=r"\d+\.\d+\.\d+")) as lab:
        await look(lab)
        lab.push("base", "shop/api", "pr-17", picture(1))
        lab.push("base", "shop/api", "1.0.0", picture(2))
        events = await look(lab)
        assert sorted(promoted(events)) == ["dev/shop/api:1.0.0", "dev/shop/api:pr-17", "prod/shop/api:1.0.0"]
        assert not of(events, Waits)


async def test_a_gate_that_refuses_has_it_wait_and_tried_again(tmp_path: Path) -> None:
    async with line(tmp_path, GateRules(signed=True)) as lab:
        await look(lab)
        lab.push("base", "shop/api", "1.0.0", picture(1))
        wake = asyncio.Event()
        told: list[FollowEvent] = []
        async with aclosing(lab.bench.follow(Follow(every=0.0), wake)) as events:
            async for event in events:
                told.append(event)
                if len(of(told, Looked)) == 2:
                    break
        waits = [event for event in told if isinstance(event, Waits)]
        assert [(event.target.registry, event.is_final) for event in waits] == [
            (lab.environment("prod").registry, False)
        ]
        assert "signed: the image itself has no signature" in waits[0].reason
        assert [looked.new for looked in told if isinstance(looked, Looked)] == [2, 1]


async def test_a_read_only_session_promotes_nothing_until_it_may(tmp_path: Path) -> None:
    async with line(tmp_path) as lab:
        await look(lab)
        lab.push("base", "shop/api", "1.0.0", picture(1))
        lab.bench.read_only = True
        events = await look(lab)
        assert [event.reason for event in events if isinstance(event, Waits)] == ["this session is read-only"]
        lab.bench.read_only = False
        assert promoted(await look(lab)) == ["dev/shop/api:1.0.0", "prod/shop/api:1.0.0"]


async def test_a_registry_that_is_down_is_said_once_and_delays_no_other(tmp_path: Path) -> None:
    async with line(tmp_path) as lab:
        await look(lab)
        lab.push("dev", "shop/api", "1.0.0", picture(1))
        lab.registries["base"].faults.unauthorised = True
        told: list[FollowEvent] = []
        async with aclosing(lab.bench.follow(Follow(every=0.0))) as events:
            async for event in events:
                told.append(event)
                if len(of(told, Looked)) == 2:
                    break
        assert [event.environment for event in told if isinstance(event, Unread)] == ["base"]
        assert promoted(told) == ["prod/shop/api:1.0.0"]


async def test_a_repository_that_cannot_be_read_keeps_no_other_from_being_followed(tmp_path: Path) -> None:
    async with line(tmp_path) as lab:
        lab.push("base", "shop/closed", "1.0.0", picture(1))
        lab.registries["base"].faults.forbidden.add("shop/closed")
        told = await look(lab)
        assert [event.environment for event in told if isinstance(event, Unread)] == ["base"]
        lab.push("base", "shop/api", "1.0.0", picture(2))
        assert promoted(await look(lab)) == ["dev/shop/api:1.0.0", "prod/shop/api:1.0.0"]


async def test_what_a_repository_holds_when_it_can_first_be_read_is_not_new(tmp_path: Path) -> None:
    async with line(tmp_path) as lab:
        lab.push("base", "shop/closed", "1.0.0", picture(1))
        lab.registries["base"].faults.forbidden.add("shop/closed")
        await look(lab)
        lab.registries["base"].faults.forbidden.clear()
        assert not promoted(await look(lab))
        lab.push("base", "shop/closed", "1.1.0", picture(2))
        assert promoted(await look(lab)) == ["dev/shop/closed:1.1.0", "prod/shop/closed:1.1.0"]


async def test_signatures_are_no_images_of_their_own(tmp_path: Path) -> None:
    async with line(tmp_path) as lab:
        await look(lab)
        image = lab.push("base", "shop/api", "1.0.0", picture(1))
        lab.push("base", "shop/api", f"sha256-{image.digest.hex}.sig", picture(9, layers=1))
        events = await look(lab)
        assert promoted(events) == ["dev/shop/api:1.0.0", "prod/shop/api:1.0.0"]


async def test_it_looks_at_once_when_somebody_wakes_it(tmp_path: Path) -> None:
    async with line(tmp_path) as lab:
        wake = asyncio.Event()
        looks = 0
        async with asyncio.timeout(20), aclosing(lab.bench.follow(Follow(every=3600), wake)) as events:
            async for event in events:
                if isinstance(event, Looked):
                    looks += 1
                    lab.push("base", "shop/api", "1.0.0", picture(1))
                    wake.set()
                if isinstance(event, Advanced) and isinstance(event.record.event, TagMoved):
                    break
        assert looks == 1


async def test_looking_costs_one_request_for_a_repository_and_none_for_its_tags(tmp_path: Path) -> None:
    async with line(tmp_path) as lab:
        for number in range(5):
            lab.push("base", "shop/api", f"1.{number}.0", picture(number))
        await look(lab)
        before = lab.registries["base"].requests.copy()
        await look(lab)
        assert lab.registries["base"].requests - before == {("GET", "catalog"): 1, ("GET", "tags"): 1}


@pytest.mark.parametrize("scope", [Scope(("shop/web",)), Scope(exclude_repositories=("shop/api",))])
async def test_only_what_the_scope_means_is_followed(tmp_path: Path, scope: Scope) -> None:
    async with line(tmp_path) as lab:
        lab.bench.scope = scope
        await look(lab)
        lab.push("base", "shop/api", "1.0.0", picture(1))
        lab.push("base", "shop/web", "1.0.0", picture(2))
        assert promoted(await look(lab)) == ["dev/shop/web:1.0.0", "prod/shop/web:1.0.0"]
