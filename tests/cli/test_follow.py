"""`windlass follow`: what it says, and what it ends with."""

import json
from dataclasses import replace

import pytest

from tests.cli.fakes import Bed, Recorder, make_bed, make_recorder
from tui.cli.commands import Common
from tui.cli.commands_trusting import FollowCommand
from tui.cli.exits import Exit, UsageError
from tui.cli.follow import follow
from tui.domain.environment import Environment, GateRules
from tui.ports.errors import Forbidden

ONCE = FollowCommand(Common(), is_once=True)
BASE, DEV = Environment("base", "b.io"), Environment("dev", "d.io", follow=True)


@pytest.fixture
def bed() -> Bed:
    """Base and dev, which follows it; following has begun before anything was there."""
    bed = make_bed(BASE, DEV)
    bed.journal.settled["dev"] = set()
    return bed


async def run(bed: Bed, command: FollowCommand = ONCE) -> tuple[Exit, Recorder]:
    """The exit code and what was printed."""
    recorder = make_recorder()
    return await follow(command, recorder.console, bed.opener), recorder


async def test_a_new_tag_is_promoted_and_told_as_promote_does(bed: Bed) -> None:
    bed.put("base", "1.0", "one")
    code, printed = await run(bed)
    assert (code, bed.digest("dev", "1.0")) == (Exit.DONE, bed.digest("base", "1.0"))
    assert printed.out == f"dev d.io/shop/api:1.0@{bed.digest('base', '1.0')}\n"
    assert printed.err.startswith("dev follows base\n")
    assert "shop/api:1.0  done in" in printed.err


async def test_nothing_new(bed: Bed) -> None:
    code, printed = await run(bed)
    assert (code, printed.out, printed.err) == (Exit.DONE, "", "dev follows base\nnothing new\n")


async def test_where_following_begins_that_is_said() -> None:
    bed = make_bed(BASE, DEV)
    bed.put("base", "1.0", "one")
    code, printed = await run(bed)
    assert (code, bed.digest("dev", "1.0")) == (Exit.DONE, None)
    assert "dev: following begins; 1 tag known already" in printed.err


async def test_what_waits_and_what_is_left_is_said_with_the_reason() -> None:
    bed = make_bed(BASE, replace(DEV, gates=GateRules(signed=True)))
    bed.journal.settled["dev"] = set()
    bed.put("base", "1.0", "one")
    bed.put("base", "2.0", "two")
    bed.put("dev", "2.0", "another")
    code, printed = await run(bed)
    assert code is Exit.DONE
    assert "waits: d.io/shop/api:1.0: signed: the image itself has no signature" in printed.err
    assert "left to you: d.io/shop/api:2.0: " in printed.err


async def test_as_json_everything_is_a_line(bed: Bed) -> None:
    bed.put("base", "1.0", "one")
    code, printed = await run(bed, replace(ONCE, as_json=True))
    events = [json.loads(line) for line in printed.out.splitlines()]
    assert code is Exit.DONE
    assert [event["event"] for event in events][-2:] == ["PromotionSucceeded", "Looked"]
    assert events[-1] | {"at": ""} == {"event": "Looked", "at": "", "new": 1, "next_at": None}
    assert events[0]["occasion"] == "follow"


async def test_a_registry_that_cannot_be_read_is_incomplete(bed: Bed) -> None:
    bed["base"].broken = Forbidden("list the repositories", "b.io", "it answers 403")
    code, printed = await run(bed)
    assert code is Exit.INCOMPLETE
    assert "not read: base: b.io: cannot list the repositories: it answers 403" in printed.err


async def test_a_promotion_that_fails_decides_the_exit_code(bed: Bed) -> None:
    bed.put("base", "1.0", "one")
    bed.engine.on_push = lambda raw: replace(raw, body=raw.body + b" ")

    def lose() -> None:
        bed["dev"].broken = Forbidden("resolve 1.0", "d.io", "it answers 403")

    bed.engine.after_push = lose
    code, _ = await run(bed)
    assert code is Exit.FAILED


async def test_a_protected_environment_is_followed_by_only_who_says_so(bed: Bed) -> None:
    bed = make_bed(BASE, replace(DEV, protected=True))
    bed.journal.settled["dev"] = set()
    bed.put("base", "1.0", "one")
    code, printed = await run(bed)
    assert (code, bed.digest("dev", "1.0")) == (Exit.REFUSED, None)
    assert "nobody can be asked here; confirm with --yes" in printed.err
    code, _ = await run(bed, replace(ONCE, is_confirmed=True))
    assert (code, bed.digest("dev", "1.0")) == (Exit.DONE, bed.digest("base", "1.0"))


async def test_where_nobody_follows_that_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="no environment follows another: write follow = true"):
        await run(make_bed())


async def test_a_secret_that_is_not_there_is_wrong_usage(bed: Bed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOOK", raising=False)
    with pytest.raises(UsageError, match="--secret-env HOOK: there is no such variable"):
        await run(bed, replace(ONCE, port=8099, secret_env="HOOK"))
