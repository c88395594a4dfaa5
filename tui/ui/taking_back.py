"""Taking a promotion back: the plan that puts back what its tag held, or the question whether the tag goes."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from tui.domain.plan import Request
from tui.domain.verdict import Verdict
from tui.ports.errors import WindlassError
from tui.ui.clerk import Change
from tui.ui.deck import Deck
from tui.ui.planning import ask_for_plans
from tui.ui.running_set import UNDONE
from tui.ui.screens.confirm import ConfirmScreen
from tui.usecases.undoing import Untagging

GROUP: Final = "undoing"

Say = Callable[[str], object]
"""Shows a sentence where the operator looks."""


class TakingBack:
    """Looks for what undoes a promotion, and asks. It only ever reads; what is agreed to is carried out elsewhere."""

    def __init__(self, deck: Deck) -> None:
        self._deck = deck

    def begin(self, say: Say, promotion: str = "", found: Callable[[], object] = lambda: None) -> None:
        """Undoes `promotion`, or the last one that wrote a tag; where it cannot be, `say` is told why.

        `found` is called when it can be, before anything is asked.
        """
        work = self._look(say, promotion, found)
        self._deck.app.run_worker(work, group=GROUP, exclusive=True, exit_on_error=False)

    async def _look(self, say: Say, promotion: str, found: Callable[[], object]) -> None:
        try:
            undoing = await self._deck.workbench.undoing(promotion)
        except WindlassError as error:
            say(f"cannot undo: {error}")
        except Exception as error:  # noqa: BLE001 - a worker's edge: it becomes a sentence
            say(f"cannot undo: {type(error).__name__}: {error}")
        else:
            found()
            if isinstance(undoing, Request):
                ask_for_plans(self._deck, (undoing,), remark=await self._remark(undoing))
            else:
                self._ask(undoing, say)

    async def _remark(self, request: Request) -> str:
        """That one promotion is undone, and which; of one that the journal cannot tell of, without its time."""
        promotion = request.occasion.partition(" ")[2]
        try:
            records = await self._deck.workbench.promotion(promotion)
        except WindlassError:
            records = ()
        began = records[0].at if records else None
        return f"undoes {which(promotion, began, self._deck.clock())}, and no other"

    def _ask(self, untagging: Untagging, say: Say) -> None:
        if untagging.refusals:
            say(f"cannot take {untagging.reference} away: {_refused(untagging.refusals[0])}")
            return
        environment = untagging.environment

        def answered(is_confirmed: bool | None) -> None:  # noqa: FBT001 - a screen's result
            if is_confirmed:
                self._deck.clerk.start(_change(self._deck, untagging))

        name = environment.name if environment.protected else ""
        asked = question(untagging, self._deck.clock())
        dialog = ConfirmScreen(asked, yes="take the tag away", no="leave it", name=name)
        self._deck.app.push_screen(dialog, answered)


def which(promotion: str, began: datetime | None, now: datetime) -> str:
    """`the promotion of 14:02 (3fa2c9d1e0b4)`, with the date where that is not today's."""
    if began is None:
        return f"the promotion {promotion}"
    here = began.astimezone()
    day = "" if here.date() == now.astimezone().date() else f"{here:%Y-%m-%d} "
    return f"the promotion of {day}{here:%H:%M} ({promotion})"


def question(untagging: Untagging, now: datetime) -> str:
    """What it means, line by line, with what the gates say."""
    past = untagging.past
    verdicts = (f"{'? asks' if item.asks else '✓ passes'} {item.gate}: {item.reason}" for item in untagging.verdicts)
    lines = (
        f"undoes {which(past.promotion, past.began, now)}, and no other: it created this tag, which is taken away",
        f"tag     {untagging.reference}",
        f"holds   {untagging.digest}",
        "The image itself stays, under its digest. What runs by this tag will no longer find it.",
    )
    return "\n".join((*lines, *verdicts))


def _refused(verdict: Verdict) -> str:
    remedy = f"; remedy: {verdict.remedy}" if verdict.remedy else ""
    return f"gate {verdict.gate} refuses: {verdict.reason}{remedy}"


def _change(deck: Deck, untagging: Untagging) -> Change:
    doing = f"taking {untagging.repository}:{untagging.tag} away from {untagging.environment.name}"
    command = f"windlass undo {untagging.past.promotion}"
    return Change(
        doing, command, untagging.repository, lambda: deck.workbench.untag(untagging, untagging.consent), UNDONE
    )
