"""Approving from the board: which promotion is meant, and what becomes of the answer."""

import shlex
from dataclasses import dataclass

from tui.domain.board import Row
from tui.domain.environment import Environment, PromotionPath
from tui.domain.reference import Repository, Tag
from tui.ui.clerk import Change
from tui.ui.deck import Deck
from tui.usecases.approving import Approving


@dataclass(frozen=True, slots=True)
class Wish:
    """That promoting `tag` from `source` to `target` be approved of."""

    source: Environment
    target: Environment
    repository: Repository
    tag: Tag

    @property
    def name(self) -> str:
        """`shop/api:1.14.2`."""
        return f"{self.repository}:{self.tag}"


def wish_for(row: Row, path: PromotionPath, column: int) -> Wish | str:
    """The promotion from the environment at `column` to the next one; a sentence where there is nothing to approve."""
    source, name = path.environments[column], f"{row.repository}:{row.tag}"
    target = path.after(source.name)
    if target is None:
        return f"{source.title} is the last environment: there is none after it to approve {name} for"
    if row.entries[column] is None:
        return f"{source.title} is not known to have {name}: there is nothing to approve"
    return Wish(source, target, row.repository, row.tag)


def ask_for_approval(deck: Deck, wish: Wish) -> None:
    """Shows what would be approved, and pushes the approval where the answer is yes."""
    from tui.ui.screens.approve import ApproveScreen, Given

    def answered(given: Given | None) -> None:
        if given is not None:
            deck.clerk.start(_change(deck, given.approving, given.remark))

    deck.app.push_screen(ApproveScreen(deck, wish), answered)


def command_for(approving: Approving, remark: str) -> str:
    """The command line that does the same."""
    words = ["windlass", "approve", f"{approving.repository}:{approving.tag}", "--for", approving.target.name]
    return shlex.join([*words, "--from", approving.source.name, *(["--remark", remark] if remark else [])])


def _change(deck: Deck, approving: Approving, remark: str) -> Change:
    name = f"{approving.repository}:{approving.tag}"
    command = command_for(approving, remark)
    doing = f"approving of {name} for {approving.target.name}"
    return Change(doing, command, approving.repository, lambda: deck.workbench.approve(approving, remark))
