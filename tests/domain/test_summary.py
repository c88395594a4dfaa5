"""A summary: counts add up, unknown is never drift, and who was not read claims nothing."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests import strategies as some
from tests.strategies import NOW, PATH
from tui.domain.board import Board
from tui.domain.drift import State
from tui.domain.explanation import CellKey, Explained, Explanation, Reason, Undecided
from tui.domain.insight import Insight
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import Loading, Reading, Snapshot, TagEntry, Unread
from tui.domain.staleness import Surety
from tui.domain.summary import Summary, Tally, summarize
from tui.domain.summary_text import (
    heading,
    image_name,
    lag_text,
    oldest_text,
    place_name,
    reasons_text,
    since_text,
    standing_lines,
    states_text,
    tally_lines,
    verdict,
)

API, WEB = Repository("shop/api"), Repository("shop/web")
A, B = (Digest("sha256", digit * 64) for digit in "ab")


def explained(board: Board, explanations: list[Explanation]) -> Board:
    """The board with one of `explanations` for every other cell that differs."""
    names, found = board.path.names, dict[CellKey, Explanation]()
    for row in board.rows:
        for column, state in enumerate(row.states):
            question = board.question(row, column) if state is State.DIFFERS else None
            if question and len(row.tag) % 2:
                found[question.key] = explanations[column % len(explanations)]
    assert all(key.environment in names for key in found)
    return Board(board.path, board.sections, Insight(found))


REASONS: list[Explanation] = [Explained(Reason.MOVED), Undecided(("a config",)), Explained(Reason.WRAPPED)]
boards = st.tuples(some.sections, some.sections).map(
    lambda pair: explained(
        _with(_with(Board(PATH), API, pair[0]), WEB, pair[1]),
        REASONS,
    )
)


def _with(board: Board, repository: Repository, readings: tuple[Reading, ...]) -> Board:
    for name, reading in zip(PATH.names, readings, strict=True):
        read = Snapshot(name, repository, NOW, reading.entries) if isinstance(reading, Snapshot) else reading
        board = board.with_reading(name, repository, read)
    return board


def tallies(summary: Summary) -> list[Tally]:
    return [each.tally for each in (*summary.environments, *summary.repositories)]


# -- laws --------------------------------------------------------------------------------------------------------


@given(boards)
def test_every_cell_is_counted_once_by_environment_and_once_by_repository(board: Board) -> None:
    summary = summarize(board, board.rows, NOW)
    assert all(each.tally.cells == len(board.rows) == summary.tags for each in summary.environments)
    cells = sum(each.tally.cells for each in summary.environments)
    assert sum(each.tally.cells for each in summary.repositories) == cells
    for state in State:
        if state is not State.BASE:
            by_environment = sum(each.tally.states[state] for each in summary.environments)
            assert sum(each.tally.states[state] for each in summary.repositories) == by_environment


@given(boards)
def test_reasons_and_what_is_not_explained_add_up_to_what_differs(board: Board) -> None:
    for tally in tallies(summarize(board, board.rows, NOW)):
        assert sum(tally.reasons.values()) + tally.unexplained == tally.states[State.DIFFERS]


@given(boards)
def test_unknown_is_never_drift(board: Board) -> None:
    summary = summarize(board, board.rows, NOW)
    for tally in tallies(summary):
        assert tally.drift + tally.states[State.UNKNOWN] + tally.states[State.IN_SYNC] == tally.cells
    assert summary.drifting == sum(row.drifts for row in board.rows)


@given(boards)
def test_who_was_not_read_claims_nothing(board: Board) -> None:
    changes = {(name, row.repository, row.tag): NOW - timedelta(days=9) for row in board.rows for name in PATH.names}
    summary = summarize(board, board.rows, NOW, changes)
    for column, standing in enumerate(summary.environments, 1):
        readings = [section.readings[column] for section in board.sections.values()]
        if not any(isinstance(reading, Snapshot) for reading in readings):
            assert standing.claims_nothing
            assert standing.tally.oldest is standing.tally.furthest is None
            assert standing.tally.drift == standing.tally.states[State.IN_SYNC] == 0


@given(boards)
def test_what_was_not_read_is_counted(board: Board) -> None:
    summary = summarize(board, board.rows, NOW)
    for column, standing in enumerate((summary.base, *summary.environments)):
        readings = [section.readings[column] for section in board.sections.values()]
        assert standing.unread == sum(isinstance(reading, Unread) for reading in readings)
        assert standing.loading == sum(isinstance(reading, Loading) for reading in readings)


@given(boards, st.data())
def test_the_oldest_drift_is_not_younger_than_any_other(board: Board, data: st.DataObject) -> None:
    ages = st.integers(1, 400)
    changes = {
        (name, row.repository, row.tag): NOW - timedelta(days=data.draw(ages))
        for row in board.rows
        for name in PATH.names
    }
    changes |= {(name, each, Tag("the first")): NOW - timedelta(days=500) for each in (API, WEB) for name in PATH.names}
    summary = summarize(board, board.rows, NOW, changes)
    for tally in tallies(summary):
        assert (tally.oldest is not None) == bool(tally.drift)
    oldest = [each.tally.oldest[1].at for each in summary.environments if each.tally.oldest]
    by_repository = [each.tally.oldest[1].at for each in summary.repositories if each.tally.oldest]
    assert min(oldest, default=None) == min(by_repository, default=None)


# -- cases -------------------------------------------------------------------------------------------------------


def entry(tag: str, digest: Digest, pushed: datetime | None = None) -> TagEntry:
    return TagEntry(Tag(tag), digest, pushed=pushed)


def board_of(base: list[TagEntry], dev: list[TagEntry], prod: Reading | list[TagEntry]) -> Board:
    board = Board(PATH)
    for name, held in (("base", base), ("dev", dev), ("prod", prod)):
        entries = {item.tag: item for item in held} if isinstance(held, list) else {}
        board = board.with_reading(name, API, Snapshot(name, API, NOW, entries) if isinstance(held, list) else held)
    return board


def days(amount: float) -> datetime:
    return NOW - timedelta(days=amount)


LAGGING = board_of(
    [entry("1.0", A, days(30)), entry("1.1", A, days(12)), entry("1.2", A, days(3))],
    [entry("1.0", A, days(30)), entry("1.1", A, days(12)), entry("1.2", A, days(3))],
    [entry("1.0", A, days(30)), entry("1.1", B, days(20)), entry("0.9", B, days(400))],
)


def test_the_furthest_behind_and_the_oldest_drift_need_not_be_one_cell() -> None:
    dev, prod = summarize(LAGGING, LAGGING.rows, NOW).environments
    assert prod.tally.oldest
    assert prod.tally.furthest
    assert (prod.tally.oldest[0].tag, prod.tally.oldest[1].at) == ("0.9", days(400))
    assert (prod.tally.furthest[0].tag, prod.tally.furthest[1].span) == ("1.1", timedelta(days=8))
    assert (dev.tally.oldest, dev.tally.furthest) == (None, None)
    assert verdict(dev) == "is in sync"
    assert verdict(prod) == "is at least 8 days behind"


def test_what_is_known_goes_before_what_can_only_be_no_older() -> None:
    board = board_of([TagEntry(Tag("0.1"), A, created=days(900)), entry("0.2", A, days(2))], [], [])
    tally = summarize(board, board.rows, NOW).environments[0].tally
    assert tally.oldest
    assert (tally.oldest[0].tag, tally.oldest[1].surety) == ("0.2", Surety.EXACT)
    assert tally.furthest
    assert tally.furthest[0].tag == "0.2"


def test_only_the_given_rows_are_counted() -> None:
    summary = summarize(LAGGING, [row for row in LAGGING.rows if row.tag == "1.0"], NOW)
    assert (summary.tags, summary.drifting) == (1, 0)


def test_nothing_at_all() -> None:
    summary = summarize(Board(PATH), (), NOW)
    assert heading(summary) == "no tags"
    assert [verdict(each) for each in summary.environments] == ["has nothing to compare"] * 2


def test_an_environment_that_could_not_be_read_says_only_that() -> None:
    board = board_of([entry("1.0", A, days(3))], [], Unread(some.FAILURE))
    prod = summarize(board, board.rows, NOW).environments[1]
    assert verdict(prod) == "could not be read: nothing is said of it"
    assert list(standing_lines(prod, NOW)) == ["not read: 1 repository"]


def test_without_the_base_nothing_is_said_of_anyone() -> None:
    board = Board(PATH).with_reading("dev", API, Snapshot("dev", API, NOW, {Tag("1"): entry("1", A)}))
    board = board.with_reading("base", API, Unread(some.FAILURE)).with_reading("prod", API, Snapshot("prod", API, NOW))
    summary = summarize(board, board.rows, NOW)
    assert summary.base.unread == 1
    told = "was read, but not all of the base: nothing is said of it"
    assert [verdict(each) for each in summary.environments] == [told, told]
    assert heading(summary) == "no drift known in 1 tag; 3 cells unknown in 3 environments"


def test_unknown_cells_of_one_environment_name_it() -> None:
    board = board_of([entry("1.0", A), entry("2.0", A)], [entry("1.0", A), entry("2.0", A)], Unread(some.FAILURE))
    assert heading(summarize(board, board.rows, NOW)) == "no drift known in 2 tags; 2 cells unknown in prod"


def test_partly_read_is_not_called_in_sync() -> None:
    board = board_of([entry("1.0", A)], [entry("1.0", A)], [entry("1.0", A)])
    board = board.with_reading("dev", WEB, Unread(some.FAILURE)).with_reading("prod", WEB, Loading())
    dev, prod = summarize(board, board.rows, NOW).environments
    assert verdict(dev) == verdict(prod) == "shows no drift, as far as it could be read"


def test_in_words() -> None:
    tally = summarize(LAGGING, LAGGING.rows, NOW).environments[1].tally
    assert states_text(tally) == "1 differs, 1 missing, 1 extra, 1 in sync"
    assert reasons_text(tally) == "1 not explained"
    assert oldest_text(tally, NOW, image_name) == "shop/api:0.9 for 400 days (since 2025-10-20)"
    assert list(tally_lines(tally, NOW, place_name))[-1] == "furthest behind: 1.1 in prod, at least 8 days behind"


def test_a_bound_of_less_than_a_minute_is_told_without_a_bound() -> None:
    board = board_of([TagEntry(Tag("1"), A, created=NOW - timedelta(seconds=5))], [], [])
    tally = summarize(board, board.rows, NOW).environments[0].tally
    assert tally.oldest
    assert tally.furthest
    assert since_text(tally.oldest[1], NOW) == "for less than a minute"
    assert lag_text(tally.furthest[1]) == "less than a minute behind"


def test_while_nothing_was_read_nothing_is_said() -> None:
    board = Board(PATH).with_repositories([API])
    summary = summarize(board, board.rows, NOW)
    assert {verdict(each) for each in summary.environments} == {"is still being read: nothing is said of it"}
    assert [list(standing_lines(each, NOW)) for each in summary.environments] == [[], []]


def test_drift_of_unknown_age_is_drift() -> None:
    board = board_of([entry("1", A)], [entry("1", B)], [entry("1", A)])
    dev, prod = summarize(board, board.rows, NOW).environments
    assert (verdict(dev), verdict(prod)) == ("drifts", "is in sync")
    assert list(standing_lines(dev, NOW)) == ["1 differs", "why they differ: 1 not explained"]
    assert list(standing_lines(prod, NOW)) == ["1 in sync"]


def test_up_to_is_said_where_more_than_one_cell_drifts() -> None:
    board = board_of([entry("1", A, days(12)), entry("2", A, days(3))], [], [entry("1", A), entry("2", A)])
    assert verdict(summarize(board, board.rows, NOW).environments[0]) == "is up to 12 days behind"
