"""The board shows what was observed, and a snapshot touches only its own section."""

from hypothesis import given

from tests import strategies as some
from tui.domain.board import Board, Section
from tui.domain.drift import State
from tui.domain.entries import packed
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import Loading, Reading, Snapshot, TagEntry, Unread

API, WEB = Repository("shop/api"), Repository("shop/web")


def snapshot(environment: str, repository: Repository, **digests: str) -> Snapshot:
    entries = {Tag(tag): TagEntry(Tag(tag), Digest("sha256", digit * 64)) for tag, digit in digests.items()}
    return Snapshot(environment, repository, some.NOW, entries)


@given(some.sections)
def test_each_tag_that_anyone_has_is_one_row(readings: tuple[Reading, ...]) -> None:
    rows = Section(API, readings).rows
    known = {tag for reading in readings if isinstance(reading, Snapshot) for tag in reading.entries}
    assert sorted(row.tag for row in rows) == sorted(known)


@given(some.sections)
def test_a_cell_that_was_not_read_is_unknown(readings: tuple[Reading, ...]) -> None:
    for row in Section(API, readings).rows:
        for reading, state in zip(readings, row.states, strict=True):
            if isinstance(reading, Loading | Unread):
                assert state is State.UNKNOWN


@given(some.sections)
def test_nothing_is_missing_or_in_sync_against_a_base_that_was_not_read(readings: tuple[Reading, ...]) -> None:
    if isinstance(readings[0], Snapshot):
        return
    for row in Section(API, readings).rows:
        assert set(row.states) == {State.UNKNOWN}


@given(some.sections)
def test_the_order_in_which_snapshots_land_does_not_matter(readings: tuple[Reading, ...]) -> None:
    pairs = list(zip(some.PATH.names, readings, strict=True))
    boards = [Board(some.PATH), Board(some.PATH)]
    for at, order in enumerate((pairs, pairs[::-1])):
        for name, reading in order:
            boards[at] = boards[at].with_reading(name, API, reading)
    assert boards[0] == boards[1]


def test_a_snapshot_replaces_only_its_own_section() -> None:
    before = Board(some.PATH).with_reading("base", API, snapshot("base", API, one="a"))
    after = before.with_reading("base", WEB, snapshot("base", WEB, one="b"))
    assert after.sections[API] is before.sections[API]
    assert list(after.sections) == [API, WEB]


def test_a_dead_environment_blanks_nothing_else() -> None:
    board = Board(some.PATH).with_reading("base", API, snapshot("base", API, one="a"))
    board = board.with_reading("dev", API, snapshot("dev", API, one="a"))
    board = board.with_reading("prod", API, Unread(some.FAILURE))
    (row,) = board.rows
    assert row.states == (State.BASE, State.IN_SYNC, State.UNKNOWN)
    assert board.cell(row, 2).failure == some.FAILURE
    assert not row.drifts


def test_a_remembered_cell_says_so_until_a_live_one_lands() -> None:
    old = Snapshot("base", API, some.NOW, snapshot("base", API, one="a").entries, is_remembered=True)
    board = Board(some.PATH).with_reading("base", API, old)
    assert board.cell(board.rows[0], 0).is_remembered
    board = board.with_reading("base", API, snapshot("base", API, one="a"))
    assert not board.cell(board.rows[0], 0).is_remembered


def test_a_section_is_counted_by_state() -> None:
    board = Board(some.PATH).with_reading("base", API, snapshot("base", API, one="a", two="b"))
    board = board.with_reading("dev", API, snapshot("dev", API, one="c", three="d"))
    counts = board.sections[API].count(1)
    assert (counts[State.DIFFERS], counts[State.MISSING], counts[State.EXTRA]) == (1, 1, 1)
    assert board.cell(board.rows[0], 2).is_loading


def test_repositories_come_loading_and_go() -> None:
    board = Board(some.PATH).with_repositories([WEB, API])
    assert list(board.sections) == [API, WEB]
    assert board.with_repositories([API]) is board
    assert isinstance(board.reading(API, 0), Loading)
    assert list(board.without([API]).sections) == [WEB]
    assert board.find(API, Tag("one")) is None


def begun(environment: str, **digests: str) -> Loading:
    return Loading(snapshot(environment, API, **digests).entries)


def states(*readings: Reading) -> dict[str, tuple[State, ...]]:
    return {row.tag: tuple(row.states) for row in Section(API, (*readings, snapshot("prod", API, one="a"))).rows}


def test_of_a_repository_that_is_still_being_read_only_what_both_sides_have_is_known() -> None:
    told = states(begun("base", one="a", two="b"), begun("dev", one="a", two="c", three="d"))
    assert told == {
        "one": (State.BASE, State.IN_SYNC, State.IN_SYNC),
        "two": (State.BASE, State.DIFFERS, State.UNKNOWN),
        "three": (State.UNKNOWN, State.UNKNOWN, State.UNKNOWN),
    }


def test_what_was_still_to_come_is_missing_once_all_was_read() -> None:
    base, entries = snapshot("base", API, one="a", two="b"), packed(snapshot("dev", API, two="b").entries)
    board = Board(some.PATH).with_reading("base", API, base).with_reading("dev", API, Loading(entries))
    assert {row.tag: row.states[1] for row in board.rows} == {"one": State.UNKNOWN, "two": State.IN_SYNC}
    board = board.with_reading("dev", API, Snapshot("dev", API, some.NOW, entries))
    assert {row.tag: row.states[1] for row in board.rows} == {"one": State.MISSING, "two": State.IN_SYNC}


def test_a_cell_that_came_early_loads_no_more() -> None:
    board = Board(some.PATH).with_reading("base", API, begun("base", one="a"))
    board = board.with_reading("dev", API, begun("dev", one="b", two="c"))
    assert [board.cell(row, 1).is_loading for row in board.rows] == [False, True]
