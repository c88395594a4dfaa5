"""What undos did to a tag: told as theirs, and not as what a promotion or somebody else did."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.domain.test_history_text import NOW, PATH, A, B, before, history, landed, put_back, seen, taken_away, texts
from tui.domain.history_steps import StepKind
from tui.domain.history_text import history_lines


def test_what_an_undo_put_back_is_no_promotion_from_anywhere() -> None:
    told = texts(landed(B, before(days=2)), put_back(A, before(days=1)), seen(A, before(days=1)))
    assert told == [
        "put back a1b2c3d4 (undo 3fa2c9d1e0b4), was 9f8e7d6c",
        "promoted 9f8e7d6c from base (promotion 3fa2c9d1e0b4)",
    ]


def test_an_undo_that_found_its_work_done_says_so() -> None:
    assert texts(put_back(A, NOW, replaced=A)) == ["put back a1b2c3d4 (undo 3fa2c9d1e0b4), as it was"]


@pytest.mark.parametrize("delay", [timedelta(minutes=-2), timedelta(), timedelta(days=2)])
def test_a_tag_that_an_undo_took_away_is_not_seen_gone(delay: timedelta) -> None:
    gone = before(days=4)
    told = texts(
        landed(A, before(days=5)), seen(A, before(days=5)), taken_away(A, gone, "ci"), seen(None, gone + delay)
    )
    assert told == [
        "taken away (undo 3fa2c9d1e0b4), had a1b2c3d4, by ci",
        "promoted a1b2c3d4 from base (promotion 3fa2c9d1e0b4)",
    ]


def test_who_took_a_tag_away_is_cleaned_and_cut_or_left_out() -> None:
    assert texts(taken_away(A, NOW)) == ["taken away (undo 3fa2c9d1e0b4), had a1b2c3d4"]
    (told,) = texts(taken_away(A, NOW, "\x1b[2J" + "x" * 99))
    assert told.endswith("by \ufffd[2J" + "x" * 55 + "…")


def test_what_is_there_again_after_it_was_taken_away_was_seen_so() -> None:
    told = texts(taken_away(A, before(days=4)), seen(B, before(days=1)))
    assert told[0] == "seen back with 9f8e7d6c (had a1b2c3d4 before)"


def test_a_line_of_what_was_taken_away_holds_nothing_and_leads_to_the_undo() -> None:
    (line,) = history_lines(history(taken_away(A, NOW)), PATH, NOW)
    assert (line.kind, line.digest, line.was, line.promotion) == (StepKind.TAKEN_AWAY, None, A, "5fa2c9d1e0b4")


def test_a_landing_stands_until_it_is_undone() -> None:
    first, other = replace(landed(A, before(days=3)), promotion="1"), landed(B, before(days=2))
    undo = put_back(A, before(days=1))
    assert history(first, other).standing == (first, other)
    assert history(first, other, undo).standing == (first, undo)
    assert history(first, undo, taken_away(A, NOW)).standing == ()
