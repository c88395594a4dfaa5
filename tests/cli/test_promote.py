"""`promote` and `plan` on fakes: what is asked, what is written, and the exit code."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from typing import NoReturn

import pytest

from tests.cli.fakes import API, Bed, FakeEngine, FakeJournal, Recorder, image, make_bed, make_recorder
from tui.cli.commands import Common
from tui.cli.commands_writing import PromoteCommand
from tui.cli.exits import Exit, UsageError
from tui.cli.output import Console
from tui.cli.promote import promote
from tui.domain.content import RawManifest
from tui.domain.environment import EngineName, Environment, GateRules, Kind
from tui.domain.events import (
    EngineEvent,
    PromotionCancelled,
    PromotionRefused,
    Recorded,
    Step,
    StepStarted,
    TagMoved,
)
from tui.domain.reference import Tag
from tui.ports.errors import JournalError, Unreachable
from tui.usecases.workbench import Workbench

ONE = ((API, Tag("1.0")),)
TO_TEST = PromoteCommand(Common(), ONE, "test", is_confirmed=True, as_json=True)
TO_PROD = PromoteCommand(Common(), ONE, "prod", "base", is_confirmed=True, as_json=True)


@pytest.fixture
def bed() -> Bed:
    """One image in the base."""
    bed = make_bed()
    bed.put("base", "1.0", "one")
    return bed


def answer(text: str) -> Callable[[Console, str], Awaitable[str]]:
    """Somebody who answers `text`."""

    async def ask(console: Console, question: str) -> str:
        console.ask(question)
        return text

    return ask


async def run(bed: Bed, command: PromoteCommand, *, is_terminal: bool = False, says: str = "") -> tuple[Exit, Recorder]:
    """The exit code and what was printed."""
    recorder = make_recorder(is_terminal=is_terminal)
    return await promote(command, recorder.console, bed.opener, answer(says)), recorder


@pytest.mark.parametrize("command", [TO_TEST, TO_PROD])
async def test_confirmed_beforehand(bed: Bed, command: PromoteCommand) -> None:
    code, printed = await run(bed, command)
    assert code == Exit.DONE
    assert printed.events == [
        "PromotionStarted", "StepStarted", "TagMoved", "StepStarted", "Verified", "PromotionSucceeded",
    ]  # fmt: skip
    assert bed.digest(command.target, "1.0") == image("one").digest
    assert printed.err == ""


async def test_for_people(bed: Bed) -> None:
    _, printed = await run(bed, replace(TO_TEST, as_json=False))
    assert printed.out == f"test t.io/shop/api:1.0@{image('one').digest}\n"
    for word in ("push   to the target", "tag moved from nothing", "verify", "verified", "done in"):
        assert word in printed.err


async def test_under_another_tag(bed: Bed) -> None:
    await run(bed, replace(TO_TEST, target_tag=Tag("2.0")))
    assert bed.digest("test", "2.0") == image("one").digest
    assert bed.digest("test", "1.0") is None


async def test_nobody_can_be_asked(bed: Bed) -> None:
    code, printed = await run(bed, replace(TO_TEST, is_confirmed=False))
    assert code == Exit.REFUSED
    assert "--yes" in printed.err
    assert "missing: the tag will be created" in printed.err
    assert (printed.out, bed.digest("test", "1.0")) == ("", None)


async def test_where_nobody_can_be_asked_the_gates_that_ask_are_named() -> None:
    bed = make_bed(Environment("base", "b.io"), Environment("test", "t.io", protected=True))
    bed.put("base", "1.0", "one")
    bed.put("test", "1.0", "two")
    code, printed = await run(bed, replace(TO_TEST, is_confirmed=False))
    assert code == Exit.REFUSED
    assert "refused by protected, overwrite: nobody can be asked here; confirm with --yes." in printed.err


@pytest.mark.parametrize(
    ("target", "says", "code"),
    [
        ("test", "y\n", Exit.DONE),
        ("test", "YES\n", Exit.DONE),
        ("test", "\n", Exit.REFUSED),
        ("test", "n\n", Exit.REFUSED),
        ("test", "", Exit.REFUSED),
        ("prod", "y\n", Exit.REFUSED),
        ("prod", "prod\n", Exit.DONE),
    ],
)
async def test_asked(bed: Bed, target: str, says: str, code: Exit) -> None:
    command = PromoteCommand(Common(), ONE, target, "base", as_json=True)
    ended, _ = await run(bed, command, is_terminal=True, says=says)
    assert ended == code
    assert (bed.digest(target, "1.0") is None) == (code is Exit.REFUSED)


@pytest.mark.parametrize("is_confirmed", [True, False])
async def test_a_gate_refuses_and_that_is_journalled(is_confirmed: bool) -> None:
    gates = GateRules(tags="v.*")
    bed = make_bed(Environment("base", "b.io"), Environment("test", "t.io", gates=gates))
    bed.put("base", "1.0", "one")
    code, printed = await run(bed, replace(TO_TEST, is_confirmed=is_confirmed))
    assert code == Exit.REFUSED
    assert printed.events == ["PromotionStarted", "PromotionRefused"]
    assert isinstance(bed.journal.records[-1].event, PromotionRefused)
    assert bed.digest("test", "1.0") is None


@pytest.mark.parametrize("as_json", [True, False])
async def test_all_gates_that_refuse_are_named_at_once_each_with_its_remedy(*, as_json: bool) -> None:
    gates = GateRules(tags="v.*", signed=True)
    bed = make_bed(Environment("base", "b.io"), Environment("test", "t.io", gates=gates))
    bed.put("base", "1.0", "one")
    code, printed = await run(bed, replace(TO_TEST, as_json=as_json))
    assert code == Exit.REFUSED
    assert printed.err.splitlines()[-2:] == [
        "refused by tags: tag 1.0 does not match v.*; promote a tag that matches, or name one with --as",
        "refused by signed: the image itself has no signature; sign it in base",
    ]
    refused = [record.event for record in bed.journal.records if isinstance(record.event, PromotionRefused)]
    assert [event.gate for event in refused] == ["tags"]


async def test_what_is_there_already_is_not_told_as_overwritten(bed: Bed) -> None:
    bed.put("test", "1.0", "one")
    _, printed = await run(bed, replace(TO_TEST, as_json=False))
    began, *_ = printed.err.splitlines()
    assert "to t.io/shop/api:1.0, which is there already: direct" in began


async def test_read_only_refuses(bed: Bed) -> None:
    bed.read_only = True
    code, _ = await run(bed, TO_TEST)
    assert (code, bed.digest("test", "1.0")) == (Exit.REFUSED, None)


async def test_an_engine_that_fails_is_1(bed: Bed) -> None:
    def fail(raw: RawManifest) -> RawManifest:
        raise Unreachable("push", "t.io", "broke off")

    bed.engine.on_push = fail
    code, printed = await run(bed, replace(TO_TEST, as_json=False))
    assert code == Exit.FAILED
    assert "failed: push (target): t.io: cannot push: broke off" in printed.err
    assert printed.out == ""


async def test_an_unreachable_registry_is_1(bed: Bed) -> None:
    bed["base"].broken = Unreachable("resolve", "b.io", "connection refused")
    code, printed = await run(bed, replace(TO_TEST, only_plan=True))
    assert code == Exit.FAILED
    assert printed.document["plans"] == []
    assert printed.document["errors"][0]["detail"] == "b.io: cannot resolve: connection refused"


@pytest.mark.parametrize("is_written", [True, False])
async def test_interrupted(bed: Bed, is_written: bool) -> None:
    bed.put("test", "1.0", "old")

    def interrupt(*_: object) -> NoReturn:
        raise asyncio.CancelledError

    if is_written:
        bed.engine.after_push = interrupt
    else:
        bed.engine.on_push = interrupt
    code, printed = await run(bed, TO_TEST)
    assert code == Exit.INTERRUPTED
    assert printed.events[-1] == "PromotionCancelled"
    assert isinstance(bed.journal.records[-1].event, PromotionCancelled)
    told = "was written: it now holds" if is_written else f"is as it was: {image('old').digest}"
    assert told in printed.err


async def test_a_plan_writes_nothing(bed: Bed) -> None:
    bed.put("test", "1.0", "old")
    code, printed = await run(bed, replace(TO_TEST, only_plan=True, is_confirmed=False))
    plan = printed.document["plans"][0]
    assert code == Exit.DONE
    assert (plan["effect"], plan["current"]) == ("overwrites", str(image("old").digest))
    assert plan["command"] == "windlass promote shop/api:1.0 --from base --to test"
    assert not plan["refused"]
    assert bed.digest("test", "1.0") == image("old").digest
    assert bed.journal.records == []


async def test_a_plan_that_would_be_refused_is_5_and_shown(bed: Bed) -> None:
    bed.read_only = True
    code, printed = await run(bed, replace(TO_TEST, only_plan=True, as_json=False))
    assert code == Exit.REFUSED
    assert "REFUSES: this session is read-only" in printed.out


async def test_a_plan_shows_wishes_that_stay_unmet() -> None:
    wish = "lock: by hand"
    bed = make_bed(Environment("base", "b.io"), Environment("test", "t.io", unmet_wishes=(wish,)))
    bed.put("base", "1.0", "one")
    _, printed = await run(bed, replace(TO_TEST, only_plan=True, as_json=False))
    assert wish in printed.out


@pytest.mark.parametrize(
    ("target", "source", "told"),
    [
        ("prd", None, "did you mean prod?"),
        ("test", "bsae", "did you mean base?"),
        ("base", None, "this is the base"),
        ("base", "prod", "this is the base"),
        ("test", "test", "--as"),
    ],
)
async def test_environments_that_make_no_sense(bed: Bed, target: str, source: str | None, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        await run(bed, PromoteCommand(Common(), ONE, target, source))


async def test_without_a_journal_it_is_said_what_was_written(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    record = bed.journal.record

    async def is_full(event: Recorded) -> None:
        if isinstance(event.event, TagMoved):
            raise JournalError("the disk is full")
        await record(event)

    monkeypatch.setattr(FakeJournal, "record", lambda _, event: is_full(event))
    recorder = make_recorder()
    with pytest.raises(JournalError):
        await promote(TO_TEST, recorder.console, bed.opener)
    assert f"t.io/shop/api:1.0 was written: it now holds {image('one').digest}" in recorder.err


@pytest.mark.parametrize(("step", "is_doubted"), [(Step.PUSH, False), (Step.TAG, True)])
async def test_of_a_stopped_import_only_the_tag_that_azure_was_to_set_is_doubted(
    step: Step, is_doubted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    bed = make_bed(Environment("base", "b.io", kind=Kind.ACR), Environment("test", "t.io", kind=Kind.ACR))
    bed.engine.name = EngineName.ACR_IMPORT
    bed.put("base", "1.0", "one")
    bed.put("test", "1.0", "old")

    async def stop(*_: object) -> AsyncGenerator[EngineEvent, None]:
        yield StepStarted(step, "by Azure")
        raise asyncio.CancelledError

    monkeypatch.setattr(FakeEngine, "run", stop)
    code, printed = await run(bed, TO_TEST)
    assert code == Exit.INTERRUPTED
    assert f"is as it was: {image('old').digest}" in printed.err
    assert ("Azure may still set it" in printed.err) is is_doubted


async def test_targets_are_looked_at_side_by_side_after_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    bed = make_bed(Environment("base", "b.io", kind=Kind.ACR), Environment("test", "t.io", kind=Kind.ACR))
    bed.engine.name = EngineName.ACR_IMPORT
    images = tuple((API, Tag(tag)) for tag in ("1.0", "2.0", "3.0"))
    for _, tag in images:
        bed.put("base", tag, tag)
    met, all_look = 0, asyncio.Barrier(len(images))

    async def look(*_: object) -> NoReturn:
        nonlocal met
        await all_look.wait()
        met += 1
        raise Unreachable("resolve", "t.io", "no answer")

    async def hang(*_: object) -> AsyncGenerator[EngineEvent, None]:
        yield StepStarted(Step.PUSH, "by Azure")
        await asyncio.Event().wait()

    monkeypatch.setattr(Workbench, "inspect", look)
    monkeypatch.setattr(FakeEngine, "run", hang)
    recorder = make_recorder()
    work = asyncio.create_task(promote(replace(TO_TEST, images=images), recorder.console, bed.opener))
    async with asyncio.timeout(20):
        while recorder.events.count("StepStarted") < len(images):
            await asyncio.sleep(0)
        work.cancel()
        assert await work == Exit.INTERRUPTED
    assert recorder.err.count("could not be read back") == len(images)
    assert met == len(images)
