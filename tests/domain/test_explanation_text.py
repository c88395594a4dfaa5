"""Explanations in words."""

from datetime import timedelta

import pytest

from tests.fakes import NOW
from tui.domain.explanation import Clue, Explained, Likeness, Reason, Undecided
from tui.domain.explanation_text import clue_text, explanation_details, explanation_title, likeness_text

TWO_HOURS_AGO = NOW - timedelta(hours=2)


@pytest.mark.parametrize("reason", Reason)
def test_a_title_has_the_word_and_what_it_means(reason: Reason) -> None:
    assert explanation_title(Explained(reason)) == f"{reason.value}: {reason.sentence}"


def test_what_nobody_knows_is_not_named() -> None:
    title = explanation_title(Undecided(("the registry is down; try again",)))
    assert not any(reason.value in title for reason in Reason)


def test_a_clue_says_how_long_ago() -> None:
    assert clue_text(Clue("the base's tag moved", TWO_HOURS_AGO), NOW) == "the base's tag moved 2 h ago"
    assert clue_text(Clue("the base has it as 1.0"), NOW) == "the base has it as 1.0"


@pytest.mark.parametrize(
    ("likeness", "told"),
    [
        (Likeness(4, 9, 61_000_000), "4 of 9 layers shared, 61 MB to transfer"),
        (Likeness(1, 1, 0), "1 of 1 layer shared, nothing to transfer"),
        (Likeness(0, 0, 0), ""),
    ],
)
def test_likeness(likeness: Likeness, told: str) -> None:
    assert likeness_text(likeness) == told


def test_details_are_the_clues_and_then_the_likeness() -> None:
    explained = Explained(Reason.MOVED, (Clue("moved", TWO_HOURS_AGO), Clue("seen")), Likeness(1, 2, 10))
    assert explanation_details(explained, NOW) == ("moved 2 h ago", "seen", "1 of 2 layers shared, 10 B to transfer")
    assert explanation_details(Explained(Reason.FOREIGN, (), Likeness(0, 0, 0)), NOW) == ()


def test_details_of_what_is_undecided_are_what_was_missing() -> None:
    assert explanation_details(Undecided(("one; mend it", "two")), NOW) == ("one; mend it", "two")
