"""Rows are made when they are looked at, and are the same as if they had been there all along."""

from hypothesis import given
from hypothesis import strategies as st

from tests import strategies as some
from tui.domain.board import Section
from tui.domain.column import pack
from tui.domain.drift import State, classify, is_unknown
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.rows import Pick, Row, Rows, every_row, rows_of
from tui.domain.snapshot import Reading, Snapshot, TagEntry
from tui.domain.table import CODES, DIFFERING, Table

API, WEB = Repository("shop/api"), Repository("shop/web")
A = Digest("sha256", "a" * 64)


def table(repository: Repository, *states: State) -> Table:
    """A table with tags 0, 1, … that stand so in the second of two environments."""
    tags = tuple(Tag(str(at)) for at in range(len(states)))
    base = bytes([CODES[State.BASE]]) * len(tags)
    column = pack({tag: TagEntry(tag, A) for tag in tags}, tags)
    return Table(repository, tags, (column, column), (base, bytes([CODES[state] for state in states])))


ROWS = rows_of(
    [
        Pick(table(API, State.DIFFERS, State.IN_SYNC, State.MISSING), (0, 2)),
        Pick(table(WEB, State.IN_SYNC, State.EXTRA), range(2)),
        Pick(table(WEB, State.IN_SYNC), ()),
    ]
)
NAMES = [(API, "0"), (API, "2"), (WEB, "0"), (WEB, "1")]


def turned(rows: Rows) -> Rows:
    return rows_of(rows.picks, is_reversed=True)


def names(rows: Rows) -> list[tuple[Repository, Tag]]:
    return [(row.repository, row.tag) for row in rows]


def test_rows_stand_one_pick_after_the_other() -> None:
    assert names(ROWS) == NAMES == list(ROWS.keys())
    assert [row.tag for row in ROWS[1:3]] == ["2", "0"]
    assert ROWS[-1] == ROWS[3]
    assert names(turned(ROWS)) == NAMES[::-1]
    assert not rows_of([])
    assert list(rows_of([]).keys()) == []


def test_a_row_is_found_by_its_name() -> None:
    assert [ROWS.find((name, Tag(tag))) for name, tag in NAMES] == [0, 1, 2, 3]
    assert turned(ROWS).find((API, Tag("2"))) == 2
    assert ROWS.find((API, Tag("1"))) is None
    assert ROWS.find((API, Tag("gone"))) is None


def test_keys_are_those_of_a_range_whichever_way_round() -> None:
    assert list(ROWS.keys(1, 2)) == NAMES[1:3]
    assert sorted(turned(ROWS).keys(0, 1)) == sorted(NAMES[2:])


def test_what_drifts_is_where_it_stands() -> None:
    assert ROWS.drifting() == [0, 1, 3]
    assert turned(ROWS).drifting() == [0, 2, 3]
    assert names(rows_of(pick.only(DIFFERING) for pick in ROWS.picks)) == [(API, "0")]
    assert ROWS.repositories == (API, WEB)


def test_rows_equal_any_sequence_of_the_same_rows() -> None:
    assert tuple(ROWS) == ROWS
    assert tuple(ROWS)[1:] != ROWS
    assert ROWS != "rows"
    assert ROWS[0].entries == (TagEntry(Tag("0"), A), TagEntry(Tag("0"), A))
    assert ROWS[0].entries[:1] == (TagEntry(Tag("0"), A),)
    assert len({ROWS[0], ROWS[0], ROWS[1]}) == 2


@given(some.sections)
def test_a_section_has_the_rows_that_its_readings_make_one_by_one(readings: tuple[Reading, ...]) -> None:
    for row in Section(API, readings).rows:
        assert row == _row(row.tag, readings)


@given(some.sections, some.sections, st.permutations(range(3)))
def test_what_is_taken_over_from_before_makes_no_difference(
    before: tuple[Reading, ...], after: tuple[Reading, ...], order: list[int]
) -> None:
    section = Section(API, before)
    readings = list(section.readings)
    for at in order:
        assert section.rows is not None
        readings = list(section.readings)
        readings[at] = after[at]
        section = Section(API, tuple(readings), section)
    assert section.rows == Section(API, after).rows
    assert section == Section(API, after)


def _row(tag: Tag, readings: tuple[Reading, ...]) -> Row:
    entries = tuple(each.entries.get(tag) if isinstance(each, Snapshot) else None for each in readings)
    known = [each.entries.get(tag) if isinstance(each, Snapshot) else each for each in readings]
    base, *others = known
    first = State.UNKNOWN if is_unknown(base) else State.BASE
    return Row(API, tag, entries, (first, *(classify(base, other) for other in others)))


def test_every_row_of_a_table_is_one() -> None:
    assert len(every_row(table(API, State.IN_SYNC, State.EXTRA))) == 2
    assert Section(API, ()) != "a section"
