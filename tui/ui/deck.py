"""The deck: what a screen stands on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from textual.app import App

from tui.ports.journal import Clock
from tui.ui.glyphs import Glyphs
from tui.ui.promotion_runner import PromotionRunner
from tui.ui.survey_runner import SurveyRunner
from tui.usecases.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Deck:
    """The application with what belongs to it rather than to a screen. `keymap` gives keys by binding id."""

    app: App[Any]
    workbench: Workbench
    surveys: SurveyRunner
    promotions: PromotionRunner
    clock: Clock
    glyphs: Glyphs
    title: str
    keymap: Mapping[str, str]
