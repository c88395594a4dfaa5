"""Since when a cell drifts and how far it is behind: only as much is claimed as is known."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from tests.strategies import NOW
from tui.domain.board import Board
from tui.domain.environment import Environment, PromotionPath
from tui.domain.explanation import Reason
from tui.domain.identity import Identity
from tui.domain.insight import Insight
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import Snapshot, TagEntry
from tui.domain.staleness import Changes, Lag, Measure, Since, Staleness, Surety

API, TAG = Repository("shop/api"), Tag("1.0")
NEW, OLD = Digest("sha256", "a" * 64), Digest("sha256", "b" * 64)
PATH = PromotionPath((Environment("base", "b.io"), Environment("prod", "p.io")))


def before(**amount: float) -> datetime:
    return NOW - timedelta(**amount)


@dataclass(frozen=True)
class Pair:
    """What the base and prod hold under one tag, and what else is known; None for a tag that is not there."""

    base: TagEntry | None = field(default_factory=lambda: TagEntry(TAG, NEW))
    prod: TagEntry | None = field(default_factory=lambda: TagEntry(TAG, OLD))
    seen: dict[str, datetime] = field(default_factory=dict[str, datetime])
    made: dict[Digest, datetime] = field(default_factory=dict[Digest, datetime])
    first_look: datetime = NOW - timedelta(days=100)
    """When a survey first saw both repositories, with other tags."""

    @property
    def staleness(self) -> Staleness:
        board = Board(PATH)
        for name, entry in (("base", self.base), ("prod", self.prod)):
            board = board.with_reading(name, API, Snapshot(name, API, NOW, {TAG: entry} if entry else {}))
        identities = {digest: Identity(created=moment) for digest, moment in self.made.items()}
        changes: Changes = {(name, API, TAG): moment for name, moment in self.seen.items()}
        changes |= {(name, API, Tag("first")): self.first_look for name in PATH.names}
        return Staleness(Board(PATH, board.sections, Insight(identities=identities)), NOW, changes)

    @property
    def since(self) -> Since | None:
        return self.staleness.drifts_since(self.staleness.board.rows[0], 1)

    def lag(self, reason: Reason | None = None) -> Lag | None:
        return self.staleness.behind(self.staleness.board.rows[0], 1, reason)


def pushed(digest: Digest, **amount: float) -> TagEntry:
    return TagEntry(TAG, digest, pushed=before(**amount))


# -- since when --------------------------------------------------------------------------------------------------


def test_a_difference_begins_when_the_later_side_came_to_hold_what_it_holds() -> None:
    assert Pair(pushed(NEW, days=3), pushed(OLD, days=9)).since == Since(before(days=3))
    assert Pair(pushed(NEW, days=9), pushed(OLD, days=3)).since == Since(before(days=3))


def test_what_a_survey_saw_began_at_least_then() -> None:
    pair = Pair(seen={"base": before(days=3), "prod": before(days=9)})
    assert pair.since == Since(before(days=3), Surety.AT_LEAST)


def test_a_survey_that_saw_it_earlier_than_the_registry_says_is_right() -> None:
    """Azure's lastUpdateTime moves with a lock as well."""
    pair = Pair(pushed(NEW, days=1), pushed(OLD, days=9), seen={"base": before(days=5)})
    assert pair.since == Since(before(days=5), Surety.AT_LEAST)


def test_a_survey_that_saw_it_later_does_not_count() -> None:
    pair = Pair(pushed(NEW, days=3), pushed(OLD, days=9), seen={"base": before(days=1), "prod": before(days=1)})
    assert pair.since == Since(before(days=3))


def test_of_one_side_alone_nothing_is_claimed_but_what_it_can_be_no_older_than() -> None:
    assert Pair(seen={"base": before(days=3)}).since is None
    assert Pair(pushed(NEW, days=3)).since == Since(before(days=3), Surety.AT_MOST)


def test_a_drift_is_no_older_than_the_images() -> None:
    pair = Pair(made={NEW: before(days=4), OLD: before(days=40)})
    assert pair.since == Since(before(days=4), Surety.AT_MOST)


def test_a_drift_is_no_older_than_the_tag() -> None:
    pair = Pair(TagEntry(TAG, NEW, created=before(days=2)), made={NEW: before(days=4)})
    assert pair.since == Since(before(days=2), Surety.AT_MOST)


def test_the_survey_that_has_just_ended_tells_nothing_of_age() -> None:
    assert Pair(seen={"base": before(seconds=2), "prod": before(seconds=2)}).since is None


def test_what_the_first_survey_saw_may_have_been_there_long_before() -> None:
    look = before(minutes=10)
    made = {NEW: before(days=76), OLD: before(days=90)}
    pair = Pair(seen={"base": look, "prod": look}, made=made, first_look=look)
    assert pair.since == Since(before(days=76), Surety.AT_MOST)
    assert Pair(seen={"base": look, "prod": look}, first_look=look).since is None


def test_what_came_to_one_side_after_the_first_survey_is_known() -> None:
    pair = Pair(seen={"base": before(days=3), "prod": before(days=30)}, first_look=before(days=30))
    assert pair.since == Since(before(days=3), Surety.AT_LEAST)


def test_a_push_after_the_first_survey_is_known_whatever_that_saw() -> None:
    pair = Pair(pushed(NEW, days=2), seen={"prod": before(days=30)}, first_look=before(days=30))
    assert pair.since == Since(before(days=2))


def test_running_again_does_not_make_what_is_missing_younger() -> None:
    look = before(minutes=10)
    pair = Pair(prod=None, seen={"base": look}, made={NEW: before(days=76)}, first_look=look)
    assert pair.since == Since(before(days=76), Surety.AT_MOST)
    assert pair.lag() == Lag(timedelta(days=76), Surety.AT_MOST, Measure.HELD)


def test_what_is_missing_is_missing_since_the_base_has_it() -> None:
    assert Pair(pushed(NEW, days=3), None).since == Since(before(days=3))


def test_what_is_extra_is_so_since_the_environment_has_it() -> None:
    assert Pair(None, pushed(OLD, days=3), seen={"base": before(days=1)}).since == Since(before(days=3))


@pytest.mark.parametrize("moment", [datetime(1970, 1, 1, tzinfo=UTC), datetime(1980, 1, 1, 0, 0, 1, tzinfo=UTC),
                                    NOW + timedelta(days=1)])  # fmt: skip
def test_impossible_moments_are_not_believed(moment: datetime) -> None:
    pair = Pair(TagEntry(TAG, NEW, created=moment, pushed=moment), None, {"base": moment}, {NEW: moment})
    assert pair.since is None
    assert pair.lag() is None
    assert Pair(made={NEW: before(days=1), OLD: moment}).lag() is None


# -- behind ------------------------------------------------------------------------------------------------------


def test_behind_is_the_time_between_the_makings_of_the_images() -> None:
    pair = Pair(pushed(NEW, days=1), pushed(OLD, hours=3), made={NEW: before(days=2), OLD: before(days=14)})
    assert pair.lag() == Lag(timedelta(days=12))


def test_a_newer_image_than_the_bases_is_not_behind() -> None:
    assert Pair(made={NEW: before(days=14), OLD: before(days=2)}).lag(Reason.FOREIGN) is None


def test_where_nobody_knows_when_the_images_were_made_their_pushes_count() -> None:
    assert Pair(pushed(NEW, days=2), pushed(OLD, days=5)).lag() == Lag(
        timedelta(days=3), Surety.AT_LEAST, Measure.PUSHED
    )


def test_promoted_after_the_bases_push_says_nothing_of_age() -> None:
    assert Pair(pushed(NEW, days=5), pushed(OLD, days=2)).lag() is None


@pytest.mark.parametrize("reason", [Reason.BEHIND, Reason.MOVED])
def test_what_the_base_had_before_is_behind_for_as_long_as_the_base_has_another(reason: Reason) -> None:
    assert Pair(pushed(NEW, days=5), pushed(OLD, days=2)).lag(reason) == Lag(timedelta(days=5), measure=Measure.HELD)


@pytest.mark.parametrize("reason", [Reason.FLATTENED, Reason.WRAPPED, Reason.RECOMPRESSED])
def test_the_same_content_is_not_behind(reason: Reason) -> None:
    assert Pair(made={NEW: before(days=2), OLD: before(days=14)}).lag(reason) is None


def test_what_is_missing_is_behind_for_as_long_as_the_base_has_it() -> None:
    assert Pair(pushed(NEW, days=5), None).lag() == Lag(timedelta(days=5), measure=Measure.HELD)
    assert Pair(prod=None, seen={"base": before(days=5)}).lag() == Lag(timedelta(days=5), Surety.AT_LEAST, Measure.HELD)
    assert Pair(prod=None, made={NEW: before(days=5)}).lag() == Lag(timedelta(days=5), Surety.AT_MOST, Measure.HELD)


@pytest.mark.parametrize(
    ("days", "expected"), [(9, None), (5, None), (3, Lag(timedelta(days=3), measure=Measure.HELD))]
)
def test_what_is_missing_is_awaited_only_if_it_is_newer_than_all_that_is_there(days: int, expected: Lag | None) -> None:
    passed, newest = Tag("missing"), Tag("newest")
    held = {newest: TagEntry(newest, NEW, pushed=before(days=5))}
    missing = {passed: TagEntry(passed, OLD, pushed=before(days=days))}
    board = Board(PATH).with_reading("base", API, Snapshot("base", API, NOW, held | missing))
    board = board.with_reading("prod", API, Snapshot("prod", API, NOW, held))
    row = board.find(API, passed)
    assert row
    assert Staleness(board, NOW, {}).behind(row, 1, None) == expected


def test_extra_is_not_behind() -> None:
    assert Pair(None, pushed(OLD, days=3)).lag() is None


def test_in_sync_neither_drifts_nor_is_behind() -> None:
    pair = Pair(pushed(NEW, days=5), pushed(NEW, days=2))
    assert (pair.since, pair.lag()) == (None, None)
