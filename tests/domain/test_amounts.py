"""Amounts, names and pieces of text as people read them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.plans import API, BASE, DEV, NEW, PATH, PROD, TAG, TEST
from tui.domain import amounts
from tui.ui.naming import cut_middle, name


@pytest.mark.parametrize(
    ("amount", "said"), [(0, "0 B"), (512, "512 B"), (1400, "1.4 kB"), (298_000_000, "298 MB"), (2_000_000_000, "2 GB")]
)
def test_sizes(amount, said):
    assert amounts.size(amount) == said


def test_a_pair_of_sizes_shares_its_unit():
    assert amounts.size_pair(212_400_000, 298_000_000) == "212/298 MB"
    assert amounts.size_pair(400_000, 5_500_000) == "0.4/5.5 MB"


@pytest.mark.parametrize(
    ("amount", "said"), [(3.2, "3.2 s"), (9, "9 s"), (59.9, "59 s"), (245, "4 m 05 s"), (7800, "2 h 10 m")]
)
def test_seconds(amount, said):
    assert amounts.seconds(amount) == said


@pytest.mark.parametrize(
    ("amount", "least", "most"),
    [
        (0.4, "0 s", "1 s"),
        (12, "12 s", "12 s"),
        (81, "1 min", "2 min"),
        (1800, "30 min", "30 min"),
        (7199.5, "119 min", "2 h"),
        (2_591_919, "29 days", "30 days"),
    ],
)
def test_spans_of_time_are_told_in_one_unit(amount, least, most):
    assert (amounts.span(amount), amounts.span_at_most(amount)) == (least, most)


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(1, 40))
def test_only_the_whole_is_a_full_bar_and_100_percent(part, rest, width):
    total = part + rest
    bar = amounts.bar(part, total, width)
    assert len(bar) == width
    assert (amounts.percent(part, total) == "100 %") == (total > 0 and rest == 0)
    assert (bar == "█" * width) == (total > 0 and rest == 0)


def test_nouns():
    assert [amounts.count(number, "layer") for number in (0, 1, 2)] == ["0 layers", "1 layer", "2 layers"]


@pytest.mark.parametrize("environment", [BASE, DEV, TEST, PROD])
def test_an_image_is_called_by_its_environment(environment):
    assert name(environment.reference(API, TAG), PATH) == f"{environment.title}/shop/api:1.14.2"


def test_without_an_environment_it_keeps_its_registry():
    assert name(DEV.reference(API, TAG)) == "apps.example/dev/shop/api:1.14.2"
    assert name(BASE.reference(API, digest=NEW), PATH) == f"base/shop/api@{NEW}"


@given(st.text("abc", max_size=60), st.integers(0, 40))
def test_a_name_is_cut_in_the_middle(text, width):
    short = cut_middle(text, width)
    assert len(short) <= width or short == text
    if len(text) > width > 2:
        assert short[0] == text[0]
        assert short[-1] == text[-1]
        assert "…" in short
