"""`lock` and `unlock` on fakes: what is asked, what is changed, and the exit code."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from tests.cli.fakes import API, Bed, FakeLocker, Recorder, image, make_bed, make_recorder
from tui.cli.commands import Common
from tui.cli.commands_writing import LockCommand
from tui.cli.exits import Exit, UsageError
from tui.cli.lock import lock
from tui.cli.output import Console
from tui.domain.reference import Tag
from tui.ports.errors import Forbidden

ONE, TWO = (API, Tag("1.0")), (API, Tag("2.0"))
LOCK = LockCommand(Common(), (ONE,), "test", locks=True, is_confirmed=True)
UNLOCK = replace(LOCK, locks=False)


@pytest.fixture
def bed() -> Bed:
    """Two tags in test and in prod, both of which can lock."""
    bed = make_bed()
    for name in ("test", "prod"):
        bed.put(name, "1.0", "one")
        bed.put(name, "2.0", "two")
    bed.lockers = {item: FakeLocker() for item in bed.path.environments[1:]}
    return bed


def locked(bed: Bed, environment: str = "test") -> set[str]:
    """The tags that are locked."""
    found = bed.path.find(environment)
    assert found
    return {tag for _, tag in bed.lockers[found].locked}


async def run(bed: Bed, command: LockCommand, *, is_terminal: bool = False, says: str = "") -> tuple[Exit, Recorder]:
    """The exit code and what was printed."""
    recorder = make_recorder(is_terminal=is_terminal)
    return await lock(command, recorder.console, bed.opener, answer(says)), recorder


def answer(text: str) -> Callable[[Console, str], Awaitable[str]]:
    """Somebody who answers `text`."""

    async def ask(console: Console, question: str) -> str:
        console.ask(question)
        return text

    return ask


async def test_locked_and_unlocked_again(bed: Bed) -> None:
    code, printed = await run(bed, LOCK)
    assert (code, locked(bed)) == (Exit.DONE, {"1.0"})
    assert printed.out == f"test t.io/shop/api:1.0@{image('one').digest} locked\n"
    assert "locked at sha256:" in printed.err
    code, printed = await run(bed, UNLOCK)
    assert (code, locked(bed)) == (Exit.DONE, set())
    assert printed.out.endswith(" unlocked\n")


async def test_what_is_so_already_is_0(bed: Bed) -> None:
    code, printed = await run(bed, UNLOCK)
    assert (code, printed.out) == (Exit.DONE, "test t.io/shop/api:1.0 unlocked\n")
    assert "nothing to write" in printed.err


async def test_events_as_json(bed: Bed) -> None:
    code, printed = await run(bed, replace(LOCK, images=(ONE, TWO), as_json=True))
    assert code == Exit.DONE
    assert printed.events == ["StepStarted", "TagLocked", "StepStarted", "TagLocked"]
    assert printed.err == ""
    assert len(bed.journal.records) == 4


async def test_nobody_can_be_asked(bed: Bed) -> None:
    code, printed = await run(bed, replace(LOCK, is_confirmed=False))
    assert (code, locked(bed), printed.out) == (Exit.REFUSED, set(), "")
    assert "--yes" in printed.err


@pytest.mark.parametrize(
    ("environment", "says", "code"),
    [
        ("test", "y\n", Exit.DONE),
        ("test", "\n", Exit.REFUSED),
        ("prod", "y\n", Exit.REFUSED),
        ("prod", "prod\n", Exit.DONE),
    ],
)
async def test_asked(bed: Bed, environment: str, says: str, code: Exit) -> None:
    command = replace(LOCK, environment=environment, is_confirmed=False)
    ended, printed = await run(bed, command, is_terminal=True, says=says)
    assert ended == code
    assert bool(locked(bed, environment)) == (code is Exit.DONE)
    assert "until it is unlocked" in printed.err


async def test_read_only_refuses(bed: Bed) -> None:
    bed.read_only = True
    code, printed = await run(bed, LOCK)
    assert (code, locked(bed)) == (Exit.REFUSED, set())
    assert "read-only" in printed.err


@pytest.mark.parametrize(("environment", "told"), [("prd", "did you mean prod?"), ("base", "can lock tags")])
async def test_where_nothing_can_be_locked_is_wrong_usage(bed: Bed, environment: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        await run(bed, replace(LOCK, environment=environment))


async def test_the_first_failure_ends_the_run(bed: Bed) -> None:
    for locker in bed.lockers.values():
        locker.broken = Forbidden("lock", "t.io", "it answers 403")
    code, printed = await run(bed, replace(LOCK, images=(ONE, TWO)))
    assert (code, printed.out) == (Exit.FAILED, "")
    assert "it answers 403" in printed.err
    assert "not begun: shop/api:2.0" in printed.err


async def test_a_tag_that_is_not_there_is_1(bed: Bed) -> None:
    code, _ = await run(bed, replace(LOCK, images=((API, Tag("9.9")),)))
    assert code == Exit.FAILED
