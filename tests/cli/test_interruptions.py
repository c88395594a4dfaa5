"""What an earlier run left behind is said by whatever looks or promotes, on stderr, and nothing else changes."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.fakes import FakeJournal, make_bed, make_recorder
from tests.cli.harbour import API, NEW, TAG, cut_short, opener
from tests.lab import NOW, Lab, laboratory
from tui.cli.commands import Common
from tui.cli.commands_reading import StatusCommand
from tui.cli.commands_writing import PromoteCommand
from tui.cli.doctor_machine import interrupted_findings
from tui.cli.exits import Exit
from tui.cli.interruptions import tell_interrupted
from tui.cli.opening import Opener
from tui.cli.output import Console
from tui.cli.promote import promote
from tui.cli.status import status
from tui.domain.events import PromotionStarted, Recorded
from tui.domain.finding import doubtful
from tui.domain.past import Past
from tui.ports.errors import JournalError

ONE = ((API, TAG),)
TOLD = "2 promotions were interrupted: `windlass resume` goes on with them"


async def run(what: str, console: Console, opened: Opener) -> Exit:
    """`promote` of what is there already, `plan` or `status`, as JSON."""
    match what:
        case "status":
            return await status(StatusCommand(Common(), as_json=True), console, opened)
        case _:
            only_plan = what == "plan"
            command = PromoteCommand(
                Common(), ONE, "prod", "base", is_confirmed=True, only_plan=only_plan, as_json=True
            )
            return await promote(command, console, opened)


async def leave(lab: Lab, *targets: str) -> None:
    """An image in the base and prod, and promotions to `targets` that were cut short."""
    for name in ("base", "prod"):
        lab.push(name, API, TAG, NEW)
    for number, target in enumerate(targets):
        await cut_short(lab, f"ab0{number}", target=target)


@pytest.mark.parametrize("what", ["promote", "plan", "status"])
async def test_it_is_said_on_stderr_and_stdout_is_as_ever(tmp_path: Path, what: str) -> None:
    async with laboratory(tmp_path) as lab:
        await leave(lab, "dev", "prod")
        recorder = make_recorder()
        await run(what, recorder.console, opener(lab))
    assert recorder.err.splitlines().count(TOLD) == 1
    assert "interrupted" not in recorder.out


async def test_the_doctor_warns_of_it(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        await leave(lab, "dev")
        found = await interrupted_findings(lab.bench)
    assert found == (doubtful("journal", "1 promotion was interrupted", "`windlass resume` goes on with it"),)


async def test_what_another_process_is_about_is_not_interrupted(tmp_path: Path) -> None:
    async with laboratory(tmp_path) as lab:
        source, target = (lab.environment(name).reference(API, TAG) for name in ("base", "dev"))
        await lab.tools.journal.record(Recorded("ab01", NOW, source, target, PromotionStarted("direct", None, 1)))
        recorder = make_recorder()
        await tell_interrupted(lab.bench, recorder.console)
        assert (recorder.err, await interrupted_findings(lab.bench)) == ("", ())


class Torn(FakeJournal):
    """Cannot tell of promotions."""

    async def promotions(self, environments: Sequence[str], limit: int | None = None) -> Sequence[Past]:
        raise JournalError("the journal is torn")

    async def unended(self, environments: Sequence[str]) -> Sequence[Past]:
        raise JournalError("the journal is torn")


async def test_a_journal_that_cannot_be_read_is_silent_about_it() -> None:
    bed = make_bed()
    bed.put("base", "1.0", "one")
    bed.journal = Torn()
    recorder = make_recorder()
    assert await status(StatusCommand(Common()), recorder.console, bed.opener) == Exit.DRIFT
    assert "torn" not in recorder.err
    async with bed.opener() as bench:
        assert await interrupted_findings(bench) == ()
