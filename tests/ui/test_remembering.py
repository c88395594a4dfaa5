"""When a glimpse is kept: once everything was read, when the board has become another, and when it ends."""

from tests.ui.world import app_of, make_world, settled, surveys_of, until
from tui.ui.glimpse import Glimpse
from tui.ui.remembering import Remembering
from tui.ui.screens.board import BoardScreen


async def test_one_is_kept_for_each_board() -> None:
    kept: list[Glimpse] = []
    async with make_world().app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        deck, screen = app_of(pilot).deck, pilot.app.screen_stack[0]
        assert deck is not None
        assert isinstance(screen, BoardScreen)
        remembering = Remembering(deck, screen, kept.append)
        await pilot.pause(0.3)
        remembering.look()
        before = len(kept)
        remembering.look()
        assert (before, len(kept)) == (1, 1)
        surveys = surveys_of(pilot)
        surveys.refresh_all()
        await until(pilot, lambda: surveys.is_reading)
        remembering.look()
        assert len(kept) == 1
        await until(pilot, lambda: not surveys.is_reading)
        remembering.look()
        assert len(kept) == 2
