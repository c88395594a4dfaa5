"""The gate of how long an image was somewhere: the journal proves it, and where it does not, ACR's own times do."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from tests.azurelab import azure_laboratory
from tests.lab import NOW, Lab, laboratory, picture
from tui.domain.environment import Environment, GateRules, Kind
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import Snapshot, TagEntry
from tui.domain.verdict import Verdict, fails, passes
from tui.sandbox.images import push_into

API, TAG, ONE, TWO = Repository("shop/api"), Tag("1.0.0"), picture(1), picture(2)
RULES = GateRules(promoted_to=("test",), min_age_seconds=7200)
GATE = "min_age in test"


def path(kind: Kind) -> tuple[Environment, ...]:
    base, test, prod = (Environment(name, name, kind=kind) for name in ("base", "test", "prod"))
    return base, test, replace(prod, gates=RULES)


@asynccontextmanager
async def plain(tmp_path: Path) -> AsyncGenerator[Lab, None]:
    """Registries of the distribution API alone; test holds the image."""
    async with laboratory(tmp_path, path(Kind.OCI)) as lab:
        lab.push("base", API, TAG, ONE)
        lab.push("test", API, TAG, ONE)
        yield lab


@asynccontextmanager
async def azure(tmp_path: Path, **pushed: float) -> AsyncGenerator[Lab, None]:
    """Registries of Azure's kind; test was pushed the image that long ago."""
    async with azure_laboratory(tmp_path, path(Kind.ACR)) as found:
        found.lab.push("base", API, TAG, ONE)
        push_into(found.lab.registries["test"], API, ONE, TAG, NOW - timedelta(**pushed))
        yield found.lab


async def see(lab: Lab, digest: Digest = ONE.digest, **before: float) -> None:
    """A survey saw test's tag."""
    snapshot = Snapshot("test", API, NOW - timedelta(**before), {TAG: TagEntry(TAG, digest)})
    await lab.tools.journal.remember(snapshot, lambda _: True)


async def verdict(lab: Lab, now: datetime = NOW) -> Verdict:
    lab.bench.tools = replace(lab.tools, clock=lambda: now)
    plan = await lab.bench.plan(lab.request(f"{API}:{TAG}", "prod"))
    (found,) = [verdict for verdict in plan.verdicts if verdict.gate == GATE]
    return found


def lists_read(lab: Lab) -> int:
    """Lists of test's tags that were asked for."""
    return sum(number for (_, route), number in lab.registries["test"].requests.items() if "tags" in route)


async def test_what_the_journal_saw_for_long_enough_passes(tmp_path: Path) -> None:
    async with plain(tmp_path) as lab:
        await see(lab, minutes=90)
        await see(lab, minutes=30)
        assert await verdict(lab) == fails(GATE, "seen there for 90 min only", "wait for another 30 min")
        assert await verdict(lab, NOW + timedelta(minutes=30)) == passes(GATE, "seen there for 2 h")


async def test_a_plain_registry_tells_no_times_and_it_is_said_what_a_pipeline_can_do(tmp_path: Path) -> None:
    async with plain(tmp_path) as lab:
        never = await verdict(lab)
        assert (never.passed, lists_read(lab)) == (False, 0)
    assert "never saw this digest" in never.reason
    assert "then wait 2 h" in never.remedy
    assert "keep the journal between runs" in never.remedy


async def test_a_journal_that_knows_nothing_is_no_obstacle_where_azure_tells(tmp_path: Path) -> None:
    async with azure(tmp_path, hours=3) as lab:
        assert await verdict(lab) == passes(GATE, "the registry says it was pushed there 3 h ago")


async def test_what_was_pushed_too_short_a_time_ago_waits(tmp_path: Path) -> None:
    async with azure(tmp_path, minutes=30) as lab:
        told = "the registry says it was pushed there 30 min ago only"
        assert await verdict(lab) == fails(GATE, told, "wait for another 90 min")


async def test_the_older_of_both_proofs_counts(tmp_path: Path) -> None:
    async with azure(tmp_path, hours=3) as lab:
        await see(lab, minutes=30)
        assert await verdict(lab) == passes(GATE, "the registry says it was pushed there 3 h ago")
    async with azure(tmp_path, minutes=1) as lab:
        await see(lab, minutes=30)
        assert (await verdict(lab)).reason == "seen there for 30 min only"


async def test_the_registry_is_not_asked_where_the_journal_proves_it(tmp_path: Path) -> None:
    async with azure(tmp_path, minutes=1) as lab:
        await see(lab, hours=3)
        assert (await verdict(lab)).passed
        assert lists_read(lab) == 0


async def test_the_time_of_another_digest_under_the_tag_proves_nothing(tmp_path: Path) -> None:
    async with azure(tmp_path, hours=3) as lab:
        push_into(lab.registries["test"], API, TWO, TAG, NOW - timedelta(hours=3))
        assert not (await verdict(lab)).passed


async def test_a_time_that_is_still_to_come_proves_nothing(tmp_path: Path) -> None:
    async with azure(tmp_path, hours=-3) as lab:
        told = "the registry says it was pushed there 0 s ago only"
        assert await verdict(lab) == fails(GATE, told, "wait for another 2 h")


async def test_no_list_is_read_after_the_one_with_the_tag(tmp_path: Path) -> None:
    async with azure(tmp_path, hours=3) as lab:
        lab.registries["test"].page_limit = 1
        for later in ("1.0.1", "1.0.2", "1.0.3"):
            push_into(lab.registries["test"], API, ONE, later, NOW)
        assert (await verdict(lab)).passed
        lab.registries["test"].requests.clear()  # the first was asked for a token
        assert (await verdict(lab)).passed
        assert lists_read(lab) == 1


async def test_times_that_cannot_be_read_leave_the_journal_s_word(tmp_path: Path) -> None:
    async with azure(tmp_path, hours=3) as lab:
        lab.registries["test"].faults.failing = 100
        assert "could not tell its tags' times" in (await verdict(lab)).reason
        await see(lab, minutes=30)
        assert (await verdict(lab)).reason == "seen there for 30 min only"


async def test_it_is_judged_again_at_the_moment_of_writing(tmp_path: Path) -> None:
    async with azure(tmp_path, hours=3) as lab:
        lab.bench.tools = lab.tools
        plan = await lab.bench.plan(lab.request(f"{API}:{TAG}", "prod"))
        lab.bench.tools = replace(lab.tools, clock=lambda: NOW + timedelta(hours=1))
        push_into(lab.registries["test"], API, TWO, TAG, NOW)
        push_into(lab.registries["test"], API, ONE, TAG, NOW)
        events = await lab.promote(plan)
        held = await lab.held("prod", f"{API}:{TAG}")
    assert [getattr(event, "gate", "") for event in events if getattr(event, "gate", "")] == [GATE]
    assert held is None
