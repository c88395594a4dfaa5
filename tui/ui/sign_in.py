"""The sign-in that somebody is asked for: on every screen until it ended, and in nobody's way."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from textual.app import App
from textual.screen import Screen

from tui.domain.notices import (
    Notice,
    RequestAnswered,
    RetryScheduled,
    SignInEnded,
    SignInRequested,
    WarningReceived,
)
from tui.ports.journal import Clock
from tui.ui.clipboard import copy
from tui.ui.messages import Said
from tui.ui.widgets.sign_in_banner import Asked, SignInBanner
from tui.usecases.workbench import Workbench


class SignIn:
    """Hears what logins ask for, and puts the banner on each screen that is shown meanwhile."""

    def __init__(self, app: App[Any], workbench: Workbench, clock: Clock, tell: Callable[[Said], object]) -> None:
        self._app = app
        self._clock = clock
        self._tell = tell
        self._asked: Asked | None = None
        workbench.notices.subscribe(self._hear)
        app.screen_change_signal.subscribe(app, self._show_on)  # pyright: ignore[reportUnknownMemberType] - of any screen

    @property
    def is_asked(self) -> bool:
        """True while somebody has to sign in."""
        return self._asked is not None

    def copy_code(self) -> None:
        """Copies the code, and says which way."""
        if self._asked is not None:
            self._tell(Said(f"copied the code {copy(self._app, self._asked.code)}: {self._asked.code}"))

    def _hear(self, notice: Notice) -> None:
        match notice:
            case SignInRequested(address, code, seconds):
                self._begin(Asked(address, code, self._until(seconds)))
            case SignInEnded(failure):
                self._end(failure)
            case RetryScheduled() | RequestAnswered() | WarningReceived():
                pass

    def _until(self, seconds: float) -> datetime:
        return self._clock() + timedelta(seconds=seconds)

    def _begin(self, asked: Asked) -> None:
        """A new code takes the place of an old one."""
        self._asked = asked
        self._tell(Said(f"sign in: open {asked.address} and enter {asked.code}", "warning"))
        for screen in self._app.screen_stack:
            self._show_on(screen)

    def _end(self, failure: str) -> None:
        self._asked = None
        self._tell(Said(f"sign-in: {failure}", "error") if failure else Said("signed in"))
        for screen in self._app.screen_stack:
            screen.query(SignInBanner).remove()

    def _show_on(self, screen: Screen[Any]) -> None:
        if self._asked is None:
            screen.query(SignInBanner).remove()
            return
        banners = screen.query(SignInBanner)
        if banners:
            banners.first().show(self._asked)
        else:
            screen.mount(SignInBanner(self._asked, self._clock))
