"""Promotions as the journal tells them: how each ended, and who is still at it."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.journal.diary import ALL, API, DEV, PLACES, A, B, event, keep, opened
from tui.domain.events import (
    BlobAdvanced,
    Direction,
    Event,
    LineLogged,
    PromotionCancelled,
    PromotionFailed,
    PromotionRefused,
    PromotionStarted,
    PromotionSucceeded,
    Side,
    Step,
    StepStarted,
    TagLocked,
    TagMoved,
    TagRemoved,
)
from tui.domain.past import Outcome
from tui.domain.reference import Reference, Repository, Tag
from tui.journal.sqlite import SqliteJournal
from tui.ports.errors import JournalError

STARTED = PromotionStarted("direct", B, 5, "undo p0", "release")
OLD_SCHEMA = """
CREATE TABLE events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    promotion TEXT NOT NULL, at TEXT NOT NULL, event TEXT NOT NULL, document TEXT NOT NULL, chain TEXT NOT NULL
);
CREATE INDEX events_promotion ON events (promotion);
"""


@pytest.fixture
def journal(tmp_path: Path) -> SqliteJournal:
    return SqliteJournal(tmp_path / "journal.db", PLACES)


async def test_all_that_is_known_of_one_is_told(journal: SqliteJournal) -> None:
    await keep(journal, STARTED, TagMoved(B, A), PromotionSucceeded(2.0))
    (past,) = await journal.promotions(["dev"])
    assert (past.promotion, past.source.digest, past.target, past.outcome) == ("p1", A, DEV, Outcome.SUCCEEDED)
    assert (past.engine, past.replaced, past.moved, past.untagged) == ("direct", B, True, False)
    assert (past.occasion, past.by, past.detail) == ("undo p0", "release", "")
    assert past.ended
    assert (past.ended - past.began).total_seconds() == 2


@pytest.mark.parametrize(
    ("ending", "outcome", "detail"),
    [
        (PromotionSucceeded(1.0), Outcome.SUCCEEDED, ""),
        (PromotionRefused("signed", "no signature"), Outcome.REFUSED, "signed: no signature"),
        (PromotionFailed("push", Side.TARGET, "503"), Outcome.FAILED, "push: 503"),
        (PromotionCancelled(), Outcome.CANCELLED, ""),
        (LineLogged("nothing yet"), Outcome.RUNNING, ""),
    ],
)
async def test_how_it_ended(journal: SqliteJournal, ending: Event, outcome: Outcome, detail: str) -> None:
    await keep(journal, STARTED, ending)
    (past,) = await journal.promotions(["dev"])
    assert (past.outcome, past.detail, past.moved) == (outcome, detail, False)


async def test_a_tag_that_was_right_already_did_not_move(journal: SqliteJournal) -> None:
    await keep(journal, STARTED, TagMoved(A, A), PromotionSucceeded(1.0))
    assert not (await journal.promotions(["dev"]))[0].moved


async def test_a_tag_that_was_taken_away_is_told_as_that(journal: SqliteJournal) -> None:
    await keep(journal, StepStarted(Step.UNTAG), TagRemoved(A, "undo p0", "release"), PromotionSucceeded(1.0))
    (past,) = await journal.promotions(["dev"])
    assert (past.untagged, past.moved, past.replaced, past.outcome) == (True, True, A, Outcome.SUCCEEDED)
    assert (past.occasion, past.by) == ("undo p0", "release")


async def test_a_lock_by_hand_is_no_promotion(journal: SqliteJournal) -> None:
    await keep(journal, StepStarted(Step.LOCK), TagLocked(A))
    assert await journal.promotions([*PLACES]) == []


async def test_the_newest_are_first_and_no_more_than_wanted(journal: SqliteJournal) -> None:
    for name in ("p1", "p2", "p3"):
        await keep(journal, STARTED, PromotionSucceeded(1.0), promotion=name)
    assert [past.promotion for past in await journal.promotions(["dev"], 2)] == ["p3", "p2"]


async def test_a_target_is_that_environment_s_with_the_longest_prefix(journal: SqliteJournal) -> None:
    await keep(journal, STARTED, promotion="in-dev", target=DEV)
    await keep(journal, STARTED, promotion="in-all", target=ALL)
    elsewhere = Reference("elsewhere.example", Repository(API), Tag("1.0"))
    await keep(journal, STARTED, promotion="elsewhere", target=elsewhere)
    assert [past.promotion for past in await journal.promotions(["dev"])] == ["in-dev"]
    assert [past.promotion for past in await journal.promotions(["all"])] == ["in-all"]
    assert await journal.promotions(["base"]) == []


async def test_what_is_not_ended_where_the_journal_was_closed_is_interrupted(
    journal: SqliteJournal, tmp_path: Path
) -> None:
    other = SqliteJournal(tmp_path / "journal.db", PLACES)
    await keep(journal, STARTED)
    assert [past.outcome for past in await other.promotions(["dev"])] == [Outcome.RUNNING]
    await journal.close()
    assert [past.outcome for past in await other.promotions(["dev"])] == [Outcome.INTERRUPTED]
    assert list((tmp_path / "journal.db.sessions").iterdir()) == []


async def unended(journal: SqliteJournal, *environments: str) -> list[str]:
    return [past.promotion for past in await journal.unended(environments or ["dev"])]


async def test_those_without_an_ending_are_found_the_newest_first(journal: SqliteJournal) -> None:
    await keep(journal, STARTED, PromotionSucceeded(1.0), promotion="before")
    await keep(journal, STARTED, TagMoved(B, A), promotion="p1")
    await keep(journal, StepStarted(Step.UNTAG), promotion="p2")
    await keep(journal, STARTED, promotion="elsewhere", target=ALL)
    await keep(journal, StepStarted(Step.LOCK), promotion="a lock")
    assert await unended(journal) == ["p2", "p1"]
    assert await unended(journal, "all", "dev") == ["elsewhere", "p2", "p1"]


@pytest.mark.parametrize(
    "ending", [PromotionRefused("a", "b"), PromotionFailed("push", Side.TARGET, "503"), PromotionCancelled()]
)
async def test_what_ended_in_any_way_is_none_of_them_and_makes_up_for_none(
    journal: SqliteJournal, ending: Event
) -> None:
    await keep(journal, STARTED, promotion="p1")
    await keep(journal, STARTED, ending, promotion="p2")
    assert await unended(journal) == ["p1"]


async def test_a_later_success_at_the_same_tag_makes_up_for_one(journal: SqliteJournal) -> None:
    await keep(journal, STARTED, promotion="in-all", target=ALL)
    await keep(journal, STARTED, promotion="p1")
    await keep(journal, STARTED, PromotionSucceeded(1.0), promotion="p2")
    assert await unended(journal, "all", "dev") == ["in-all"]


async def test_a_success_of_what_had_begun_before_does_not(journal: SqliteJournal) -> None:
    await keep(journal, STARTED, promotion="p1")
    await keep(journal, STARTED, promotion="p2")
    await keep(journal, PromotionSucceeded(1.0), promotion="p1")
    assert await unended(journal) == ["p2"]


async def test_how_they_stand_is_told_as_of_all(journal: SqliteJournal, tmp_path: Path) -> None:
    other = SqliteJournal(tmp_path / "journal.db", PLACES)
    await keep(journal, STARTED)
    assert await other.unended(["dev"]) == await other.promotions(["dev"])
    await journal.close()
    assert [past.outcome for past in await other.unended(["dev"])] == [Outcome.INTERRUPTED]


BEGIN = """
import asyncio, sys
from pathlib import Path
from tests.journal.diary import PLACES, keep
from tests.journal.test_promotions import STARTED
from tui.journal.sqlite import SqliteJournal

async def main():
    await keep(SqliteJournal(Path(sys.argv[1]), PLACES), STARTED)
    print("begun", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_what_a_killed_process_was_at_is_interrupted(journal: SqliteJournal, tmp_path: Path) -> None:
    words = [sys.executable, "-c", BEGIN, str(tmp_path / "journal.db")]
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    assert await process.stdout.readline() == b"begun\n"
    assert [past.outcome for past in await journal.promotions(["dev"])] == [Outcome.RUNNING]
    process.kill()
    await process.wait()
    assert [past.outcome for past in await journal.promotions(["dev"])] == [Outcome.INTERRUPTED]


async def test_what_a_dead_session_left_is_taken_away_by_the_next(journal: SqliteJournal, tmp_path: Path) -> None:
    sessions = tmp_path / "journal.db.sessions"
    sessions.mkdir()
    (sessions / "left").write_text("process 1")
    await keep(journal, STARTED)
    assert [file.name for file in sessions.iterdir() if file.name == "left"] == []


async def test_the_journal_of_an_older_version_opens(journal: SqliteJournal, tmp_path: Path) -> None:
    """It has no sessions: what was not ended then was interrupted. Its documents lack what came later."""
    with opened(tmp_path / "journal.db") as connection:
        connection.executescript(OLD_SCHEMA)
        document = (
            '{"event":"PromotionStarted","at":"2025-01-01T00:00:00.000Z","promotion":"p0","digest":null,'
            f'"source":"base.example/shop/api:1.0@{A}","target":"apps.example/dev/shop/api:1.0","engine":"direct"}}'
        )
        values = ("p0", "2025-01-01T00:00:00.000Z", "PromotionStarted", document, "0")
        connection.execute("INSERT INTO events VALUES (1, ?, ?, ?, ?, ?)", values)
    (past,) = await journal.promotions(["dev"])
    assert (past.outcome, past.replaced, past.by) == (Outcome.INTERRUPTED, None, "")
    await keep(journal, PromotionCancelled(), promotion="p0")
    assert [past.outcome for past in await journal.promotions(["dev"])] == [Outcome.CANCELLED]


async def test_every_event_of_one_but_the_advances_of_blobs(journal: SqliteJournal) -> None:
    moved = BlobAdvanced("sha256:1", Direction.PUSH, 1, 2)
    await keep(journal, STARTED, moved, LineLogged("x"), promotion="3fa1")
    await keep(journal, STARTED, promotion="7000")
    assert await journal.promotion("3f") == [event(STARTED, "3fa1"), event(LineLogged("x"), "3fa1", seconds=2)]


async def test_an_id_that_nobody_has_finds_nothing(journal: SqliteJournal) -> None:
    await keep(journal, STARTED, promotion="3fa1")
    assert await journal.promotion("3fb") == []


async def test_where_several_begin_alike_they_are_named(journal: SqliteJournal) -> None:
    for name in ("3fa1", "3fa2", "3f"):
        await keep(journal, STARTED, promotion=name)
    with pytest.raises(JournalError, match="3fa1, 3fa2; write more"):
        await journal.promotion("3fa")
    assert [record.promotion for record in await journal.promotion("3f")] == ["3f"]
