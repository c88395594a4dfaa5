"""A click on a key of the last line does what the key does."""

from tests.ui.world import labels, make_world, settled, until
from tui.ui.screens.copy import CopyScreen
from tui.ui.widgets.key_line import KeyLine


async def test_on_the_board_a_click_counts_as_the_key():
    app = make_world().app()
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        everything, shown = labels(pilot), app.screen.query_one(KeyLine).render().plain
        await pilot.click(KeyLine, offset=(shown.index("Drift"), 0))
        await until(pilot, lambda: labels(pilot) != everything)
        await pilot.click(KeyLine, offset=(shown.index("Copy"), 0))
        await until(pilot, lambda: isinstance(app.screen, CopyScreen))
