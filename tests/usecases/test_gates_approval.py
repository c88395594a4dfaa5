"""Approvals: other persons agreed to this digest, for this environment."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.lab import IMPATIENT, NOW, Lab, laboratory, picture
from tui.domain.approval import APPROVAL_TYPE, Approval
from tui.domain.environment import Environment, GateRules
from tui.domain.verdict import Verdict
from tui.registry.client import Endpoint, RegistryClient
from tui.registry.credentials import Anonymous
from tui.sandbox import images
from tui.sandbox.images import Image
from tui.usecases.tools import Tools

IMAGE = "shop/api:1.0.0"
APPROVED = images.index([picture(1)])


class NamedClient(RegistryClient):
    """A client that the registry knows by `name`."""

    name = "Grace@example.com"

    async def identity(self) -> str:
        return self.name


@asynccontextmanager
async def wanting(tmp_path: Path, number: int, promoter: str = NamedClient.name) -> AsyncGenerator[Lab]:
    """A target in a folder of its registry that wants `number` approvals of what `promoter` promotes."""
    target = Environment("prod", "prod", prefix="live/", gates=GateRules(approvals=number))
    async with laboratory(tmp_path, [Environment("base", "base"), target]) as lab, AsyncExitStack() as stack:
        registries = dict(lab.tools.registries)
        for place in registries:
            made = NamedClient(Endpoint(place.registry, plain_http=True), Anonymous(), limits=IMPATIENT)
            made.name = promoter
            registries[place] = await stack.enter_async_context(made)
        lab.bench.tools = replace(lab.tools, registries=registries)
        lab.push("base", "shop/api", "1.0.0", APPROVED)
        yield lab


def approve(lab: Lab, by: str, *, subject: Image = APPROVED, place: str | None = None, at: datetime = NOW) -> None:
    """Attaches an approval, as whoever may push could."""
    said = Approval(by, "prod", place or f"{lab.environment('prod').registry}/live/shop/api", at)
    made = images.artifact(APPROVAL_TYPE, b"{}", payload_type="a/b", subject=subject, annotations=said.annotations)
    lab.push("base", "shop/api", None, made)


async def verdict(lab: Lab) -> Verdict:
    plan = await lab.bench.plan(lab.request(IMAGE, "prod"))
    (found,) = [verdict for verdict in plan.verdicts if verdict.gate == "approvals"]
    return found


async def test_another_persons_approval_admits_and_is_told(tmp_path: Path) -> None:
    async with wanting(tmp_path, 1) as lab:
        refused = await verdict(lab)
        approve(lab, "ada@example.com")
        passed = await verdict(lab)
    assert (refused.passed, passed.passed) == (False, True)
    assert passed.reason == "approved by ada@example.com at 2026-11-24T12:00:00.000Z"
    assert refused.reason == "1 approval by others wanted, approved by nobody else"
    assert refused.remedy == "have somebody else run `windlass approve shop/api:1.0.0 --for prod`"


async def test_ones_own_does_not_count_however_it_is_spelt(tmp_path: Path) -> None:
    async with wanting(tmp_path, 1) as lab:
        approve(lab, "grace@EXAMPLE.com")
        found = await verdict(lab)
    assert not found.passed
    assert "that of Grace@example.com, who promotes, does not count" in found.reason


async def test_persons_are_counted_not_approvals(tmp_path: Path) -> None:
    async with wanting(tmp_path, 2) as lab:
        approve(lab, "ada")
        approve(lab, "ADA", at=NOW + timedelta(minutes=1))
        one = await verdict(lab)
        approve(lab, "alan", at=NOW + timedelta(minutes=2))
        two = await verdict(lab)
    assert (one.passed, two.passed) == (False, True)
    assert "2 approvals by others wanted, approved by ada at 2026-11-24T12:00:00.000Z only" in one.reason
    assert two.reason.count("ada") == 1


@pytest.mark.parametrize("elsewhere", ["another place", "a platform", "another image"])
async def test_an_approval_of_something_else_does_not_count(tmp_path: Path, elsewhere: str) -> None:
    async with wanting(tmp_path, 1) as lab:
        if elsewhere == "another place":
            approve(lab, "ada", place=f"{lab.environment('prod').registry}/shop/api")
        elif elsewhere == "a platform":
            approve(lab, "ada", subject=picture(1))
        else:
            lab.push("base", "shop/api", "2.0.0", picture(2))
            approve(lab, "ada", subject=picture(2))
        assert not (await verdict(lab)).passed


async def test_who_is_nobody_cannot_be_told_from_who_approved(tmp_path: Path) -> None:
    async with wanting(tmp_path, 1, promoter="") as lab:
        approve(lab, "ada")
        found = await verdict(lab)
        registry = lab.environment("base").registry
    assert not found.passed
    assert "nobody is logged in at base" in found.reason
    assert found.remedy == f"log in to {registry} first"


async def test_where_no_approval_is_wanted_nobody_is_asked_who_they_are(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", "shop/api", "1.0.0", APPROVED)
        plan = await lab.bench.plan(lab.request(IMAGE, "dev"))
    assert "approvals" not in {verdict.gate for verdict in plan.verdicts}


async def test_ones_own_does_not_count_under_the_name_of_another_registry(tmp_path: Path) -> None:
    """It was given in an environment before, where the same person has another login, and travelled along."""
    async with wanting(tmp_path, 1) as lab:
        assert isinstance(lab.bench.tools, Tools)
        elsewhere = lab.bench.tools.registries[lab.environment("prod")]
        assert isinstance(elsewhere, NamedClient)
        approve(lab, "hopper")
        admitted = await verdict(lab)
        elsewhere.name = "Hopper"
        found = await verdict(lab)
    assert (admitted.passed, found.passed) == (True, False)
    assert "that of hopper, who promotes, does not count" in found.reason


async def test_ones_own_does_not_count_with_invisible_letters(tmp_path: Path) -> None:
    async with wanting(tmp_path, 1) as lab:
        approve(lab, "gra\u200bce\u00ad@example.com")
        assert not (await verdict(lab)).passed
