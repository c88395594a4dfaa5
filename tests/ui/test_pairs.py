"""Which two images a comparison is about."""

from dataclasses import replace

import pytest

from tests.ui.test_row_choice import PATH, filled, result
from tui.domain.board import Board
from tui.domain.environment import PromotionPath
from tui.domain.reference import Repository, Tag
from tui.domain.snapshot import Failure, FailureKind, Loading, Unread
from tui.ui.board_fold import apply
from tui.ui.pairs import Pair, pair_for

BOARD = filled()
X, Y, WEB = BOARD.rows
API = Repository("api")
FORBIDDEN = Unread(Failure(FailureKind.FORBIDDEN, "list api", "the token may not read it", "403"))


def words(pair: Pair | str) -> str:
    """The pair in words: `base/api:x prod/api:x`; or why there is none."""
    if isinstance(pair, str):
        return pair
    return " ".join(f"{spot.environment.name}/{spot.repository}:{spot.tag}" for spot in (pair.left, pair.right))


def unread(reading: Unread | Loading) -> Pair:
    """The pair of api:y and prod's, of which `reading` is all that is known."""
    board = BOARD.with_reading("prod", API, reading)
    row = board.find(API, Tag("y"))
    assert row is not None
    pair = pair_for([row], row, board, 2)
    assert isinstance(pair, Pair)
    return pair


def test_a_cell_is_compared_with_the_bases() -> None:
    assert words(pair_for([X], X, BOARD, 2)) == "base/api:x prod/api:x"


def test_the_bases_cell_is_compared_with_the_first_that_differs_else_the_next() -> None:
    assert words(pair_for([X], X, BOARD, 0)) == "base/api:x prod/api:x"
    assert words(pair_for([WEB], WEB, BOARD, 0)) == "base/web:x dev/web:x"


def test_two_marked_rows_are_compared_in_the_cursors_environment() -> None:
    assert words(pair_for([X, Y], WEB, BOARD, 0)) == "base/api:x base/api:y"


def test_what_is_not_there_cannot_be_compared() -> None:
    absent = "there is nothing to compare: prod is known to hold no api:y"
    assert pair_for([Y], Y, BOARD, 2) == absent
    assert pair_for([X, Y], X, BOARD, 2) == absent
    assert pair_for([], None, BOARD, 2) == "there is nothing to compare"
    alone = replace(BOARD, path=PromotionPath(PATH.environments[:1]))
    assert "only a base" in words(pair_for([X], X, alone, 0))


def test_what_could_not_be_read_is_not_called_missing_and_is_tried() -> None:
    pair = unread(FORBIDDEN)
    assert words(pair) == "base/api:y prod/api:y"
    (note,) = pair.notes
    assert note.startswith("prod/api:y could not be read, forbidden (403): cannot list api: the token may not read it")
    assert note.endswith("the comparison tries to read it now")


def test_what_is_not_read_yet_is_tried() -> None:
    assert unread(Loading()).notes == ("prod/api:y is not read yet; the comparison tries to read it now",)


@pytest.mark.parametrize(("column", "other"), [(2, "base"), (0, "prod")])
def test_of_more_marks_than_two_it_says_that_they_do_not_count(column: int, other: str) -> None:
    pair = pair_for([X, Y, WEB], X, BOARD, column)
    assert isinstance(pair, Pair)
    assert words(pair) == "base/api:x prod/api:x"
    assert pair.notes == (f"compare takes two marked rows; 3 are marked: comparing this cell with {other}'s",)


def test_of_a_tag_that_the_base_has_not_it_says_how_to_compare_it() -> None:
    board = apply(Board(PATH), [result("base", "api"), result("dev", "api"), result("prod", "api", z="a")])
    (row,) = board.rows
    assert pair_for([row], row, board, 2) == (
        "there is nothing to compare: base is known to hold no api:z; "
        "mark two rows to compare two tags, or run `windlass compare api:z prod base --with TAG`"
    )
