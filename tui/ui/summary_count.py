"""What a summary is counted from: the board, and what a report reads beyond it, so that both give the same numbers."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace

from tui.domain import amounts
from tui.domain.aliases import AliasFinder
from tui.domain.board import Board
from tui.domain.explanation import Explained
from tui.domain.insight import Insight
from tui.domain.questions import questions_on
from tui.domain.report import Report, Request, gaps_on, make_report
from tui.domain.snapshot import FailureKind
from tui.domain.text import clean
from tui.ui.deck import Deck
from tui.usecases.workbench import Workbench

Say = Callable[[str], None]
"""Hears what is being done, in a few words."""


async def counted(deck: Deck, board: Board, say: Say) -> Report:
    """The report on the whole of `board`. A hundred thousand rows take a while: they are counted in a thread."""
    changes = await deck.workbench.last_changes()
    gaps, now = (*_catalogs(deck), *gaps_on(board, board.rows)), deck.clock()
    request = Request(board, board.rows, changes, gaps)
    say("counting…")
    return await asyncio.to_thread(make_report, request, now)


async def looked_into(workbench: Workbench, board: Board, say: Say) -> Board:
    """The board with why its cells differ and when the images that drift were made, as far as that can be read."""
    from tui.usecases.origins import with_origins

    def tell(done: int, total: int) -> None:
        say(f"reading {done} of {amounts.count(total, 'image')}…")

    say("looking into what drifts…")
    board = await _explained(workbench, board)
    return await with_origins(await workbench.library(), board, board.rows, tell)


async def _explained(workbench: Workbench, board: Board) -> Board:
    """The board with a reason for every cell that has none yet."""
    known = board.insight.explanations
    every = questions_on(board, board.rows, AliasFinder())
    questions = [each for each in every if not isinstance(known.get(each.key), Explained)]
    if not questions:
        return board
    explainer = await workbench.explainer(lambda _: None)
    found = await explainer.explain_all(questions)
    return replace(board, insight=Insight({**known, **found}, board.insight.identities))


def _catalogs(deck: Deck) -> Iterator[str]:
    """What could not be listed. A catalog that may not be read is no loss where the base's is known."""
    base = deck.workbench.path.base.name
    for name, health in deck.surveys.health.items():
        failure = health.failure
        if failure and (name == base or failure.kind is not FailureKind.UNLISTED):
            yield clean(f"{name}: cannot {failure.operation}: {failure.detail}")
