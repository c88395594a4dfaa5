"""Following on the board: switched on after a question, switched off at once."""

from collections.abc import Callable, Sequence
from contextlib import aclosing
from typing import Any, Final, assert_never

from textual.app import App

from tui.domain.environment import Environment, PromotionPath
from tui.domain.events import Ending
from tui.domain.follow import Advanced, Began, FollowEvent, Looked, Unread, Waits
from tui.ports.errors import WindlassError
from tui.ports.journal import Clock
from tui.ui.crew import Crew
from tui.ui.messages import PromotionAdvanced, PromotionsEnded, Said
from tui.ui.naming import name
from tui.ui.screens.confirm import ConfirmScreen
from tui.ui.under_way import UnderWay
from tui.usecases.workbench import Workbench

Tell = Callable[[PromotionAdvanced | PromotionsEnded | Said], object]
GROUP: Final = "following"

HOW_TO_FOLLOW: Final = (
    "no environment follows: write follow = true below the [[environment]] that is to take new tags by itself"
)


class Follower:
    """Promotes new tags as they appear, while it is on, and tells everything that happens."""

    def __init__(self, app: App[Any], workbench: Workbench, clock: Clock, tell: Tell) -> None:
        self._app = app
        self._workbench = workbench
        self._tell = tell
        self._crew = Crew(app, GROUP)
        self._under_way = UnderWay(tell, clock)

    @property
    def is_busy(self) -> bool:
        """True while it follows."""
        return self._crew.is_busy

    @property
    def text(self) -> str:
        """What the status line says: `FOLLOWING`, or that nothing may be written just now; empty while it is off."""
        if not self.is_busy:
            return ""
        return "FOLLOWING, paused" if self._workbench.read_only else "FOLLOWING"

    async def stop(self) -> None:
        """Stops, and returns when what was under way is journalled as cancelled."""
        await self._crew.stop()

    async def toggle(self, say: Callable[[str], object]) -> None:
        """Stops at once, or asks and begins. Where nothing can be followed `say` is told how to."""
        if self.is_busy:
            await self.stop()
            self._tell(Said("following is off"))
            return
        from tui.usecases.following import followers

        environments = followers(self._workbench.path)
        if not environments:
            say(HOW_TO_FOLLOW)
            return

        def answered(is_confirmed: bool | None) -> None:  # noqa: FBT001 - a screen's result
            if is_confirmed and not self.is_busy:
                self._crew.start(self._follow())

        names = " ".join(item.name for item in environments if item.protected)
        asked = question(environments, self._workbench.path)
        self._app.push_screen(ConfirmScreen(asked, yes="follow", no="leave it off", name=names), answered)

    async def _follow(self) -> None:
        from tui.usecases.following import Follow

        self._tell(Said("windlass follow", "command"))
        try:
            async with aclosing(self._workbench.follow(Follow())) as events:
                async for event in events:
                    self._take_in(event)
        except WindlassError as error:
            self._tell(Said(f"{error}; following is off", "error"))
        except Exception as error:  # noqa: BLE001 - a worker's edge: it becomes a line in the log
            self._tell(Said(f"following broke off: {type(error).__name__}: {error}", "error"))
        finally:
            self._under_way.tell_cancelled()

    def _take_in(self, event: FollowEvent) -> None:
        match event:
            case Advanced(record, plan):
                self._under_way.take_in(record)
                if isinstance(record.event, Ending):
                    self._tell(PromotionsEnded((plan.request.repository,)))
            case Began(environment, known):
                self._tell(Said(f"{environment} follows from now on; {known} tags are not new, and stay"))
            case Looked(new):
                if new:
                    self._tell(Said(f"looked: {new} new"))
            case Waits(target, _, reason, is_final):
                fate = "is left to people" if is_final else "waits"
                self._tell(Said(f"{name(target, self._workbench.path)} {fate}: {reason}", "warning"))
            case Unread(environment, cause):
                self._tell(Said(f"{environment} could not be read, it is tried again: {cause}", "warning"))
            case _:
                assert_never(event)


def question(environments: Sequence[Environment], path: PromotionPath) -> str:
    """Which of `environments` takes what from whom, and what that means."""
    pairs = [(item, path.before(item.name) or path.base) for item in environments]
    lines = [f"{item.title} takes new tags from {source.title}" for item, source in pairs]
    meaning = (
        "They are promoted as they appear, through every gate, without another question, until F stops it. "
        "Tags that are there already stay where they are, and nothing is overwritten."
    )
    return "\n".join([*lines, meaning])
