"""The deck: what a screen stands on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from textual.app import App
from textual.message import Message

from tui.ports.journal import Clock
from tui.ui.glyphs import Glyphs
from tui.ui.insight_runner import InsightRunner
from tui.ui.locksmith import Locksmith
from tui.ui.promotion_runner import PromotionRunner
from tui.ui.sign_in import SignIn
from tui.ui.survey_runner import SurveyRunner
from tui.usecases.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Deck:
    """The application with what belongs to it rather than to a screen. `keymap` gives keys by binding id."""

    app: App[Any]
    workbench: Workbench
    surveys: SurveyRunner
    insights: InsightRunner
    promotions: PromotionRunner
    locks: Locksmith
    sign_in: SignIn
    clock: Clock
    glyphs: Glyphs
    keymap: Mapping[str, str]

    @property
    def is_busy(self) -> bool:
        """True while anything is being written, or waits to be."""
        return self.promotions.is_busy or self.locks.is_busy

    async def stop(self) -> None:
        """Stops what is being written, and returns when the end of each is in the journal."""
        await self.promotions.stop()
        await self.locks.stop()


def make_deck(app: App[Any], workbench: Workbench, clock: Clock, glyphs: Glyphs, keymap: Mapping[str, str]) -> Deck:
    """A deck whose workers tell the screen at the bottom of the stack what happens."""

    def tell(message: Message) -> None:
        app.screen_stack[0].post_message(message)

    surveys = SurveyRunner(app, workbench, clock, tell)
    insights = InsightRunner(app, workbench, surveys, tell)
    promotions = PromotionRunner(app, workbench, clock, tell)
    locks = Locksmith(app, workbench, tell)
    sign_in = SignIn(app, workbench, clock, tell)
    return Deck(app, workbench, surveys, insights, promotions, locks, sign_in, clock, glyphs, keymap)
