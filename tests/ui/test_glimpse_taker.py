"""Taking a glimpse: the rows stand where the board will have them, whatever the operator looks at just now."""

import re

import pytest

from tests.ui.world import app_of, board, make_world, matrix, screen_text, settled, until
from tui.ui.glimpse import Glimpse
from tui.ui.glimpse_taker import take

SIZES = [(80, 24), (60, 20), (120, 40), (160, 50)]
SEQUENCE = re.compile(r"\x1b\[[0-9;]*m")


def glimpse_of(pilot: object) -> Glimpse:
    """A glimpse of the board as it is."""
    app = app_of(pilot)  # pyright: ignore[reportArgumentType] - any pilot
    assert app.deck is not None
    assert app.deck.surveys.read_at is not None
    return take(board(pilot), app.deck, app.deck.surveys.read_at)  # pyright: ignore[reportArgumentType]


def plain(glimpse: Glimpse) -> list[str]:
    """The rows without their colours."""
    return [SEQUENCE.sub("", row) for row in glimpse.rows]


@pytest.mark.parametrize("size", SIZES)
async def test_rows_stand_where_the_board_has_them(size: tuple[int, int]) -> None:
    async with make_world().app().run_test(size=size) as pilot:
        await settled(pilot)
        told, screen = plain(glimpse_of(pilot)), screen_text(pilot).splitlines()
    assert len(told) == size[1]
    assert {len(row) for row in told} == {size[0]}
    for name in ("shop/api:1.14.2", "shop/web:2.0.0"):
        at = next(at for at, row in enumerate(screen) if name in row)
        assert name in told[at]
        assert told[at].index(name) == screen[at].index(name)
    assert told[-1].split() == screen[-1].split()
    assert told[0].rstrip() == " shop  base → dev → test → prod▲"


async def test_cursor_filter_and_marks_are_not_remembered() -> None:
    async with make_world().app().run_test(size=(100, 30)) as pilot:
        await settled(pilot)
        await until(pilot, lambda: "≠ foreig" in "".join(plain(glimpse_of(pilot))))
        before = plain(glimpse_of(pilot))
        await pilot.press("j", "space", "/", *"hotfix", "enter")
        await pilot.pause()
        assert len(matrix(pilot).rows) == 1
        assert [row for row in plain(glimpse_of(pilot)) if "shop/" in row] == [row for row in before if "shop/" in row]


async def test_what_is_grey_has_one_colour() -> None:
    async with make_world().app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        rows = glimpse_of(pilot).rows
    fronts = {told for row in rows for told in re.findall(r"38;2;\d+;\d+;\d+", row)}
    assert len(fronts) <= 1
