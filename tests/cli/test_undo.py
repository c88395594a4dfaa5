"""`undo`: what is shown and asked, what is put back or taken away, and the exit code."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.fakes import Recorder, make_recorder
from tests.cli.harbour import API, IMAGE, NEW, OLD, TAG, answer, opener, promoted
from tests.lab import IMPATIENT, Lab, laboratory
from tui.cli.commands import Common
from tui.cli.commands_trusting import UndoCommand
from tui.cli.exits import Exit
from tui.cli.undo import undo
from tui.domain.past import Outcome
from tui.registry.client import Endpoint, RegistryClient
from tui.registry.credentials import Static
from tui.usecases.undoing import CannotUndo

UNDO = UndoCommand(Common(), is_confirmed=True)
ASKED = replace(UNDO, is_confirmed=False)


async def run(lab: Lab, command: UndoCommand, says: str | None = None) -> tuple[Exit, Recorder]:
    """The exit code and what was printed; `says` is what a person at a terminal answers."""
    recorder = make_recorder(is_terminal=says is not None)
    return await undo(command, recorder.console, opener(lab), answer(says or "")), recorder


async def test_what_was_replaced_is_put_back(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        code, printed = await run(lab, UNDO)
        assert (code, await lab.held("dev", IMAGE)) == (Exit.DONE, OLD.digest)
        assert printed.out == f"dev {lab.environment('dev').reference(API, TAG)}@{OLD.digest}\n"
        assert f"tag moved from {NEW.digest} to {OLD.digest}" in printed.err


async def test_it_can_be_named_by_how_its_id_begins(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        (past,) = await lab.bench.promotions()
        code, _ = await run(lab, replace(UNDO, promotion=past.promotion[:6]))
        assert (code, await lab.held("dev", IMAGE)) == (Exit.DONE, OLD.digest)


async def test_a_dry_run_shows_the_plan_and_writes_nothing(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        (past,) = await lab.bench.promotions()
        code, printed = await run(lab, replace(ASKED, only_plan=True))
        assert (code, await lab.held("dev", IMAGE)) == (Exit.DONE, NEW.digest)
        assert f"windlass undo {past.promotion}" in printed.out
        _, printed = await run(lab, replace(ASKED, only_plan=True, as_json=True))
        assert printed.document["plans"][0]["digest"] == str(OLD.digest)


@pytest.mark.parametrize("over", [True, False])
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
async def test_asked(tmp_path: Path, over: bool, to: str, says: str | None, code: Exit) -> None:
    async with promoted(tmp_path, to, over=over) as lab:
        ended, printed = await run(lab, ASKED, says)
        held = await lab.held(to, IMAGE)
        before = OLD.digest if over else None
        assert (ended, held) == (code, before if code is Exit.DONE else NEW.digest)
        assert "command   windlass undo" in printed.err


@pytest.mark.parametrize(("over", "gates"), [(True, "protected, overwrite"), (False, "protected, untag")])
async def test_where_nobody_can_be_asked_the_gates_that_ask_are_named(tmp_path: Path, over: bool, gates: str) -> None:
    async with promoted(tmp_path, "prod", over=over) as lab:
        code, printed = await run(lab, ASKED)
        assert code == Exit.REFUSED
        assert f"refused by {gates}: nobody can be asked here; confirm with --yes." in printed.err


async def test_a_tag_that_was_created_is_taken_away(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        code, printed = await run(lab, UNDO)
        assert (code, await lab.held("dev", IMAGE)) == (Exit.DONE, None)
        assert printed.out == f"dev {lab.environment('dev').reference(API, TAG)}@{NEW.digest} taken away\n"


async def test_the_events_of_a_tag_that_goes_as_json(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        code, printed = await run(lab, replace(UNDO, as_json=True))
        assert (code, printed.err) == (Exit.DONE, "")
        assert printed.events == ["StepStarted", "TagRemoved", "StepStarted", "PromotionSucceeded"]


async def test_a_dry_run_shows_what_would_be_taken_away(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        command = replace(ASKED, only_plan=True)
        code, printed = await run(lab, command)
        assert (code, await lab.held("dev", IMAGE)) == (Exit.DONE, NEW.digest)
        assert f"holds     {NEW.digest}: the image stays" in printed.out
        _, printed = await run(lab, replace(command, as_json=True))
        found = printed.document["untagging"]
        assert (found["digest"], found["refused"]) == (str(NEW.digest), False)
        assert [gate["gate"] for gate in found["gates"] if gate["asks"]] == ["untag"]


@pytest.mark.parametrize("over", [True, False])
async def test_a_read_only_session_is_refused_without_asking(tmp_path: Path, over: bool) -> None:
    async with promoted(tmp_path, over=over) as lab:
        lab.bench.read_only = True
        code, printed = await run(lab, ASKED)
        assert (code, await lab.held("dev", IMAGE)) == (Exit.REFUSED, NEW.digest)
        assert "refused by read-only" in printed.err
        assert (await lab.bench.promotions())[0].outcome == "refused"


async def test_what_was_replaced_and_is_gone_is_said(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        lab.registries["dev"].store.delete_manifest(API, OLD.digest)
        code, printed = await run(lab, UNDO)
        assert (code, printed.out) == (Exit.FAILED, "")
        assert f"dev no longer has {lab.environment('dev').reference(API, None, OLD.digest)}" in printed.err


async def test_nothing_to_undo(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        with pytest.raises(CannotUndo, match="nothing to undo"):
            await run(lab, UNDO)


async def test_whose_undo_was_refused_stands_in_the_history(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        dev = lab.environment("dev")
        endpoint = Endpoint(dev.registry, plain_http=True)
        async with RegistryClient(endpoint, Static("ann", "secret"), limits=IMPATIENT) as ann:
            lab.bench.tools = replace(lab.tools, registries={**lab.tools.registries, dev: ann})
            lab.bench.read_only = True
            code, _ = await run(lab, UNDO)
            refused, _ = await lab.bench.promotions()
    assert code == Exit.REFUSED
    assert (refused.untagged, refused.outcome, refused.by) == (True, Outcome.REFUSED, "ann")
