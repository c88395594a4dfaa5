"""`resume`: what was interrupted is told, gone on with or let go of."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.fakes import Recorder, make_recorder
from tests.cli.harbour import API, IMAGE, NEW, TAG, answer, cut_short, opener
from tests.lab import Lab, laboratory, picture
from tui.cli.commands import Common
from tui.cli.commands_trusting import ResumeCommand
from tui.cli.exits import Exit
from tui.cli.resume import resume
from tui.domain.reference import parse_repository_tag
from tui.sandbox.images import Image

RESUME = ResumeCommand(Common(), is_confirmed=True)
ASKED = replace(RESUME, is_confirmed=False)
WEB = "shop/web:1.0.0"


def load(lab: Lab, name: str, content: Image) -> None:
    """Puts `content` into the base."""
    repository, tag = parse_repository_tag(name)
    lab.push("base", repository, tag, content)


async def run(lab: Lab, command: ResumeCommand, says: str | None = None) -> tuple[Exit, Recorder]:
    """The exit code and what was printed; `says` is what a person at a terminal answers."""
    recorder = make_recorder(is_terminal=says is not None)
    return await resume(command, recorder.console, opener(lab), answer(says or "")), recorder


@pytest.mark.parametrize(("promotion", "code"), [("", Exit.DONE), ("ab01", Exit.FAILED)])
async def test_no_plans_are_one_document_as_well(tmp_path: Path, promotion: str, code: Exit) -> None:
    async with laboratory(tmp_path) as lab:
        ended, printed = await run(lab, replace(RESUME, promotion=promotion, only_plan=True, as_json=True))
        assert (ended, printed.document["plans"]) == (code, [])


async def test_nothing_was_interrupted(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        code, printed = await run(lab, RESUME)
        assert (code, printed.out, printed.err) == (Exit.DONE, "", "nothing was interrupted\n")


async def test_all_that_was_interrupted_is_gone_on_with(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        for name, image in (("ab01", IMAGE), ("cd01", WEB)):
            load(lab, image, NEW)
            await cut_short(lab, name, image)
        code, printed = await run(lab, RESUME)
        assert code == Exit.DONE
        assert [await lab.held("dev", image) for image in (IMAGE, WEB)] == [NEW.digest] * 2
        assert "interrupted: ab01, begun 2026-11-24 12:00Z: shop/api:1.0.0 from base to dev" in printed.err
        assert len(printed.out.splitlines()) == 2
        _, printed = await run(lab, RESUME)
        assert printed.err == "nothing was interrupted\n"


async def test_only_the_one_that_is_named(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        for name, image in (("ab01", IMAGE), ("cd01", WEB)):
            load(lab, image, NEW)
            await cut_short(lab, name, image)
        code, _ = await run(lab, replace(RESUME, promotion="cd"))
        assert (code, await lab.held("dev", IMAGE), await lab.held("dev", WEB)) == (Exit.DONE, None, NEW.digest)


async def test_an_id_that_was_not_interrupted(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        await cut_short(lab, "ab01")
        code, printed = await run(lab, replace(RESUME, promotion="ff"))
        assert (code, printed.out) == (Exit.FAILED, "")
        assert "begins with ff; interrupted: ab01" in printed.err


async def test_it_is_let_go_of(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        await cut_short(lab, "ab01")
        code, printed = await run(lab, replace(ASKED, forgets=True))
        assert (code, printed.err) == (Exit.DONE, "let go of ab01: shop/api:1.0.0 from base to dev\n")
        assert await lab.bench.interrupted() == []
        assert await lab.held("dev", IMAGE) is None


async def test_a_dry_run_shows_the_plans(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", API, TAG, NEW)
        await cut_short(lab, "ab01")
        code, printed = await run(lab, replace(ASKED, only_plan=True))
        assert (code, await lab.held("dev", IMAGE)) == (Exit.DONE, None)
        assert "windlass resume ab01" in printed.out


@pytest.mark.parametrize(
    ("to", "says", "code"),
    [
        ("dev", "y", Exit.DONE),
        ("dev", "", Exit.REFUSED),
        ("dev", None, Exit.REFUSED),
        ("prod", "y", Exit.REFUSED),
        ("prod", "prod", Exit.DONE),
    ],
)
async def test_asked(tmp_path: Path, to: str, says: str | None, code: Exit) -> None:
    async with laboratory(tmp_path) as lab:
        lab.push("base", API, TAG, NEW)
        await cut_short(lab, "ab01", target=to)
        ended, printed = await run(lab, ASKED, says)
        assert (ended, await lab.held(to, IMAGE)) == (code, NEW.digest if code is Exit.DONE else None)
        assert "command   windlass resume ab01" in printed.err


async def test_what_can_no_longer_be_planned_stops_no_other(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        for name, image, content in (("ab01", IMAGE, picture(3)), ("cd01", WEB, NEW)):
            load(lab, image, content)
            await cut_short(lab, name, image)
        code, printed = await run(lab, RESUME)
        assert (code, await lab.held("dev", IMAGE), await lab.held("dev", WEB)) == (Exit.FAILED, None, NEW.digest)
        assert "shop/api:1.0.0" in printed.err
        assert "`windlass resume ID --forget`" in printed.err
        assert [past.promotion for past in await lab.bench.interrupted()] == ["ab01"]
