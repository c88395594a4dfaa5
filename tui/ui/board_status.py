"""What the board's status line says."""

from datetime import datetime

from tui.ui.deck import Deck
from tui.ui.presentation import path_text, read_only_text
from tui.ui.survey_words import again_text, is_stale, reading_text
from tui.ui.widgets.status_line import Status


def status_of(deck: Deck, jobs: int, now: datetime) -> Status:
    """How the board stands; `jobs` are the promotions that run."""
    path = deck.workbench.path
    return Status(
        deck.app.title,
        path_text(path, deck.glyphs),
        read_only_text(path, session=deck.workbench.read_only),
        reading_text(deck.surveys, now),
        jobs + deck.promotions.waiting,
        deck.follower.text,
        again_text(deck.surveys),
        is_stale(deck.surveys, now),
    )
