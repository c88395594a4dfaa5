"""Rows are chosen a slice at a time, and what is asked for last counts."""

import asyncio

from textual.app import App

from tests.ui.test_row_choice import PATH, result
from tui.domain.board import Board
from tui.domain.query import parse_query
from tui.ui.board_fold import apply
from tui.ui.row_choice import Choice
from tui.ui.sifter import Sifted, Sifter
from tui.ui.widgets.repository_list import Entry

BOARD = apply(
    Board(PATH),
    [result(name, f"r{at}", **{f"t{tag}": "a" for tag in range(200)}) for at in range(100) for name in PATH.names],
)


async def test_what_is_asked_for_last_is_shown_in_the_end_whole() -> None:
    shown: list[Sifted] = []
    counted: list[tuple[Entry, ...]] = []
    last = Choice(parse_query("t7", PATH.names))
    async with App[None]().run_test() as pilot, asyncio.timeout(60):
        sifter = Sifter(pilot.app, shown.append, counted.append)
        sifter.sift(BOARD, Choice())
        sifter.sift(BOARD, last)
        while not counted:
            await pilot.pause(0.01)
    assert shown[-1].choice is last
    assert len(shown[-1].rows) == 100 * 11
    assert shown[-1].total == 20_000
    assert len(counted[-1]) == 101


async def test_what_is_under_way_can_be_finished_at_once() -> None:
    shown: list[Sifted] = []
    async with App[None]().run_test() as pilot:
        sifter = Sifter(pilot.app, shown.append, lambda _: None)
        sifter.sift(BOARD, Choice())
        sifter.finish()
        assert len(shown[-1].rows) == 20_000
