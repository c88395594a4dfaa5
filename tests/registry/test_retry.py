from itertools import count

import pytest

from tests.registry.stub import Ears
from tui.domain.notices import RetryScheduled
from tui.ports.errors import Throttled, Unreachable
from tui.registry.client import Limits, Timing
from tui.registry.retry import Again, Patience, Retrier, retry_after


def retrier(ears: Ears, chance: float = 0.5) -> Retrier:
    return Retrier(Limits(), Timing(sleep=ears.sleep, random=lambda: chance), ears.hear)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("8", 8.0),
        ("0", 0.0),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("\N{SUPERSCRIPT TWO}", None),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 40.0),
        ("Thu, 01 Jan 1970 00:00:10 GMT", 0.0),
    ],
)
def test_retry_after(header: str, seconds: float | None) -> None:
    assert retry_after(header, now=60.0) == seconds


async def test_delays_grow_and_are_announced_before_they_are_slept() -> None:
    ears = Ears()

    async def attempt() -> None:
        assert len(ears.notices) == len(ears.delays)
        raise Again(Unreachable("look", "r", "it answers 503"))

    with pytest.raises(Unreachable):
        await retrier(ears).run(attempt)
    assert ears.delays == [0.25, 0.5, 1.0, 2.0]
    assert ears.notices[0] == RetryScheduled("r", "look", "it answers 503", 0.25)


@pytest.mark.parametrize(("step", "refusals"), [(1, 102), (1000, 6)])
def test_patience_ends_after_many_refusals_in_a_long_time(step: float, refusals: int) -> None:
    clock = count(step=step)
    patience = Patience(Limits(throttled=100, attempts=5), Timing(monotonic=lambda: next(clock)))
    assert [patience.is_over() for _ in range(refusals)] == [False] * (refusals - 1) + [True]


def test_patience_begins_anew_with_progress() -> None:
    clock = count(step=1000)
    patience = Patience(Limits(throttled=100, attempts=5), Timing(monotonic=lambda: next(clock)))
    assert not any(patience.is_over(done) for done in (0, 0, 0, 0, 0, 1, 1, 1, 1, 1))
    assert patience.is_over(1)


async def test_what_is_not_answered_is_tried_less_often() -> None:
    ears = Ears()

    async def attempt() -> None:
        raise Again(Unreachable("look", "r", "refused"), answered=False)

    with pytest.raises(Unreachable):
        await retrier(ears).run(attempt)
    assert len(ears.delays) == 2


async def test_asked_wait_is_kept_with_some_jitter_on_top() -> None:
    ears, answers = Ears(), [Again(Throttled("look", "r", "429"), 8.0), None]

    async def attempt() -> str:
        if (again := answers.pop(0)) is not None:
            raise again
        return "done"

    assert await retrier(ears).run(attempt) == "done"
    assert ears.delays == [8.25]


async def test_too_long_a_wait_is_not_waited_for() -> None:
    ears = Ears()

    async def attempt() -> None:
        raise Again(Throttled("look", "r", "429"), 3600.0)

    with pytest.raises(Throttled):
        await retrier(ears).run(attempt)
    assert not ears.delays
