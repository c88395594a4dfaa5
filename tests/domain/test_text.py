"""Text of others is made harmless where it enters."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tui.domain.text import clean

HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}
UNFIT = st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"])


@given(st.text() | st.text(UNFIT))
def test_nothing_that_a_terminal_obeys_or_that_hides_is_left(text: str) -> None:
    assert not [char for char in clean(text) if unicodedata.category(char) in HARMFUL]


@given(st.text(max_size=200))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text(), st.integers(1, 50))
def test_the_limit_holds(text: str, limit: int) -> None:
    assert len(clean(text, limit)) <= limit


def test_ordinary_text_is_left_alone() -> None:
    assert clean("Grüße, 世界 🚢 [/b] [@click=x]") == "Grüße, 世界 🚢 [/b] [@click=x]"


def test_escapes_and_overrides_become_visible() -> None:
    assert clean("a\x1b[31mb\u202ec\x9dd") == "a\ufffd[31mb\ufffdc\ufffdd"


def test_a_cut_is_seen() -> None:
    assert clean("abcdef", 4) == "abc…"
