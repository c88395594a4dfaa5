"""A column's health says what hinders most."""

from datetime import timedelta

import pytest

from tests.fakes import NOW
from tui.domain.notices import RequestAnswered, RetryScheduled, WarningReceived
from tui.domain.snapshot import Failure, FailureKind
from tui.ui.health import Health

FAILURE = Failure(FailureKind.UNAUTHORISED, "list repositories", "no credentials", "401")


@pytest.mark.parametrize(
    ("health", "text", "is_bad"),
    [
        (Health(), "", False),
        (Health(latency=0.0341), "34 ms", False),
        (Health(latency=0.03, stale_since=NOW - timedelta(minutes=4)), "stale 4 m", False),
        (Health(stale_since=NOW, expected=40, landed=12), "reading 12/40", False),
        (Health(unread=2, expected=40, landed=12), "2 not read", True),
        (Health(failure=FAILURE, unread=2), "401 unauthorised", True),
    ],
)
def test_what_hinders_most_comes_first(health: Health, text: str, is_bad: bool) -> None:
    assert health.text(18, NOW) == text
    assert health.is_bad is is_bad


def test_a_retry_is_said_with_its_cause_until_it_is_answered() -> None:
    waiting = Health().hear(RetryScheduled("r", "list tags", "429", 8.0), NOW)
    assert waiting.text(18, NOW) == "429 retry in 8 s"
    assert waiting.text(18, NOW + timedelta(seconds=3)) == "429 retry in 5 s"
    answered = waiting.hear(RequestAnswered("r", 0.02), NOW + timedelta(seconds=8))
    assert answered.text(18, NOW) == "20 ms"


def test_an_answer_to_what_was_under_way_does_not_end_a_pause() -> None:
    waiting = Health().hear(RetryScheduled("r", "list tags", "429", 8.0), NOW)
    answered = waiting.hear(RequestAnswered("r", 0.02), NOW + timedelta(seconds=1))
    assert answered.text(18, NOW + timedelta(seconds=1)) == "429 retry in 7 s"
    assert answered.is_bad


def test_of_two_pauses_the_longer_counts() -> None:
    waiting = Health().hear(RetryScheduled("r", "list tags", "429", 30.0), NOW)
    assert waiting.hear(RetryScheduled("r", "list tags", "reset", 1.0), NOW) == waiting


def test_a_pause_that_is_over_hinders_nothing() -> None:
    waiting = Health().hear(RetryScheduled("r", "list tags", "429", 8.0), NOW)
    assert waiting.as_of(NOW + timedelta(seconds=7)).is_bad
    assert not waiting.as_of(NOW + timedelta(seconds=8)).is_bad


def test_a_column_that_waits_for_a_sign_in_says_so_until_it_is_read() -> None:
    waiting = Health(expected=20, awaits_sign_in=True)
    assert waiting.text(18, NOW) == "signing in"
    assert Health(expected=20, landed=20, awaits_sign_in=True, latency=0.02).text(18, NOW) == "20 ms"


def test_a_retry_that_is_past_is_not_said() -> None:
    waiting = Health(latency=0.01).hear(RetryScheduled("r", "list tags", "429", 8.0), NOW)
    assert waiting.text(18, NOW + timedelta(seconds=9)) == "10 ms"


def test_a_warning_is_no_ailment() -> None:
    assert not Health().hear(WarningReceived("r", "deprecated"), NOW).is_bad


@pytest.mark.parametrize("width", range(1, 20))
def test_it_stays_in_its_column(width: int) -> None:
    for health in (Health(failure=FAILURE), Health(unread=12), Health(expected=400, landed=120)):
        assert len(health.text(width, NOW)) <= width
