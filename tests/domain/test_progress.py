"""Progress: what is done never falls and never passes the total; pull and push are counted apart; rate and ETA."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.plans import NEW, NOON, OLD, Recorder
from tui.domain.events import (
    BlobAdvanced,
    Direction,
    Event,
    How,
    LineLogged,
    PromotionCancelled,
    PromotionFailed,
    PromotionStarted,
    PromotionSucceeded,
    Recorded,
    Side,
    Step,
    StepStarted,
    TagMoved,
    Verified,
)
from tui.domain.progress import Progress, Speed

advances = st.builds(
    BlobAdvanced,
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from(list(Direction)),
    st.integers(0, 1_000),
    st.integers(0, 500),
    st.sampled_from(list(How)),
)
steps = st.sampled_from(list(Step)).map(StepStarted)
gaps = st.floats(-5, 30, allow_nan=False)
stories = st.lists(st.tuples(st.one_of(advances, steps), gaps), max_size=40)


def fold(*events: Event) -> Progress:
    """The progress after `events`, a second apart."""
    record = Recorder()
    progress = Progress.begin(record(PromotionStarted("direct", OLD, 298)))
    for event in events:
        progress = progress.advance(record(event))
    return progress


@given(stories)
def test_what_is_done_never_falls_and_never_passes_the_total(story):
    record = Recorder()
    progress = Progress.begin(record(PromotionStarted("docker", None, 1)))
    for event, gap in story:
        before, progress = progress, progress.advance(record(event, gap))
        for direction in Direction:
            old, new = before.totals(direction), progress.totals(direction)
            assert old.done <= new.done <= new.total
            assert old.total <= new.total
            assert new.layers_done <= new.layers
        assert progress.rate >= 0
        assert progress.eta is None or progress.eta > 0


@given(stories)
def test_each_blob_stays_within_its_size(story):
    record = Recorder()
    progress = Progress.begin(record(PromotionStarted("docker", None, 1)))
    for event, gap in story:
        progress = progress.advance(record(event, gap))
    assert all(0 <= blob.done <= blob.total for blob in progress.blobs.values())


def test_pull_and_push_are_counted_apart():
    progress = fold(
        StepStarted(Step.PULL),
        BlobAdvanced("a", Direction.PULL, 60, 100),
        StepStarted(Step.PUSH),
        BlobAdvanced("other", Direction.PUSH, 10, 300),
    )
    assert (progress.totals(Direction.PULL).done, progress.totals(Direction.PUSH).done) == (60, 10)
    assert progress.current == progress.totals(Direction.PUSH)


def test_the_last_direction_stays_in_sight_when_a_step_moves_nothing():
    progress = fold(BlobAdvanced("a", Direction.PULL, 60, 100), StepStarted(Step.TAG))
    assert progress.direction is Direction.PULL


def test_before_anything_moved_there_is_nothing_to_sum():
    progress = fold(StepStarted(Step.PULL))
    assert (progress.direction, progress.current.total, progress.rate, progress.eta) == (None, 0, 0.0, None)


def test_what_did_not_have_to_move_is_done_but_adds_no_speed():
    progress = fold(
        BlobAdvanced("a", Direction.PUSH, 0, 100, How.MOUNTED), BlobAdvanced("b", Direction.PUSH, 50, 50, How.SKIPPED)
    )
    totals = progress.current
    assert (totals.done, totals.layers_done, totals.mounted, totals.skipped) == (150, 2, 1, 1)
    assert progress.rate == 0.0


def test_rate_and_eta_come_from_the_records_times():
    progress = fold(BlobAdvanced("a", Direction.PUSH, 100, 1000), BlobAdvanced("a", Direction.PUSH, 200, 1000))
    assert progress.rate == pytest.approx(100)
    assert progress.eta == 8


def test_the_rate_follows_a_change_slowly():
    progress = fold(BlobAdvanced("a", Direction.PUSH, 100, 9000), BlobAdvanced("a", Direction.PUSH, 1100, 9000))
    assert 100 < progress.rate < 600


def test_bytes_in_a_burst_count_together():
    speed = Speed(NOON).advance(NOON + timedelta(seconds=0.1), 50).advance(NOON + timedelta(seconds=1), 50)
    assert speed.rate == pytest.approx(100)


def test_a_clock_set_back_measures_anew():
    speed = Speed(NOON, 10, 5.0).advance(NOON - timedelta(hours=1), 50)
    assert (speed.since, speed.rate) == (NOON - timedelta(hours=1), 5.0)


def test_a_layer_that_is_all_there_is_no_longer_active():
    progress = fold(BlobAdvanced("a", Direction.PUSH, 100, 100), BlobAdvanced("b", Direction.PUSH, 1, 100))
    assert [blob.digest for blob in progress.active] == ["b"]


def test_what_was_said_last_holds_until_the_next_step():
    said = fold(StepStarted(Step.PULL), LineLogged("a line"), LineLogged("another"))
    assert said.note == "another"
    assert fold(LineLogged("a line"), StepStarted(Step.PUSH)).note == ""


def test_it_keeps_what_was_written_and_verified():
    progress = fold(TagMoved(OLD, NEW), LineLogged("a line"), Verified(NEW))
    assert (progress.engine, progress.overwrites, progress.written, progress.verified) == ("direct", OLD, NEW, NEW)


@pytest.mark.parametrize(
    "ending", [PromotionSucceeded(1.0), PromotionFailed("push", Side.TARGET, "no"), PromotionCancelled()]
)
def test_nothing_follows_an_ending(ending):
    progress = fold(BlobAdvanced("a", Direction.PUSH, 1, 100), ending, BlobAdvanced("a", Direction.PUSH, 99, 100))
    assert progress.is_over
    assert progress.ending == ending
    assert progress.current.done == 1
    assert progress.eta is None


def test_another_promotion_changes_nothing():
    progress = fold(StepStarted(Step.PULL))
    stranger = Recorded("p2", datetime.now(UTC), progress.source, progress.target, PromotionCancelled())
    assert progress.advance(stranger) is progress
