"""The next cell that drifts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import strategies as some
from tests.domain.test_rows import API, ROWS, table
from tui.domain.drift import State
from tui.domain.rows import every_row
from tui.ui.next_drift import next_drift


@pytest.mark.parametrize(
    ("place", "step", "found"),
    [
        ((0, 0), 1, (0, 1)),
        ((0, 1), 1, (1, 1)),
        ((1, 1), 1, (3, 1)),
        ((3, 1), 1, (0, 1)),
        ((0, 1), -1, (3, 1)),
        ((2, 0), -1, (1, 1)),
        ((0, 0), -1, (3, 1)),
    ],
)
def test_it_is_the_next_or_the_one_before_and_goes_round(
    place: tuple[int, int], step: int, found: tuple[int, int]
) -> None:
    assert next_drift(ROWS, *place, step) == found


def test_where_nothing_drifts_there_is_none() -> None:
    assert next_drift(every_row(table(API, State.IN_SYNC)), 0, 0, 1) is None


@given(st.lists(some.states, min_size=1), st.integers(0), st.integers(0, 1), st.sampled_from([1, -1]))
def test_it_is_the_cell_that_a_walk_over_all_cells_comes_to_first(
    states: list[State], row: int, column: int, step: int
) -> None:
    rows = every_row(table(API, *states))
    row %= len(states)
    count = len(states) * 2
    walk = (divmod((row * 2 + column + step * distance) % count, 2) for distance in range(1, count + 1))
    expected = next((place for place in walk if rows[place[0]].states[place[1]].is_drift), None)
    assert next_drift(rows, row, column, step) == expected
