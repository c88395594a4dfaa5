"""Which two images a comparison is about."""

from tests.ui.test_row_choice import PATH, filled
from tui.domain.environment import PromotionPath
from tui.ui.pairs import pair_for

X, Y, WEB = filled().rows


def told(*arguments: object) -> str:
    """The pair in words: `base/api:x prod/api:x`; or why there is none."""
    pair = pair_for(*arguments)  # type: ignore[arg-type]
    if isinstance(pair, str):
        return pair
    return " ".join(f"{spot.environment.name}/{spot.repository}:{spot.tag}" for spot in pair)


def test_a_cell_is_compared_with_the_bases() -> None:
    assert told([X], X, PATH, 2) == "base/api:x prod/api:x"


def test_the_bases_cell_is_compared_with_the_first_that_differs_else_the_next() -> None:
    assert told([X], X, PATH, 0) == "base/api:x prod/api:x"
    assert told([WEB], WEB, PATH, 0) == "base/web:x dev/web:x"


def test_two_marked_rows_are_compared_in_the_cursors_environment() -> None:
    assert told([X, Y], WEB, PATH, 0) == "base/api:x base/api:y"


def test_what_is_not_there_cannot_be_compared() -> None:
    assert told([Y], Y, PATH, 2) == "there is nothing to compare: prod is known to hold no api:y"
    assert told([X, Y], X, PATH, 2) == "there is nothing to compare: prod is known to hold no api:y"
    assert told([], None, PATH, 2) == "there is nothing to compare"
    assert "only a base" in told([X], X, PromotionPath(PATH.environments[:1]), 0)
