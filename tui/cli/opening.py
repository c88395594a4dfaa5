"""From the common options to a workbench. The rooms below are imported only when they are used."""

import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

from tui.cli.commands import Common
from tui.settings.load import load_settings
from tui.settings.model import Settings
from tui.settings.place import find_settings
from tui.usecases.workbench import Workbench

Opener = Callable[[], AbstractAsyncContextManager[Workbench]]
"""Opens the workbench that a command works on."""


def settings_of(common: Common) -> Settings:
    """The settings that `common` asks for. Raises SettingsError."""
    return load_settings(find_settings(common.config, os.environ, Path.cwd()))


def opener_for(common: Common) -> Opener:
    """How to open the workbench that `common` asks for. Raises SettingsError."""
    settings = settings_of(common)

    def open_it() -> AbstractAsyncContextManager[Workbench]:
        from tui.wiring.workbench import open_workbench

        return open_workbench(settings, read_only=common.read_only)

    return open_it
