"""Points in time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.timestamps import age, format_timestamp, parse_timestamp

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_time_survives_the_way_through_text(moment: datetime) -> None:
    whole = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert parse_timestamp(format_timestamp(whole)) == whole


@pytest.mark.parametrize("text", ["", "yesterday", "0001-01-01T00:00:00+23:59"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert parse_timestamp(text) is None


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-5, "0 s"), (12, "12 s"), (300, "5 m"), (7200, "2 h"), (86_400 * 3, "3 d"), (86_400 * 800, "2 y")],
)
def test_ages_are_short(seconds: int, expected: str) -> None:
    assert age(NOW - timedelta(seconds=seconds), NOW) == expected
