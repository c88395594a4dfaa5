"""What a survey tells is folded into the board."""

from tests import strategies as some
from tui.domain.board import Board
from tui.domain.entries import packed_page
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import Loading, Snapshot, TagEntry
from tui.ui.board_fold import apply

API = Repository("shop/api")
BEGUN = Loading(packed_page([TagEntry(Tag("1.0"), Digest("sha256", "a" * 64))]))


def test_what_was_read_so_far_is_shown_where_nothing_was_before() -> None:
    board = apply(Board(some.PATH), [("base", API, BEGUN)])
    assert [row.tag for row in board.rows] == ["1.0"]


def test_what_is_not_read_whole_takes_the_place_of_nothing_that_is() -> None:
    whole = Snapshot("base", API, some.NOW, is_remembered=True)
    board = apply(Board(some.PATH), [("base", API, whole)])
    assert apply(board, [("base", API, BEGUN)]).reading(API, 0) == whole
