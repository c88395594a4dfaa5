"""`approve` and `history --noted` on embedded registries: what is shown, asked and written, and the exit codes."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.cli.fakes import Recorder, make_recorder
from tests.lab import IMPATIENT, Lab, laboratory, picture
from tui.cli.approve import approve
from tui.cli.commands import Common
from tui.cli.commands_reading import HistoryCommand
from tui.cli.commands_trusting import ApproveCommand
from tui.cli.exits import Exit, UsageError
from tui.cli.history import history
from tui.cli.output import Console
from tui.domain.environment import Environment
from tui.domain.reference import Repository, Tag
from tui.registry.client import Endpoint, RegistryClient
from tui.registry.credentials import Static
from tui.usecases.workbench import Notices, Workbench

ONE, TWO = (Repository("shop/api"), Tag("1.0.0")), (Repository("shop/api"), Tag("2.0.0"))
COMMAND = ApproveCommand(Common(), (ONE,), "prod", source="base")
PATH = (Environment("base", "base"), Environment("test", "test"), Environment("prod", "prod", protected=True))


@dataclass(slots=True)
class Desk:
    """A laboratory, and somebody who is logged in to its base."""

    lab: Lab
    bench: Workbench
    asked: list[str] = field(default_factory=list[str])

    @asynccontextmanager
    async def opener(self) -> AsyncGenerator[Workbench, None]:
        yield self.bench

    async def approve(
        self, command: ApproveCommand = COMMAND, *, is_terminal: bool = False, says: str = ""
    ) -> tuple[Exit, Recorder]:
        """The exit code and what was printed."""
        recorder = make_recorder(is_terminal=is_terminal)

        async def answer(console: Console, question: str) -> str:
            self.asked.append(question)
            return says

        return await approve(command, recorder.console, self.opener, answer), recorder

    async def given(self) -> list[str]:
        """The remarks of the approvals that the base holds."""
        found = await self.bench.inspect(self.lab.environment("base"), *ONE)
        return [approval.remark for approval in found.approvals]

    async def noted(self, *, as_json: bool = False, tag: str = "1.0.0") -> tuple[Exit, Recorder]:
        recorder = make_recorder()
        command = HistoryCommand(Common(), ONE[0], Tag(tag), asks_registries=True, as_json=as_json)
        return await history(command, recorder.console, self.opener), recorder


@asynccontextmanager
async def desk(tmp_path: Path, path: tuple[Environment, ...] = PATH, user: str = "ann") -> AsyncGenerator[Desk, None]:
    async with laboratory(tmp_path, path) as lab:
        base = lab.environment("base")
        endpoint = Endpoint(base.registry, plain_http=True)
        async with RegistryClient(endpoint, Static(user, "secret"), limits=IMPATIENT) as ann:
            tools = replace(lab.tools, registries={**lab.tools.registries, base: ann})
            lab.push("base", *ONE, picture(1))
            yield Desk(lab, Workbench(lab.bench.path, lab.bench.scope, tools, Notices()))


async def test_it_shows_what_is_approved_and_asks(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        code, told = await here.approve(replace(COMMAND, remark="CHG1"), is_terminal=True, says="prod")
        assert (code, await here.given()) == (Exit.DONE, ["CHG1"])
        base, prod = here.lab.environment("base"), here.lab.environment("prod")
        digest = await here.lab.held("base", "shop/api:1.0.0")
        place = f"{base.registry}/shop/api:1.0.0@{digest}"
    assert told.out == f"prod {place} approved by ann\n"
    assert f"  image    {place}\n  for      prod▲: {prod.registry}/shop/api\n" in told.err
    assert "  by       ann, who may then not be the one who promotes it\n  given    no approval yet\n" in told.err
    approved, counts = told.err.splitlines()[-2:]
    assert "approved by ann (" in approved
    assert counts == "       it counts only for a promotion that somebody else makes"
    assert here.asked == ["approve 1 image as ann for prod, which is protected. Type its name to go on:"]


@pytest.mark.parametrize(("is_terminal", "says"), [(True, "no"), (True, "yes"), (False, "prod")])
async def test_without_a_yes_nothing_is_approved(tmp_path: Path, *, is_terminal: bool, says: str) -> None:
    async with desk(tmp_path) as here:
        code, told = await here.approve(is_terminal=is_terminal, says=says)
        assert (code, await here.given()) == (Exit.REFUSED, [])
    assert told.out == ""


async def test_who_approved_before_is_shown(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        await here.approve(replace(COMMAND, is_confirmed=True, remark="CHG1"))
        code, told = await here.approve(is_terminal=True, says="prod")
        assert (code, await here.given()) == (Exit.DONE, ["CHG1"])
    assert "  given    ann at 2026-11-24T12:00:00.000Z: CHG1\n" in told.err
    assert "ann approved of it already, at 2026-11-24T12:00:00.000Z: nothing to write" in told.err


async def test_json_is_one_event_a_line(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        code, told = await here.approve(replace(COMMAND, is_confirmed=True, as_json=True))
    assert (code, told.events) == (Exit.DONE, ["StepStarted", "ApprovalGiven"])
    last = json.loads(told.out.splitlines()[-1])
    assert (last["by"], last["tag"]) == ("ann", "1.0.0")


async def test_nothing_is_approved_where_one_image_is_not_there(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        code, told = await here.approve(replace(COMMAND, images=(ONE, TWO), is_confirmed=True))
        assert (code, await here.given()) == (Exit.FAILED, [])
    assert "cannot approve shop/api:2.0.0: 127.0.0.1:" in told.err
    assert "nothing was approved: every image must be ready before the first is" in told.err


async def test_nobody_is_told_to_log_in(tmp_path: Path) -> None:
    async with desk(tmp_path, user="AWS") as here:
        code, told = await here.approve(replace(COMMAND, is_confirmed=True))
    assert code is Exit.FAILED
    assert "base takes this client for nobody, and an approval carries a name: log in to 127.0.0.1:" in told.err


async def test_where_nothing_may_be_written_it_is_refused_and_the_rest_not_begun(tmp_path: Path) -> None:
    async with desk(tmp_path, (replace(PATH[0], read_only=True), *PATH[1:])) as here:
        here.lab.push("base", *TWO, picture(2))
        code, told = await here.approve(replace(COMMAND, images=(ONE, TWO), is_confirmed=True))
    assert (code, told.out) == (Exit.REFUSED, "")
    assert "refused by read-only: an approval is written to base, which is read-only in the settings" in told.err
    assert told.err.endswith("not begun: shop/api:2.0.0\n")


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        (replace(COMMAND, target="base"), "--for base: this is the base"),
        (replace(COMMAND, source="prod"), "--from and --for are both prod"),
        (replace(COMMAND, target="produ"), "--for produ: no environment is called that; did you mean prod"),
    ],
)
async def test_ends_that_make_no_sense_are_wrong_usage(tmp_path: Path, command: ApproveCommand, sentence: str) -> None:
    async with desk(tmp_path) as here:
        with pytest.raises(UsageError, match=sentence):
            await here.approve(command)


async def test_the_source_is_the_environment_before_by_default(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        code, told = await here.approve(replace(COMMAND, source=None, is_confirmed=True))
        test = here.lab.environment("test")
    assert code is Exit.FAILED
    assert "cannot approve shop/api:1.0.0: test takes this client for nobody" in told.err
    assert test.registry in told.err


# -- what the registries tell ------------------------------------------------------------------------------------


async def promoted(here: Desk) -> str:
    """Promotes along the path with the approval of somebody; the id of the last promotion."""
    await here.approve(replace(COMMAND, target="test", is_confirmed=True))
    last = ""
    for source, target in (("base", "test"), ("test", "prod")):
        plan = await here.lab.bench.plan(here.lab.request("shop/api:1.0.0", target, source))
        async for record in here.lab.promoting(plan):
            last = record.promotion
    return last


async def test_the_registries_tell_their_promotions(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        await promoted(here)
        code, told = await here.noted()
    head, *lines = told.out.splitlines()
    assert (code, head.split()[:4]) == (Exit.DONE, ["TIME", "AGE", "ENVIRONMENT", "TAG"])
    cells = {tuple(line.split()[4:-1]) for line in lines}
    assert {line[-6:] for line in cells} == {
        ("prod▲", "1.0.0", "-", "test", "direct", "-"),
        ("test", "1.0.0", "-", "base", "direct", "ann"),
    }


async def test_the_registries_tell_it_to_machines(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        last = await promoted(here)
        code, told = await here.noted(as_json=True)
    found = {item["environment"]: item for item in told.document["promotions"]}
    assert (code, set(found), told.document["errors"]) == (Exit.DONE, {"test", "prod"}, [])
    assert found["prod"]["promotion"] == last
    assert (found["test"]["from"], found["test"]["approved_by"], found["test"]["by"]) == ("base", ["ann"], None)


async def test_an_environment_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        await promoted(here)
        here.lab.registries["prod"].faults.forbidden = {"shop/api"}
        code, told = await here.noted()
    assert code is Exit.INCOMPLETE
    assert "prod could not be read: 127.0.0.1:" in told.err
    assert " test " in told.out


async def test_an_image_that_nothing_is_noted_of_is_known_all_the_same(tmp_path: Path) -> None:
    async with desk(tmp_path) as here:
        code, told = await here.noted()
        missing, said = await here.noted(tag="9.9.9")
    assert (code, told.out) == (Exit.DONE, "")
    assert told.err == "no promotion of what is held under shop/api:1.0.0 is noted in a registry\n"
    assert (missing, said.err) == (Exit.FAILED, "no environment has shop/api:9.9.9\n")
