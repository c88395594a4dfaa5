"""The table of keys."""

from collections import Counter
from types import ModuleType

import pytest

from tui.ui import keys
from tui.ui.keymap import clashes, unknown_ids
from tui.ui.screens import compare, history, interrupted, promotion, summary


def test_every_id_is_given_once() -> None:
    counts = Counter(key.id for key in keys.ALL)
    assert [name for name, count in counts.items() if count > 1] == []


def test_as_delivered_no_key_means_two_things() -> None:
    assert clashes({}) == ()


def test_at_most_six_keys_stand_on_the_last_line() -> None:
    labelled = {key.id for key in keys.ALL if key.label}
    assert len(keys.FOOTER) <= 6
    assert set(keys.FOOTER) <= labelled


def test_no_key_needs_control_or_alt() -> None:
    assert [key.id for key in keys.ALL if "ctrl" in key.keys or "alt" in key.keys] == []


def test_every_key_says_what_it_does_and_where_it_belongs() -> None:
    assert all(key.text and key.group in keys.GROUPS for key in keys.ALL)


@pytest.mark.parametrize(
    ("keymap", "told"),
    [
        ({"cell.copy": "p"}, "'p' is both cell.promote and cell.copy"),
        ({"board.drift": "j"}, "'j' is both cursor.down and board.drift"),
        ({"cell.copy": "c, p"}, "'p' is both cell.promote and cell.copy"),
    ],
)
def test_a_clash_is_told(keymap: dict[str, str], told: str) -> None:
    assert told in clashes(keymap)


def test_swapping_two_keys_is_no_clash() -> None:
    assert clashes({"cell.copy": "p", "cell.promote": "y"}) == ()


def test_an_unknown_id_is_told() -> None:
    assert unknown_ids({"cell.copy": "c", "cell.copi": "c"}) == ("cell.copi",)


@pytest.mark.parametrize("screen", [compare, history, interrupted, promotion, summary])
def test_on_each_screen_that_is_read_at_most_six_keys_stand_on_the_last_line(screen: ModuleType) -> None:
    labelled = {key.id for key in keys.ALL if key.label}
    assert len(screen._SHOWN) <= 6
    assert set(screen._SHOWN) <= labelled
