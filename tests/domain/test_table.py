"""A table is what was read, whatever was known before."""

from hypothesis import given

from tests import strategies as some
from tui.domain.reference import Repository
from tui.domain.snapshot import Reading
from tui.domain.table import make_table

NAME = Repository("shop/api")


@given(some.sections, some.sections)
def test_what_was_known_before_changes_nothing(older: tuple[Reading, ...], newer: tuple[Reading, ...]) -> None:
    made, anew = make_table(NAME, newer, make_table(NAME, older, None)), make_table(NAME, newer, None)
    assert made.tags == anew.tags
    assert made.states == anew.states
    for one, other in zip(made.columns, anew.columns, strict=True):
        assert [one.entry(*place) for place in enumerate(made.tags)] == [
            other.entry(*place) for place in enumerate(anew.tags)
        ]


@given(some.sections)
def test_tags_that_are_the_same_are_taken_over(readings: tuple[Reading, ...]) -> None:
    before = make_table(NAME, readings, None)
    assert make_table(NAME, readings, before).tags is before.tags
