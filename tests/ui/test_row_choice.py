"""Which rows are shown, and what is marked among them."""

from dataclasses import replace

from tests.fakes import NOW
from tui.domain.board import Board
from tui.domain.environment import Environment, PromotionPath
from tui.domain.explanation import Explained, Reason
from tui.domain.insight import Insight
from tui.domain.query import parse_query
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import Snapshot, TagEntry
from tui.ui.board_fold import Result, apply
from tui.ui.marks import Marks, key_of
from tui.ui.requests import destination, requests_for
from tui.ui.row_choice import Choice, RowChooser, total

PATH = PromotionPath(tuple(Environment(name, f"{name}.example") for name in ("base", "dev", "prod")))


def result(environment: str, repository: str, **tags: str) -> Result:
    """What was read: `x="a"` is a tag with a digest of a's."""
    entries = {Tag(tag): TagEntry(Tag(tag), Digest("sha256", digit * 64)) for tag, digit in tags.items()}
    name = Repository(repository)
    return environment, name, Snapshot(environment, name, NOW, entries)


def filled() -> Board:
    """Two repositories; api:y is missing in dev and prod, api:x differs in prod."""
    return apply(
        Board(PATH),
        [
            result("base", "api", x="a", y="b"),
            result("dev", "api", x="a"),
            result("prod", "api", x="c"),
            *(result(name, "web", x="d") for name in PATH.names),
        ],
    )


def shown(choice: Choice, board: Board | None = None) -> list[str]:
    """The labels of the rows that `choice` shows."""
    return [f"{row.repository}:{row.tag}" for row in RowChooser().rows(board or filled(), choice)]


def test_all_rows_stand_by_repository_and_tag() -> None:
    assert shown(Choice()) == ["api:x", "api:y", "web:x"]


def test_a_query_and_only_drift_and_a_repository_narrow() -> None:
    assert shown(Choice(parse_query("prod:differs", PATH.names))) == ["api:x"]
    assert shown(Choice(only_drift=True)) == ["api:x", "api:y"]
    assert shown(Choice(repository=Repository("web"))) == ["web:x"]
    assert shown(Choice(repository=Repository("gone"))) == []


def test_the_total_is_what_there_is_before_filtering() -> None:
    choice = Choice(parse_query("nothing", PATH.names), repository=Repository("api"))
    assert total(filled(), choice) == 2


def test_sorting_puts_what_is_urgent_first_or_last() -> None:
    assert shown(Choice(column=2)) == ["api:x", "api:y", "web:x"]
    assert shown(Choice(column=1)) == ["api:y", "api:x", "web:x"]
    assert shown(Choice(column=1, is_reversed=True)) == ["api:x", "web:x", "api:y"]
    assert shown(Choice(is_reversed=True)) == ["web:x", "api:y", "api:x"]


def test_a_changed_repository_is_looked_at_again_and_the_others_are_not() -> None:
    chooser, board = RowChooser(), filled()
    before = chooser.rows(board, Choice(only_drift=True))
    after = chooser.rows(apply(board, [result("dev", "api", x="a", y="b")]), Choice(only_drift=True))
    assert before != after
    assert [row.tag for row in chooser.rows(board, Choice())] == ["x", "y", "x"]


def test_what_was_found_out_counts_where_the_query_looks_at_it_and_nowhere_else() -> None:
    chooser, board = RowChooser(), filled()
    moved, plain = Choice(parse_query("prod:moved", PATH.names)), Choice(parse_query("api", PATH.names))
    question = board.question(board.rows[0], 2)
    assert question
    wiser = replace(board, insight=Insight({question.key: Explained(Reason.MOVED)}))
    assert chooser.rows(board, moved) == ()
    assert chooser.rows(wiser, moved) == (board.rows[0],)
    before = chooser.chosen(board, plain)
    assert all(one is other for one, other in zip(before, chooser.chosen(wiser, plain), strict=True))


def test_of_several_results_for_a_cell_the_last_counts() -> None:
    board = apply(filled(), [result("dev", "api"), result("dev", "api", x="a", y="b")])
    row = board.find(Repository("api"), Tag("y"))
    assert row
    assert row.entries[1] is not None


def test_no_result_leaves_the_board_as_it_is() -> None:
    board = filled()
    assert apply(board, []) is board


def test_marks_are_toggled_and_outlive_what_is_read_anew() -> None:
    board = filled()
    marks = Marks().toggle(board.rows[0]).toggle(board.rows[2]).toggle(board.rows[2])
    fresh = apply(board, [result("prod", "api", x="a")])
    assert [row.states for row in marks.rows(fresh)] == [fresh.rows[0].states]


def test_a_marked_row_that_is_gone_is_left_out() -> None:
    board = filled()
    marks = Marks().add(board.rows)
    assert [row.repository for row in marks.rows(board.without([Repository("api")]))] == ["web"]


def test_a_range_goes_from_where_it_was_begun_in_either_direction() -> None:
    rows = filled().rows
    marks = Marks().range(rows, 2).range(rows, 1)
    assert marks.keys == {key_of(rows[1]), key_of(rows[2])}
    assert marks.anchor is None


def test_a_range_whose_beginning_is_filtered_away_begins_anew() -> None:
    rows = filled().rows
    others = RowChooser().rows(filled(), Choice(parse_query("!api:x", PATH.names)))
    marks = Marks().range(rows, 0).range(others, 1)
    assert not marks.keys
    assert marks.anchor == key_of(rows[2])


def test_a_promotion_comes_from_the_environment_before() -> None:
    base, dev, prod = PATH.environments
    assert destination(PATH, 2) == (dev, prod)
    assert destination(PATH, 1) == (base, dev)
    assert destination(PATH, 0) == (base, dev)
    assert destination(PromotionPath((base,)), 0) is None


def test_requests_are_pinned_to_the_digest_that_the_board_shows() -> None:
    rows = filled().rows
    first, second, _ = requests_for(rows, PATH, 2)
    assert first.seen == Digest("sha256", "a" * 64)
    assert second.seen is None
    assert requests_for(rows, PromotionPath(PATH.environments[:1]), 0) == ()
