"""The deck: what a screen stands on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from textual.app import App
from textual.message import Message

from tui.ports.journal import Clock
from tui.ui.clerk import Clerk
from tui.ui.follower import Follower
from tui.ui.glyphs import Glyphs
from tui.ui.insight_runner import InsightRunner
from tui.ui.leftovers import Leftovers
from tui.ui.locksmith import Locksmith
from tui.ui.mailbox import Mailbox
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
    clerk: Clerk
    follower: Follower
    leftovers: Leftovers
    sign_in: SignIn
    clock: Clock
    glyphs: Glyphs
    keymap: Mapping[str, str]

    @property
    def is_busy(self) -> bool:
        """True while anything is being written, waits to be, or would be as soon as it appears."""
        return self.is_changing or self.follower.is_busy

    @property
    def is_changing(self) -> bool:
        """True while anything is being written that somebody asked for, or waits to be."""
        return self.promotions.is_busy or self.locks.is_busy or self.clerk.is_busy

    async def stop(self) -> None:
        """Stops what is being written, and returns when the end of each is in the journal."""
        await self.follower.stop()
        await self.promotions.stop()
        await self.locks.stop()
        await self.clerk.stop()


def make_deck(app: App[Any], workbench: Workbench, clock: Clock, glyphs: Glyphs, keymap: Mapping[str, str]) -> Deck:
    """A deck whose workers tell the screen at the bottom of the stack what happens."""

    def deliver(message: Message) -> None:
        app.screen_stack[0].post_message(message)

    tell = Mailbox(deliver).put
    surveys = SurveyRunner(app, workbench, clock, tell)
    return Deck(
        app,
        workbench,
        surveys,
        InsightRunner(app, workbench, surveys, tell),
        PromotionRunner(app, workbench, clock, tell),
        Locksmith(app, workbench, tell),
        Clerk(app, tell),
        Follower(app, workbench, clock, tell),
        Leftovers(app, workbench, clock, tell),
        SignIn(app, workbench, clock, tell),
        clock,
        glyphs,
        keymap,
    )
