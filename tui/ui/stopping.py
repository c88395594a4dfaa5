"""Stopping what is being written: asked about first, and over only when the end of each is in the journal."""

from collections.abc import Sequence
from typing import Final

from tui.domain.progress import Progress
from tui.ui.deck import Deck
from tui.ui.naming import enumerated, name
from tui.ui.screens.confirm import ConfirmScreen

_FOLLOWING: Final = "New tags are followed."


def ask_to_stop(deck: Deck, jobs: Sequence[Progress]) -> None:
    """Says what is under way, of which `jobs` are the promotions, and stops it if the answer is yes."""

    async def answered(is_confirmed: bool | None) -> None:  # noqa: FBT001 - a screen's result
        if is_confirmed:
            await deck.stop()

    question = f"{_under_way(deck, jobs)} Stop everything?"
    deck.app.push_screen(ConfirmScreen(question, yes="stop", no="let it go on"), answered)


def ask_to_quit(deck: Deck) -> None:
    """Asks whether what is under way is to be stopped; if so, the application ends once it has."""

    async def answered(is_confirmed: bool | None) -> None:  # noqa: FBT001 - a screen's result
        if is_confirmed:
            await deck.stop()
            deck.app.exit(0)

    deck.app.push_screen(ConfirmScreen(_before_quitting(deck), yes="stop and quit", no="stay"), answered)


def _before_quitting(deck: Deck) -> str:
    if deck.promotions.is_busy:
        return "Promotions are under way. Stop them and quit? A tag that was not written yet stays as it is."
    if deck.is_changing:
        return f"{_change(deck)} Stop that and quit? It may be changed all the same; read it again afterwards."
    return f"{_FOLLOWING} Stop that and quit? A tag that was not written yet stays as it is."


def _under_way(deck: Deck, jobs: Sequence[Progress]) -> str:
    following = f" {_FOLLOWING}" if deck.follower.is_busy else ""
    if deck.promotions.is_busy or jobs:
        names = enumerated([name(job.target, deck.workbench.path) for job in jobs]) or "nothing yet"
        return f"Being promoted: {names}; waiting: {deck.promotions.waiting}.{following}"
    return f"{_change(deck)}{following}" if deck.is_changing else following.strip()


def _change(deck: Deck) -> str:
    return "A lock is being changed." if deck.locks.is_busy else "An approval or a tag is being changed."
