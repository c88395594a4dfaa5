"""The board, on a workbench, until the operator quits."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tui.usecases.workbench import Workbench
from tui.wiring.demo import open_demo
from tui.wiring.workbench import open_workbench

if TYPE_CHECKING:
    from tui.settings.model import Settings


async def run_board(
    settings: "Settings", *, read_only: bool, ascii_only: bool, journal_file: Path | None = None
) -> int:
    """The board on `settings`. The exit code."""
    async with open_workbench(settings, read_only=read_only, journal_file=journal_file) as workbench:
        return await _show(workbench, ascii_only, settings.keys)


async def run_demo(seed: int, *, read_only: bool, ascii_only: bool) -> int:
    """The board on the sample world. The exit code."""
    async with open_demo(seed, read_only=read_only) as workbench:
        return await _show(workbench, ascii_only, {})


async def _show(workbench: Workbench, ascii_only: bool, keys: Mapping[str, str]) -> int:  # noqa: FBT001
    from tui.ui.app import WindlassApp

    app = WindlassApp(workbench, ascii_only=ascii_only, keymap=keys)
    await app.run_async()
    return app.return_code or 0
