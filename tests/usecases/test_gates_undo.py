"""An undo opens the gates of admission for what the journal proves, and for nothing else."""

import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

from tests.lab import Lab, laboratory, picture
from tests.signing import Signer
from tui.domain.environment import Environment, GateRules
from tui.domain.events import PromotionRefused, PromotionSucceeded
from tui.domain.plan import Request
from tui.domain.reference import Digest, Tag
from tui.domain.verdict import Verdict
from tui.usecases.undoing import Untagging

IMAGE = "shop/api:1.0.0"
OLDEST, OLD, NEW = picture(1), picture(2), picture(3)
PROD = Environment("prod", "prod", gates=GateRules(signed=True))


@asynccontextmanager
async def promoted(tmp_path: Path, *, over: bool = True) -> AsyncGenerator[Lab]:
    """NEW, which is signed as prod wants it, was promoted there over OLD, which is not, or where nothing was."""
    async with laboratory(tmp_path, [Environment("base", "base"), PROD]) as lab:
        if over:
            lab.push("prod", "shop/api", "1.0.0", OLD)
        lab.push("base", "shop/api", "1.0.0", NEW)
        lab.push("base", "shop/api", None, Signer().cosign(NEW))
        assert isinstance((await lab.promote(await lab.bench.plan(lab.request(IMAGE, "prod"))))[-1], PromotionSucceeded)
        yield lab


async def undo(lab: Lab) -> Request:
    request = await lab.bench.undoing()
    assert isinstance(request, Request)
    return request


async def refusals(lab: Lab, request: Request) -> tuple[Verdict, ...]:
    return (await lab.bench.plan(request)).refusals


def edit(lab: Lab, old: Digest, new: Digest) -> None:
    """Somebody makes the journal tell that the tag held `new` before."""
    with closing(sqlite3.connect(lab.journal_file)) as connection, connection:
        connection.execute("UPDATE events SET document = replace(document, ?, ?)", (str(old), str(new)))


async def test_what_the_tag_held_just_before_goes_back_without_a_signature(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        assert isinstance((await lab.promote(await lab.bench.plan(await undo(lab))))[-1], PromotionSucceeded)
        assert await lab.held("prod", IMAGE) == OLD.digest


async def test_an_edited_journal_proves_nothing(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        lab.push("prod", "shop/api", "vulnerable", OLDEST)
        edit(lab, OLD.digest, OLDEST.digest)
        (refusal,) = await refusals(lab, await undo(lab))
    assert (refusal.gate, "is not as it was recorded" in refusal.reason) == ("undo", True)
    assert "windlass history --verify" in refusal.remedy


async def test_a_journal_that_is_edited_after_the_question_proves_nothing(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        plan = await lab.bench.plan(await undo(lab))
        edit(lab, OLD.digest, OLDEST.digest)
        ending = (await lab.promote(plan))[-1]
        assert isinstance(ending, PromotionRefused)
        assert ending.gate == "undo"
        assert await lab.held("prod", IMAGE) == NEW.digest


async def test_an_edited_journal_takes_no_tag_away(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        with closing(sqlite3.connect(lab.journal_file)) as connection, connection:
            connection.execute("DELETE FROM events WHERE number = 2")
        found = await lab.bench.undoing()
        assert isinstance(found, Untagging)
        assert [verdict.gate for verdict in found.refusals] == ["undo"]


async def test_an_undo_of_another_digest_than_was_replaced_is_refused(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        lab.push("prod", "shop/api", "vulnerable", OLDEST)
        (refusal,) = await refusals(lab, replace(await undo(lab), pinned=OLDEST.digest))
    assert (refusal.gate, "does not tell" in refusal.reason) == ("undo", True)


async def test_an_undo_of_another_tag_than_was_written_is_refused(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        (refusal,) = await refusals(lab, replace(await undo(lab), target_tag=Tag("2.0.0")))
    assert refusal.gate == "undo"


async def test_an_undo_that_was_interrupted_is_not_gone_on_with_over_what_others_wrote(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        wanted = await undo(lab)
        lab.push("prod", "shop/api", "1.0.0", OLDEST)
        (refusal,) = await refusals(lab, wanted)
    assert (refusal.gate, "was written since" in refusal.reason) == ("undo", True)


async def test_an_undo_of_what_nobody_promoted_is_refused(tmp_path: Path) -> None:
    async with promoted(tmp_path) as lab:
        (refusal,) = await refusals(lab, replace(await undo(lab), occasion="undo 000000000000"))
    assert refusal.gate == "undo"


async def test_a_read_only_session_shows_that_no_tag_may_be_taken_away(tmp_path: Path) -> None:
    async with promoted(tmp_path, over=False) as lab:
        lab.bench.read_only = True
        found = await lab.bench.undoing()
        assert isinstance(found, Untagging)
        assert [verdict.gate for verdict in found.verdicts if verdict.gate == "read-only"] == ["read-only"]
        assert "this session is read-only" in found.refusals[0].reason
