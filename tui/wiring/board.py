"""The board, on a workbench, until the operator quits."""

import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tui.ui.curtain import curtain
from tui.ui.entrance import Entrance

if TYPE_CHECKING:
    from tui.settings.model import Settings
    from tui.usecases.workbench import Workbench


@contextmanager
def entering_last_known(
    settings_file: Path, env: Mapping[str, str], *, ascii_only: bool
) -> Generator[Entrance, None, None]:
    """The last known board on `settings_file` stands on the terminal; in the end this is as it was before."""
    from tui.wiring.last_known import last_known
    from tui.wiring.places import default_journal

    with curtain() as own:
        known = last_known(settings_file, default_journal(), env, ascii_only=ascii_only)
        own.draw(known.read(), time.time(), ascii_only=ascii_only)
        yield Entrance(own, known.write)


@contextmanager
def entering_anew(*, ascii_only: bool) -> Generator[Entrance, None, None]:
    """A board that nobody remembers: its world is another each time."""
    with curtain() as own:
        own.draw(None, time.time(), ascii_only=ascii_only)
        yield Entrance(own)


async def run_board(
    settings: "Settings", entrance: Entrance, *, read_only: bool, ascii_only: bool, journal_file: Path | None = None
) -> int:
    """The board on `settings`. The exit code."""
    from tui.wiring.workbench import open_workbench

    async with open_workbench(settings, read_only=read_only, journal_file=journal_file) as workbench:
        return await _show(workbench, entrance, ascii_only, settings.keys)


async def run_demo(seed: int, entrance: Entrance, *, read_only: bool, ascii_only: bool) -> int:
    """The board on the sample world. The exit code."""
    from tui.wiring.demo import open_demo

    async with open_demo(seed, read_only=read_only) as workbench:
        return await _show(workbench, entrance, ascii_only, {})


async def _show(workbench: "Workbench", entrance: Entrance, ascii_only: bool, keys: Mapping[str, str]) -> int:  # noqa: FBT001
    from tui.ui.app import WindlassApp
    from tui.ui.collecting import collect_seldom

    collect_seldom()
    app = WindlassApp(workbench, ascii_only=ascii_only, keymap=keys, entrance=entrance)
    await app.run_async()
    return app.return_code or 0
