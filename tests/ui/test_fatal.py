"""A fault that nobody caught ends the board with a traceback, which must not show what a login is."""

import io
from collections.abc import Callable

from rich.console import Console
from textual.app import App

from tests.ui.world import make_world, until

SECRET = "hunter2-hunter2"


async def told_by(app: App[int], is_ready: Callable[[], bool] = lambda: True) -> str:
    """What is printed after a fault in a function whose local variable is SECRET."""

    def fail() -> None:
        login = SECRET
        raise LookupError(f"no {len(login)}")

    async with app.run_test() as pilot:
        await until(pilot, is_ready)
        try:
            fail()
        except LookupError:
            app._fatal_error()
        printed = Console(file=io.StringIO(), width=200, record=True)
        printed.print(app._exit_renderables[0])
    return printed.export_text()


async def test_a_traceback_shows_no_local_variable() -> None:
    app = make_world().app()
    told = await told_by(app, lambda: app.deck is not None)
    assert "LookupError: no 15" in told
    assert SECRET not in told


async def test_textuals_own_would_show_it() -> None:
    assert SECRET in await told_by(App())
