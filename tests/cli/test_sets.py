"""Many promotions at once: nothing that goes wrong with one stops another, and a line tells how each ended."""

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import replace

import pytest

from tests.cli.fakes import API, CONFIG, Bed, FakeEngine, Recorder, image, make_bed, make_recorder
from tui.cli.commands import Common
from tui.cli.commands_writing import PromoteCommand
from tui.cli.exits import Exit, UsageError
from tui.cli.output import Console
from tui.cli.promote import promote
from tui.domain.content import RawManifest
from tui.domain.environment import Environment, GateRules
from tui.domain.events import EngineEvent, PromotionRefused, Step, StepStarted
from tui.domain.plan import Plan, Request
from tui.domain.reference import Repository, Tag
from tui.ports.errors import Unreachable, WindlassError
from tui.usecases.sets import COPIES_AT_ONCE
from tui.usecases.workbench import Workbench

TAGS = ("1.0", "2.0", "3.0", "rc")
RELEASES = GateRules(tags=r"\d+\.\d+")
DRIFT = PromoteCommand(Common(), (), "test", is_confirmed=True, all_drift=True)


def command(*tags: str) -> PromoteCommand:
    """Promotes `tags` of the one repository to test, with a yes beforehand."""
    return PromoteCommand(Common(), tuple((API, Tag(tag)) for tag in tags), "test", is_confirmed=True)


@pytest.fixture
def bed() -> Bed:
    """Four images in the base; test takes all of them but `rc`."""
    bed = make_bed(
        Environment("base", "b.io"), Environment("test", "t.io", gates=RELEASES), Environment("prod", "p.io")
    )
    for tag in TAGS:
        bed.put("base", tag, tag)
    return bed


def answer(text: str) -> Callable[[Console, str], Awaitable[str]]:
    """Somebody who answers `text`."""

    async def ask(console: Console, question: str) -> str:
        console.ask(question)
        return text

    return ask


async def run(bed: Bed, wanted: PromoteCommand, says: str | None = None) -> tuple[Exit, Recorder]:
    """The exit code and what was printed; with `says` there is somebody to ask."""
    recorder = make_recorder(is_terminal=says is not None)
    return await promote(wanted, recorder.console, bed.opener, answer(says or "")), recorder


def but_fails(wrong: RawManifest) -> Callable[[RawManifest], RawManifest]:
    """A push that works for all but `wrong`."""

    def push(raw: RawManifest) -> RawManifest:
        if raw == wrong:
            raise Unreachable("push", "t.io", "broke off")
        return raw

    return push


def ends(printed: Recorder, count: int) -> list[list[str]]:
    """The words of the last `count` lines, which are the summary."""
    return [line.split() for line in printed.err.splitlines()[-count:]]


def held(bed: Bed, tags: Sequence[str] = TAGS) -> list[str]:
    """Which of `tags` are in test."""
    return [tag for tag in tags if bed.digest("test", tag) == image(tag).digest]


async def test_what_cannot_go_stops_no_other(bed: Bed) -> None:
    code, printed = await run(bed, command("1.0", "rc", "9.9", "2.0"))
    assert held(bed) == ["1.0", "2.0"]
    assert code == Exit.REFUSED
    assert printed.out.splitlines() == [f"test t.io/shop/api:{tag}@{image(tag).digest}" for tag in ("1.0", "2.0")]
    assert "shop/api:9.9: base has no b.io/shop/api:9.9" in printed.err


async def test_the_summary_has_a_line_for_each_and_one_for_all(bed: Bed) -> None:
    bed.put("test", "2.0", "2.0")
    _, printed = await run(bed, command("1.0", "2.0", "rc", "9.9"))
    *items, total = ends(printed, 5)
    assert [words[:3] for words in items] == [
        ["shop/api:1.0", "done"],
        ["shop/api:2.0", "already", "there"],
        ["shop/api:rc", "refused", "by"],
        ["shop/api:9.9", "not", "planned"],
    ]
    assert " ".join(total) == "4 promotions to test: 1 done, 1 already there, 1 refused, 1 not planned"


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        (("1.0", "2.0"), Exit.DONE),
        (("1.0", "rc", "9.9"), Exit.REFUSED),
        (("1.0", "9.9", "rc"), Exit.FAILED),
        (("1.0", "3.0", "9.9"), Exit.MISMATCH),
    ],
)
async def test_the_first_that_did_not_succeed_in_the_order_asked_decides(
    bed: Bed, tags: tuple[str, ...], code: Exit
) -> None:
    bed.engine.on_push = lambda raw: image("wrong") if raw == image("3.0") else raw
    ended, _ = await run(bed, command(*tags))
    assert ended == code


async def test_a_failure_stops_no_other_and_is_in_the_summary(bed: Bed) -> None:
    bed.engine.on_push = but_fails(image("1.0"))
    code, printed = await run(bed, command("1.0", "2.0"))
    assert (code, held(bed)) == (Exit.FAILED, ["2.0"])
    assert ends(printed, 3)[0][:4] == ["shop/api:1.0", "failed", "push", "(target):"]


async def test_refusals_are_journalled(bed: Bed) -> None:
    await run(bed, command("1.0", "rc"))
    refused = [record.target.tag for record in bed.journal.records if isinstance(record.event, PromotionRefused)]
    assert refused == ["rc"]


async def test_where_none_can_go_nobody_is_asked(bed: Bed) -> None:
    code, printed = await run(bed, replace(command("rc", "9.9"), is_confirmed=False), says="y\n")
    assert code == Exit.REFUSED
    assert "Go on?" not in printed.err
    assert [record.target.tag for record in bed.journal.records if isinstance(record.event, PromotionRefused)] == ["rc"]


async def test_the_question_says_how_many_go_and_how_many_do_not(bed: Bed) -> None:
    code, printed = await run(bed, replace(command("1.0", "rc", "9.9"), is_confirmed=False), says="y\n")
    assert "1 of 3 promotions (2 cannot go) to test. Go on? [y/N]" in printed.err
    assert "REFUSES: tag rc does not match" in printed.err
    assert (code, held(bed)) == (Exit.REFUSED, ["1.0"])


async def test_a_no_writes_and_journals_nothing(bed: Bed) -> None:
    code, _ = await run(bed, replace(command("1.0", "rc"), is_confirmed=False), says="n\n")
    assert (code, held(bed), bed.journal.records) == (Exit.REFUSED, [], [])


async def test_more_than_a_few_are_asked_about_in_a_table(bed: Bed) -> None:
    bed.put("test", "1.0", "old")
    bed.put("test", "2.0", "2.0")
    wanted = replace(command(*TAGS, "9.9"), is_confirmed=False)
    _, printed = await run(bed, wanted, says="n\n")
    lines = [line.split() for line in printed.err.splitlines()]
    at = lines.index(["IMAGE", "EFFECT", "TO", "MOVE", "VERDICT"])
    table = lines[at + 1 : at + 6]
    assert [words[:2] for words in table[:3]] == [
        ["shop/api:1.0", "overwrites"],
        ["shop/api:2.0", "already"],
        ["shop/api:3.0", "creates"],
    ]
    assert [words[-2:] for words in table[:1]] == [["asks:", "overwrite"]]
    assert table[3][-3:] == ["REFUSED", "by", "tags"]
    assert table[4][:5] == ["shop/api:9.9", "-", "-", "not", "planned:"]
    assert "  source" not in printed.err


async def test_what_two_promotions_share_is_counted_once_in_the_whole(bed: Bed) -> None:
    _, printed = await run(bed, replace(command(*TAGS), is_confirmed=False), says="n\n")
    assert f"3 of 4 promotions (1 cannot go): {len(CONFIG)} B to move" in printed.err


async def test_a_second_run_does_only_what_is_left(bed: Bed) -> None:
    bed.engine.on_push = but_fails(image("2.0"))
    await run(bed, command("1.0", "2.0", "3.0"))
    assert held(bed) == ["1.0", "3.0"]
    bed.engine.on_push = lambda raw: raw
    code, printed = await run(bed, command("1.0", "2.0", "3.0"))
    assert (code, held(bed)) == (Exit.DONE, ["1.0", "2.0", "3.0"])
    assert printed.err.splitlines()[-1] == "3 promotions to test: 1 done, 2 already there"


async def test_events_as_json_stay_one_a_line(bed: Bed) -> None:
    _, printed = await run(bed, replace(command("1.0", "2.0", "rc"), as_json=True))
    assert printed.events.count("PromotionSucceeded") == 2
    assert printed.events.count("PromotionRefused") == 1
    assert printed.err.splitlines()[-1] == "3 promotions to test: 2 done, 1 refused"


async def test_a_plan_as_json_says_what_it_asks(bed: Bed) -> None:
    bed.put("test", "1.0", "old")
    _, printed = await run(bed, replace(command("1.0"), only_plan=True, as_json=True))
    gates = {gate["gate"]: gate for gate in printed.document["plans"][0]["gates"]}
    assert gates["overwrite"]["asks"]
    assert gates["overwrite"]["remedy"]
    assert not gates["read-only"]["asks"]


async def test_a_plan_for_people_shows_what_it_asks(bed: Bed) -> None:
    bed.put("test", "1.0", "old")
    _, printed = await run(bed, replace(command("1.0"), only_plan=True))
    assert f"overwrite: asks: will replace {image('old').digest}" in printed.out


async def test_those_that_were_not_begun_are_told_after_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    bed = make_bed()
    tags = [f"1.{number}" for number in range(COPIES_AT_ONCE + 8)]
    for tag in tags:
        bed.put("base", tag, tag)

    async def hang(*_: object) -> AsyncGenerator[EngineEvent, None]:
        yield StepStarted(Step.PULL, "for ever")
        await asyncio.Event().wait()

    monkeypatch.setattr(FakeEngine, "run", hang)
    recorder = make_recorder()
    work = asyncio.create_task(promote(replace(command(*tags), as_json=True), recorder.console, bed.opener))
    async with asyncio.timeout(20):
        while recorder.events.count("StepStarted") < COPIES_AT_ONCE:
            await asyncio.sleep(0)
        work.cancel()
        assert await work == Exit.INTERRUPTED
    told = f"{len(tags)} promotions to test: {COPIES_AT_ONCE} cancelled, 8 not begun"
    assert recorder.err.splitlines()[-1] == told


# -- --all-drift -------------------------------------------------------------------------------------------------------


async def test_all_that_drifts_is_promoted_and_nothing_else(bed: Bed) -> None:
    bed.put("test", "1.0", "1.0")
    bed.put("test", "2.0", "old")
    bed.put("test", "4.0", "extra")
    code, printed = await run(bed, replace(DRIFT, tag=None))
    assert (code, held(bed)) == (Exit.REFUSED, ["1.0", "2.0", "3.0"])
    assert [words[0] for words in ends(printed, 4)[:-1]] == ["shop/api:3.0", "shop/api:2.0", "shop/api:rc"]
    assert bed.digest("test", "4.0") == image("extra").digest


async def test_drift_is_taken_from_the_source_that_was_named(bed: Bed) -> None:
    """Of what drifts in prod: test has one tag as it should be, of another what prod has too, of a third none."""
    bed.put("test", "1.0", "1.0")
    bed.put("test", "2.0", "old")
    bed.put("prod", "2.0", "old")
    code, printed = await run(bed, replace(DRIFT, target="prod", source="test"))
    assert (code, printed.out.split()) == (Exit.DONE, ["prod", f"p.io/shop/api:1.0@{image('1.0').digest}"])


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [(replace(DRIFT, repositories=("shop/w*",)), []), (replace(DRIFT, tag=re.compile("^2")), ["2.0"])],
)
async def test_drift_can_be_narrowed(bed: Bed, wanted: PromoteCommand, taken: list[str]) -> None:
    bed.put("base", "2.0", "web", "shop/web")
    code, _ = await run(bed, wanted)
    assert code == Exit.DONE
    assert (Repository("shop/web"), "2.0") in bed["test"].tagged
    assert held(bed) == taken


@pytest.mark.parametrize("suffix", ["", ".sig", ".att", ".sbom"])
async def test_what_belongs_to_an_image_travels_with_it_and_not_by_itself(bed: Bed, suffix: str) -> None:
    derived = f"sha256-{image('1.0').digest.hex}{suffix}"
    bed.put("base", derived, "signature")
    await run(bed, DRIFT)
    assert derived not in {record.source.tag for record in bed.journal.records}


async def test_without_drift_that_is_said_and_is_0(bed: Bed) -> None:
    for tag in TAGS:
        bed.put("test", tag, tag)
    code, printed = await run(bed, DRIFT)
    assert code == Exit.DONE
    assert "nothing to promote: nothing drifts in test" in printed.err
    assert bed.journal.records == []


async def test_what_could_not_be_read_is_told_and_never_taken_for_missing(bed: Bed) -> None:
    bed["test"].broken = Unreachable("list tags", "t.io", "connection refused")
    code, printed = await run(bed, DRIFT)
    assert code == Exit.INCOMPLETE
    assert "connection refused" in printed.err
    assert "nothing that was read drifts in test" in printed.err


async def test_what_moves_between_survey_and_plan_is_not_promoted(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    plan_all = Workbench.plan_all

    async def plan_late(bench: Workbench, requests: Sequence[Request]) -> Sequence[Plan | WindlassError]:
        bed.put("base", "1.0", "moved")
        return await plan_all(bench, requests)

    monkeypatch.setattr(Workbench, "plan_all", plan_late)
    _, printed = await run(bed, DRIFT)
    assert "moved since the board was drawn" in printed.err
    assert held(bed) == ["2.0", "3.0"]
    assert bed.digest("test", "1.0") is None


async def test_an_environment_does_not_drift_from_itself(bed: Bed) -> None:
    with pytest.raises(UsageError, match="drift from itself"):
        await run(bed, replace(DRIFT, source="test"))
