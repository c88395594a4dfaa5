"""The last known board as text: what is kept of it, and what of that ever reaches a terminal."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.ui.glimpse import Glimpse, drawing, fits, from_text, to_text

KEY = "0.1 /home/operator/windlass.toml 1234 unicode"
GREY = "\x1b[38;2;1;2;3m"
SEQUENCE = re.compile(r"\x1b\[[0-9;]*m|\x1b\[[0-9]+;[0-9]+H")
HOUR = 3600


def glimpse(*rows: str, columns: int = 40, taken_at: int = 0) -> Glimpse:
    """A glimpse with `rows` at its top."""
    return Glimpse(columns, taken_at, rows + ("",) * (10 - len(rows)))


def test_what_was_kept_is_had_again() -> None:
    kept = glimpse(f"{GREY}shop/api:1.2.3 │= 9f8e7d6c\x1b[0m")
    assert from_text(to_text(kept, KEY), KEY) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "something else entirely",
        f"windlass glimpse 0\n{KEY}\n40 0\nrow",
        "windlass glimpse 1\nanother board's key\n40 0\nrow",
        f"windlass glimpse 1\n{KEY}\nforty 0\nrow",
        f"windlass glimpse 1\n{KEY}\n40 -1\nrow",
        f"windlass glimpse 1\n{KEY}\n40 {'9' * 5000}\nrow",
        f"windlass glimpse 1\n{KEY}\n40",
    ],
)
def test_a_file_of_another_form_or_another_board_is_none(text: str) -> None:
    assert from_text(text, KEY) is None


@pytest.mark.parametrize(
    "hostile",
    [
        "\x1b]52;c;aGk=\x07",
        "\x1b[2J\x1b[1;1H",
        "\x1bc",
        "\x9b5n",
        "\x1b[?1049l",
        "\x1bP+q544e\x1b\\",
        "\x1b[31",
        "a\rb\x08c\x00",
        "\u202egnp.exe",
    ],
)
def test_of_hostile_rows_only_colours_and_plain_text_are_drawn(hostile: str) -> None:
    read = from_text(to_text(glimpse(f"{GREY}{hostile}\x1b[0mtag"), KEY), KEY)
    assert read is not None
    drawn = SEQUENCE.sub("", drawing(read, 40, 10, HOUR))
    assert drawn.isprintable()
    assert "tag" in drawn


@given(st.text())
def test_whatever_the_file_holds_nothing_but_colours_and_places_controls_the_terminal(row: str) -> None:
    read = from_text(f"windlass glimpse 1\n{KEY}\n40 0\n{row}", KEY)
    assert read is not None
    drawn = SEQUENCE.sub("", drawing(read, 40, 10, HOUR))
    assert not any(ord(sign) < 0x20 or 0x7F <= ord(sign) < 0xA0 for sign in drawn)


def test_its_age_stands_at_the_right_of_the_first_row() -> None:
    drawn = drawing(glimpse(" windlass  base → prod"), 40, 10, 3 * HOUR)
    assert drawn.endswith("\x1b[1;20H\x1b[0;1;7m last known, 3 h ago \x1b[0m")


def test_a_smaller_terminal_shows_its_upper_left_part() -> None:
    drawn = drawing(Glimpse(60, 0, ("",) * 4 + (f"{GREY}{'x' * 60}\x1b[0m", "below")), 45, 5, HOUR)
    assert drawn.count("x") == 45
    assert "below" not in drawn


@pytest.mark.parametrize(
    ("columns", "lines", "now", "is_fit"),
    [(40, 10, HOUR, True), (39, 9, HOUR, True), (41, 10, HOUR, False), (40, 11, HOUR, False), (40, 10, -1, False)],
)
def test_one_that_would_leave_room_or_is_of_the_future_does_not_fit(
    columns: int, lines: int, now: float, is_fit: bool
) -> None:
    assert fits(glimpse(), columns, lines, now) is is_fit
