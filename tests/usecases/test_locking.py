"""Locks: asked for by hand, wished for by settings, and in the way of a promotion."""

import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.azurelab import azure_laboratory
from tests.lab import Lab, laboratory, picture
from tui.domain.environment import Environment, Kind
from tui.domain.events import (
    Event,
    LineLogged,
    PromotionFailed,
    PromotionRefused,
    PromotionSucceeded,
    Recorded,
    Step,
    StepStarted,
    TagLocked,
    TagUnlocked,
    Verified,
)
from tui.domain.locks import LockedPart
from tui.domain.reference import Repository, Tag
from tui.ports.errors import Forbidden, JournalError, NotFound, RegistryError

IMAGE = "shop/api:1.0.0"
API, TAG = Repository("shop/api"), Tag("1.0.0")


@dataclass(slots=True)
class Locker:
    """Locks in memory. `unread` is raised where a lock is read, `unwritten` where one is changed."""

    tags: set[tuple[Repository, Tag]] = field(default_factory=set[tuple[Repository, Tag]])
    repositories: set[Repository] = field(default_factory=set[Repository])
    unread: RegistryError | None = None
    unwritten: RegistryError | None = None

    async def write_lock(self, repository: Repository, tag: Tag) -> LockedPart | None:
        if self.unread:
            raise self.unread
        if (repository, tag) in self.tags:
            return LockedPart.TAG
        return LockedPart.REPOSITORY if repository in self.repositories else None

    async def lock(self, repository: Repository, tag: Tag) -> None:
        if self.unwritten:
            raise self.unwritten
        self.tags.add((repository, tag))

    async def unlock(self, repository: Repository, tag: Tag) -> None:
        if self.unwritten:
            raise self.unwritten
        self.tags.discard((repository, tag))


@dataclass(frozen=True, slots=True)
class Vault:
    """A laboratory whose prod can lock."""

    lab: Lab
    locks: Locker

    async def lock(self, name: str = "prod") -> list[Event]:
        return [record.event async for record in self.lab.bench.lock(self.lab.environment(name), API, TAG)]

    async def unlock(self, name: str = "prod") -> list[Event]:
        return [record.event async for record in self.lab.bench.unlock(self.lab.environment(name), API, TAG)]

    async def promote(self) -> list[Event]:
        return await self.lab.promote(await self.lab.bench.plan(self.lab.request(IMAGE, "prod")))


@asynccontextmanager
async def vault(tmp_path: Path, *, locks: bool = False, read_only: bool = False) -> AsyncGenerator[Vault, None]:
    path = (
        Environment("base", "base"),
        Environment("prod", "prod", prefix="live/", kind=Kind.ACR, lock=locks, read_only=read_only, record=False),
    )
    async with laboratory(tmp_path, path) as lab:
        locker = Locker()
        lab.bench.tools = replace(lab.tools, lockers={lab.environment("prod"): locker})
        lab.push("base", "shop/api", "1.0.0", picture(1))
        yield Vault(lab, locker)


# -- by hand -----------------------------------------------------------------------------------------------------


async def test_a_tag_is_locked_and_unlocked_and_both_are_journalled(tmp_path: Path) -> None:
    async with vault(tmp_path) as here:
        digest = here.lab.push("prod", "shop/api", "1.0.0", picture(1)).digest
        place = str(here.lab.environment("prod").reference(API, TAG))
        locked = await here.lock()
        assert here.locks.tags == {("live/shop/api", TAG)}
        unlocked = await here.unlock()
        assert not here.locks.tags
        with closing(sqlite3.connect(here.lab.journal_file)) as connection:
            rows = connection.execute("SELECT event FROM events ORDER BY number").fetchall()
    assert locked == [StepStarted(Step.LOCK, place), TagLocked(digest)]
    assert unlocked == [StepStarted(Step.UNLOCK, place), TagUnlocked(digest)]
    assert [event for (event,) in rows] == ["StepStarted", "TagLocked", "StepStarted", "TagUnlocked"]


async def test_what_is_so_already_is_not_written(tmp_path: Path) -> None:
    async with vault(tmp_path) as here:
        here.lab.push("prod", "shop/api", "1.0.0", picture(1))
        here.locks.unwritten = Forbidden("change the lock", "prod", "no rights")
        unlocked = await here.unlock()
        here.locks.tags.add((Repository("live/shop/api"), TAG))
        locked = await here.lock()
    assert unlocked[-1] == LineLogged("it is not locked: nothing to write")
    assert locked[-1] == LineLogged("it is locked already: nothing to write")


@pytest.mark.parametrize("how", ["session", "settings", "registry"])
async def test_locking_is_refused_where_nothing_may_be_written_or_locked(tmp_path: Path, how: str) -> None:
    async with vault(tmp_path, read_only=how == "settings") as here:
        for name in ("base", "prod"):
            here.lab.push(name, "shop/api", "1.0.0", picture(1))
        here.lab.bench.read_only = how == "session"
        (_, ending) = await here.lock("base" if how == "registry" else "prod")
        assert not here.locks.tags
    assert isinstance(ending, PromotionRefused)
    assert ending.gate == ("lock" if how == "registry" else "read-only")
    assert (
        ending.reason
        == {
            "session": "this session is read-only",
            "settings": "prod is read-only in the settings",
            "registry": "base is not a registry that can lock tags",
        }[how]
    )


async def test_a_lock_that_cannot_be_changed_or_a_tag_that_is_not_there_fails(tmp_path: Path) -> None:
    async with vault(tmp_path) as here:
        missing = await here.lock()
        here.lab.push("prod", "shop/api", "1.0.0", picture(1))
        here.locks.unwritten = Forbidden("lock live/shop/api:1.0.0", "prod", "no rights")
        forbidden = await here.lock()
    assert isinstance(missing[-1], PromotionFailed)
    assert isinstance(forbidden[-1], PromotionFailed)
    assert forbidden[-1].operation == "lock"
    assert forbidden[-1].cause == "prod: cannot lock live/shop/api:1.0.0: no rights"


async def test_a_repository_that_stays_locked_is_said(tmp_path: Path) -> None:
    async with vault(tmp_path) as here:
        here.lab.push("prod", "shop/api", "1.0.0", picture(1))
        here.locks.repositories.add(Repository("live/shop/api"))
        events = await here.unlock()
    (line,) = [event.text for event in events if isinstance(event, LineLogged)]
    assert "whole repository live/shop/api is locked" in line
    assert "--repository live/shop/api --write-enabled true" in line
    assert isinstance(events[-1], TagUnlocked)


async def test_a_change_that_is_broken_off_is_journalled(tmp_path: Path) -> None:
    async with vault(tmp_path) as here:
        here.lab.push("prod", "shop/api", "1.0.0", picture(1))
        records = here.lab.bench.lock(here.lab.environment("prod"), API, TAG)
        async for _ in records:
            break
        await records.aclose()
        with closing(sqlite3.connect(here.lab.journal_file)) as connection:
            rows = connection.execute("SELECT event FROM events ORDER BY number").fetchall()
    assert [event for (event,) in rows] == ["StepStarted", "PromotionCancelled"]


async def test_what_could_not_be_recorded_as_begun_is_not_recorded_as_stopped(tmp_path: Path) -> None:
    tried: list[Event] = []

    async def record(event: Recorded) -> None:
        tried.append(event.event)
        raise JournalError("another program keeps it")

    async with vault(tmp_path) as here:
        here.lab.tools.journal.record = record  # type: ignore[method-assign]
        with pytest.raises(JournalError):
            await anext(here.lab.bench.lock(here.lab.environment("prod"), API, TAG))
    assert [type(event) for event in tried] == [StepStarted]


# -- in the way of a promotion -----------------------------------------------------------------------------------


async def test_a_locked_tag_refuses_and_the_remedy_unlocks_it(tmp_path: Path) -> None:
    async with vault(tmp_path) as here:
        here.lab.push("prod", "shop/api", "1.0.0", picture(2))
        here.locks.tags.add((Repository("live/shop/api"), TAG))
        (verdict,) = (await here.lab.bench.plan(here.lab.request(IMAGE, "prod"))).refusals
        refused = await here.promote()
        await here.unlock()
        assert isinstance((await here.promote())[-1], PromotionSucceeded)
    assert (verdict.gate, verdict.reason) == ("lock", "prod holds 1.0.0 locked")
    assert verdict.remedy == "unlock it first: `windlass unlock shop/api:1.0.0 --in prod` (on the board U)"
    assert isinstance(refused[-1], PromotionRefused)


async def test_a_locked_repository_refuses_even_a_new_tag(tmp_path: Path) -> None:
    async with vault(tmp_path) as here:
        here.locks.repositories.add(Repository("live/shop/api"))
        (verdict,) = (await here.lab.bench.plan(here.lab.request(IMAGE, "prod"))).refusals
    assert verdict.reason == "in prod the whole repository live/shop/api is locked"
    assert "az acr repository update" in verdict.remedy


async def test_a_tag_that_is_locked_between_plan_and_go_is_refused(tmp_path: Path) -> None:
    async with vault(tmp_path) as here:
        plan = await here.lab.bench.plan(here.lab.request(IMAGE, "prod"))
        here.locks.repositories.add(Repository("live/shop/api"))
        assert isinstance((await here.lab.promote(plan))[-1], PromotionRefused)
    assert not plan.refusals


async def test_nothing_is_said_where_nothing_is_locked_or_written(tmp_path: Path) -> None:
    async with vault(tmp_path) as here:
        free = await here.lab.bench.plan(here.lab.request(IMAGE, "prod"))
        here.lab.push("prod", "shop/api", "1.0.0", picture(1))
        here.locks.tags.add((Repository("live/shop/api"), TAG))
        same = await here.lab.bench.plan(here.lab.request(IMAGE, "prod"))
    assert [verdict for plan in (free, same) for verdict in plan.verdicts if verdict.gate == "lock"] == []


async def test_a_lock_that_cannot_be_read_refuses_nothing(tmp_path: Path) -> None:
    async with vault(tmp_path) as here:
        here.locks.unread = Forbidden("read the lock", "prod", "metadata is not yours")
        plan = await here.lab.bench.plan(here.lab.request(IMAGE, "prod"))
    (verdict,) = [verdict for verdict in plan.verdicts if verdict.gate == "lock"]
    assert verdict.passed
    assert verdict.reason == "could not be read: metadata is not yours"


# -- after a promotion -------------------------------------------------------------------------------------------


async def test_a_promoted_tag_is_locked_where_the_settings_want_it(tmp_path: Path) -> None:
    async with vault(tmp_path, locks=True) as here:
        events = await here.promote()
        assert here.locks.tags == {("live/shop/api", TAG)}
        again = await here.promote()
    digest = picture(1).digest
    assert events[-4:-2] == [Verified(digest), events[-3]]
    assert events[-3] == StepStarted(Step.LOCK, events[-3].detail)  # type: ignore[union-attr]
    assert events[-2] == TagLocked(digest)
    assert isinstance(events[-1], PromotionSucceeded)
    assert again[-2:] == [LineLogged("it is locked already: nothing to write"), again[-1]]
    assert isinstance(again[-1], PromotionSucceeded)


async def test_written_and_not_locked_is_a_failure_that_says_both(tmp_path: Path) -> None:
    async with vault(tmp_path, locks=True) as here:
        here.locks.unwritten = NotFound("lock it", "prod", "gone")
        events = await here.promote()
        assert await here.lab.held("prod", IMAGE) == picture(1).digest
    assert isinstance(events[-1], PromotionFailed)
    assert events[-1].operation == "lock"
    assert events[-1].cause == (
        "promoted and verified, but not locked: prod: cannot lock it: gone; "
        "lock it with `windlass lock shop/api:1.0.0 --in prod`"
    )


async def test_a_tag_that_moved_before_it_was_locked_is_a_mismatch(tmp_path: Path) -> None:
    async with vault(tmp_path, locks=True) as here:
        here.lab.push("base", "shop/api", "1.0.0", picture(1))
        plan = await here.lab.bench.plan(here.lab.request(IMAGE, "prod"))
        events: list[Event] = []
        async for record in here.lab.promoting(plan):
            events.append(record.event)
            if isinstance(record.event, Verified):
                here.lab.push("prod", "shop/api", "1.0.0", picture(7))
    locked, ending = events[-2:]
    assert locked == TagLocked(picture(7).digest)
    assert isinstance(ending, PromotionFailed)
    assert ending.operation == Step.VERIFY
    assert "windlass unlock shop/api:1.0.0 --in prod" in ending.cause


async def test_an_azure_registry_that_cannot_be_asked_to_lock_is_not_promoted_into(tmp_path: Path) -> None:
    async with vault(tmp_path, locks=True) as here:
        here.lab.bench.tools = here.lab.tools
        (verdict,) = (await here.lab.bench.plan(here.lab.request(IMAGE, "prod"))).refusals
    assert verdict.gate == "lock afterwards"
    assert "lock = false" in verdict.remedy


async def test_an_azure_registry_keeps_what_was_locked_after_promotion(tmp_path: Path) -> None:
    path = (Environment("base", "base", kind=Kind.ACR), Environment("prod", "prod", kind=Kind.ACR, lock=True))
    async with azure_laboratory(tmp_path, path) as azure:
        lab = azure.lab
        lab.push("base", "shop/api", "1.0.0", picture(1))
        first = await lab.promote(await lab.bench.plan(lab.request(IMAGE, "prod")))
        lab.push("base", "shop/api", "1.0.0", picture(2))
        held_back = await lab.bench.plan(lab.request(IMAGE, "prod"))
        unlocked = [record.event async for record in lab.bench.unlock(lab.environment("prod"), API, TAG)]
        second = await lab.promote(await lab.bench.plan(lab.request(IMAGE, "prod")))
        assert await lab.held("prod", IMAGE) == picture(2).digest
    assert TagLocked(picture(1).digest) in first
    assert [verdict.reason for verdict in held_back.refusals] == ["prod holds 1.0.0 locked"]
    assert unlocked[-1] == TagUnlocked(picture(1).digest)
    assert TagLocked(picture(2).digest) in second
