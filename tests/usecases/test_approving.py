"""Approving: who agrees to what, written beside the image where it is promoted from, and found there again."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.lab import IMPATIENT, NOW, Lab, laboratory, picture
from tui.domain.approval import approvals_among
from tui.domain.content import Descriptor, RawManifest
from tui.domain.environment import Environment, GateRules, Kind
from tui.domain.events import (
    ApprovalGiven,
    Event,
    LineLogged,
    PromotionCancelled,
    PromotionFailed,
    PromotionRefused,
    Recorded,
    Step,
    StepStarted,
)
from tui.domain.reference import Digest, Repository, Tag
from tui.ports.errors import JournalError, NotFound
from tui.registry.acr.client import AcrClient
from tui.registry.client import Endpoint, RegistryClient
from tui.registry.credentials import Credential, NoCredentials, Static
from tui.sandbox.auth import Acr
from tui.sandbox.azure_token import sample_token
from tui.sandbox.registry import Registry
from tui.usecases import approving as subject
from tui.usecases.approving import CannotApprove
from tui.usecases.workbench import Notices, Workbench

API, TAG = Repository("shop/api"), Tag("1.0.0")
PATH = (
    Environment("base", "base", kind=Kind.ACR),
    Environment("prod", "prod", prefix="live/", gates=GateRules(approvals=1)),
)


class Login:
    """The Azure login of somebody."""

    def __init__(self, person: str) -> None:
        self._token = sample_token("contoso", "https://management.azure.com/", f"{person}@contoso.example")

    async def find(self) -> Credential:
        return Credential(azure_token=self._token)


class NoLogin:
    """A login that has ended."""

    async def find(self) -> Credential:
        raise NoCredentials("your login has ended")


@dataclass(frozen=True, slots=True)
class House:
    """A laboratory whose base wants a login of Azure's."""

    lab: Lab
    digest: Digest

    def bench(self, client: RegistryClient, *, read_only: bool = False) -> Workbench:
        """The workbench of who has `client` for the base."""
        tools = replace(self.lab.tools, registries={**self.lab.tools.registries, self.lab.environment("base"): client})
        return Workbench(self.lab.bench.path, self.lab.bench.scope, tools, Notices(), read_only)

    def person(self, name: str) -> RegistryClient:
        """A client that somebody is logged in with."""
        endpoint = Endpoint(self.lab.environment("base").registry, plain_http=True, takes_azure_tokens=True)
        return AcrClient(endpoint, Login(name), limits=IMPATIENT)

    async def approve(self, client: RegistryClient, remark: str = "", *, read_only: bool = False) -> list[Event]:
        """All that happens where the owner of `client` approves."""
        return [record.event for record in await self.records(client, remark, read_only=read_only)]

    async def records(self, client: RegistryClient, remark: str = "", *, read_only: bool = False) -> list[Recorded]:
        bench = self.bench(client, read_only=read_only)
        base, prod = self.lab.environment("base"), self.lab.environment("prod")
        looked = await bench.look_at_approval(base, prod, API, TAG)
        return [record async for record in bench.approve(looked, remark)]

    async def given(self, client: RegistryClient) -> list[str]:
        """Who approved, as the registry tells."""
        place = f"{self.lab.environment('prod').registry}/live/shop/api"
        return sorted(item.by for item in approvals_among(await client.referrers(API, self.digest), place))


@asynccontextmanager
async def house(tmp_path: Path, path: tuple[Environment, ...] = PATH) -> AsyncGenerator[House, None]:
    registries = {"base": Registry("base", auth=Acr()), "prod": Registry("prod")}
    async with laboratory(tmp_path, path, registries) as lab:
        yield House(lab, lab.push("base", "shop/api", "1.0.0", picture(1)).digest)


async def test_an_approval_lies_beside_the_image_and_in_the_journal(tmp_path: Path) -> None:
    async with house(tmp_path) as here, here.person("ann") as ann:
        records = await here.records(ann, "CHG0031337")
        base, prod = here.lab.environment("base"), here.lab.environment("prod")
        (found,) = (await here.bench(ann).inspect(base, API, TAG)).approvals
        journalled = await here.lab.tools.journal.promotion(records[0].promotion)
    assert [record.event for record in records] == [
        StepStarted(Step.APPROVE, f"{base.registry}/shop/api:1.0.0@{here.digest} for prod"),
        ApprovalGiven(found.artifact or here.digest, "ann@contoso.example"),
    ]
    assert (found.by, found.environment, found.at) == ("ann@contoso.example", "prod", NOW)
    assert (found.place, found.remark) == (f"{prod.registry}/live/shop/api", "CHG0031337")
    assert str(records[-1].target) == f"{prod.registry}/live/shop/api:1.0.0"
    assert [record.event for record in journalled] == [record.event for record in records]


async def test_two_persons_are_two_approvals_and_one_twice_is_one(tmp_path: Path) -> None:
    async with house(tmp_path) as here, here.person("ann") as ann, here.person("bob") as bob:
        first = await here.approve(ann)
        await here.approve(bob)
        pushed = _pushes(here)
        again = await here.approve(ann, "once more")
        assert await here.given(bob) == ["ann@contoso.example", "bob@contoso.example"]
        assert _pushes(here) == pushed
    assert again[1:] == [
        LineLogged("ann@contoso.example approved of it already, at 2026-11-24T12:00:00.000Z: nothing to write"),
        first[-1],
    ]


def _pushes(here: House) -> int:
    """Requests to the base that wrote something."""
    counts = here.lab.registries["base"].requests
    return sum(number for (method, _), number in counts.items() if method in {"PUT", "PATCH"})


async def test_what_is_approved_is_the_digest_that_was_looked_at(tmp_path: Path) -> None:
    async with house(tmp_path) as here, here.person("ann") as ann:
        bench = here.bench(ann)
        looked = await bench.look_at_approval(here.lab.environment("base"), here.lab.environment("prod"), API, TAG)
        moved = here.lab.push("base", "shop/api", "1.0.0", picture(2)).digest
        async for _ in bench.approve(looked, ""):
            pass
        assert await here.given(ann) == ["ann@contoso.example"]
        assert await ann.referrers(API, moved) == ()


async def test_nobody_cannot_approve(tmp_path: Path) -> None:
    path = (Environment("base", "prod"), Environment("prod", "prod", prefix="live/"))
    async with laboratory(tmp_path, path) as lab:
        lab.push("base", "shop/api", "1.0.0", picture(1))
        with pytest.raises(CannotApprove, match=r"base takes this client for nobody, .* log in to 127\.0\.0\.1:\d+, "):
            await lab.bench.look_at_approval(lab.environment("base"), lab.environment("prod"), API, TAG)


async def test_who_cannot_be_found_out_cannot_approve(tmp_path: Path) -> None:
    async with house(tmp_path) as here:
        endpoint = Endpoint(here.lab.environment("base").registry, plain_http=True)
        async with RegistryClient(endpoint, NoLogin()) as ann:
            with pytest.raises(
                CannotApprove, match=r"cannot find out who is logged in: .* carries a name: log in to 127"
            ):
                await here.approve(ann)


@pytest.mark.parametrize(
    ("source", "target", "sentence"),
    [
        ("prod", "base", "base is the base, and images are built into it: name the environment"),
        ("prod", "prod", "an approval for prod is given where the image is promoted from: name another environment"),
    ],
)
async def test_the_ends_must_make_sense(tmp_path: Path, source: str, target: str, sentence: str) -> None:
    async with house(tmp_path) as here:
        ends = here.lab.environment(source), here.lab.environment(target)
        with pytest.raises(CannotApprove, match=sentence):
            await here.lab.bench.look_at_approval(*ends, API, TAG)


async def test_an_image_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    async with house(tmp_path) as here, here.person("ann") as ann:
        ends = here.lab.environment("base"), here.lab.environment("prod")
        with pytest.raises(NotFound):
            await here.bench(ann).look_at_approval(*ends, API, Tag("9.9.9"))


async def test_nothing_is_written_where_that_is_forbidden(tmp_path: Path) -> None:
    async with house(tmp_path) as here, here.person("ann") as ann:
        events = await here.approve(ann, read_only=True)
        assert await here.given(ann) == []
    assert events[-1] == PromotionRefused(
        "read-only", "this session is read-only", "leave out --read-only; on the board ! switches it off"
    )


async def test_nothing_is_written_to_an_environment_that_is_read_only(tmp_path: Path) -> None:
    path = (replace(PATH[0], read_only=True), PATH[1])
    async with house(tmp_path, path) as here, here.person("ann") as ann:
        events = await here.approve(ann)
        assert await here.given(ann) == []
    assert events[-1] == PromotionRefused(
        "read-only",
        "an approval is written to base, which is read-only in the settings",
        "set read_only = false there",
    )


async def test_a_registry_that_does_not_take_it_is_a_failure(tmp_path: Path) -> None:
    async with house(tmp_path) as here, here.person("ann") as ann:
        bench = here.bench(ann)
        looked = await bench.look_at_approval(here.lab.environment("base"), here.lab.environment("prod"), API, TAG)
        here.lab.registries["base"].faults.forbidden = {"shop/api"}
        events = [record.event async for record in bench.approve(looked, "")]
    assert isinstance(events[-1], PromotionFailed)
    assert (events[-1].operation, str(events[-1].side)) == ("approve", "source")


async def test_stopping_is_journalled(tmp_path: Path) -> None:
    async with house(tmp_path) as here, here.person("ann") as ann:
        bench = here.bench(ann)
        looked = await bench.look_at_approval(here.lab.environment("base"), here.lab.environment("prod"), API, TAG)
        records = bench.approve(looked, "")
        first = await anext(records)
        await records.aclose()
        journalled = await here.lab.tools.journal.promotion(first.promotion)
    assert [record.event for record in journalled] == [first.event, PromotionCancelled()]


async def test_what_could_not_be_recorded_as_begun_is_not_recorded_as_stopped(tmp_path: Path) -> None:
    tried: list[Event] = []

    async def record(event: Recorded) -> None:
        tried.append(event.event)
        raise JournalError("another program keeps it")

    async with house(tmp_path) as here, here.person("ann") as ann:
        bench = here.bench(ann)
        looked = await bench.look_at_approval(here.lab.environment("base"), here.lab.environment("prod"), API, TAG)
        here.lab.tools.journal.record = record  # type: ignore[method-assign]
        with pytest.raises(JournalError):
            await anext(bench.approve(looked, ""))
    assert [type(event) for event in tried] == [StepStarted]


async def test_two_who_approve_at_once_without_the_api_both_stay(tmp_path: Path) -> None:
    names = [f"person-{number}" for number in range(4)]
    path = (Environment("base", "base"), PATH[1])
    async with laboratory(tmp_path, path) as lab:
        here = House(lab, lab.push("base", "shop/api", "1.0.0", picture(1)).digest)
        lab.registries["base"].faults.referrers_missing = True
        endpoint = Endpoint(lab.environment("base").registry, plain_http=True)
        people = [RegistryClient(endpoint, Static(name, "x"), limits=IMPATIENT) for name in names]
        endings = [events[-1] for events in await asyncio.gather(*(here.approve(each) for each in people))]
        assert await here.given(people[0]) == names
        for each in people:
            await each.close()
    assert all(isinstance(ending, ApprovalGiven) for ending in endings)


class Forgetful(RegistryClient):
    """A client of a registry whose list of referrers is written over by others, `times` times."""

    times = 0
    pushes = 0

    async def referrers(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...]:
        if self.pushes and self.times:
            self.times -= 1
            return ()
        return await super().referrers(repository, subject)

    async def push_manifest(self, repository: Repository, reference: Tag | Digest, manifest: RawManifest) -> None:
        self.pushes += 1
        await super().push_manifest(repository, reference, manifest)


@pytest.mark.parametrize(("times", "is_given", "pushes"), [(0, True, 1), (2, True, 3), (9, False, 6)])
async def test_an_approval_that_gets_lost_is_recorded_again_a_few_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, times: int, is_given: bool, pushes: int
) -> None:
    monkeypatch.setattr(subject, "_PAUSES", (0.0,) * 5)
    async with laboratory(tmp_path, (Environment("base", "base"), PATH[1])) as lab:
        here = House(lab, lab.push("base", "shop/api", "1.0.0", picture(1)).digest)
        endpoint = Endpoint(lab.environment("base").registry, plain_http=True)
        async with Forgetful(endpoint, Static("ann", "x"), limits=IMPATIENT) as ann:
            ann.times = times
            ending = (await here.approve(ann))[-1]
            assert ann.pushes == pushes
    if is_given:
        assert isinstance(ending, ApprovalGiven)
    else:
        assert isinstance(ending, PromotionFailed)
        assert ending.cause.endswith("take it off the list again; approve again")


@pytest.mark.parametrize("api_is_missing", [False, True])
async def test_an_approval_opens_the_gate_for_others(tmp_path: Path, *, api_is_missing: bool) -> None:
    async with house(tmp_path) as here, here.person("ann") as ann, here.person("bob") as bob:
        here.lab.registries["base"].faults.referrers_missing = api_is_missing
        request = here.lab.request("shop/api:1.0.0", "prod")
        before = await here.bench(bob).plan(request)
        await here.approve(ann)
        own = await here.bench(ann).plan(request)
        others = await here.bench(bob).plan(request)
    assert [verdict.gate for verdict in before.refusals] == ["approvals"]
    assert [verdict.gate for verdict in own.refusals] == ["approvals"]
    assert others.refusals == ()
