"""Asking for plans, from wherever it is: the plan dialog, and what becomes of its answer."""

from collections.abc import Callable, Sequence

from tui.domain.plan import Request
from tui.ui.deck import Deck
from tui.ui.plan_answer import Confirmed


def ask_for_plans(
    deck: Deck, requests: Sequence[Request], then: Callable[[], object] | None = None, *, remark: str = ""
) -> None:
    """Shows the plans for `requests`, and begins what is confirmed of them; `then` is called where anything is.

    `remark` says what it is about.
    """
    from tui.ui.screens.plan import PlanScreen

    def answered(confirmed: Confirmed | None) -> None:
        if confirmed is not None:
            deck.promotions.start(confirmed)
            if then is not None:
                then()

    dialog = PlanScreen(deck.workbench, tuple(requests), glyphs=deck.glyphs, locks=deck.locks, remark=remark)
    deck.app.push_screen(dialog, answered)
