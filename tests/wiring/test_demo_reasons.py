"""What the program says of the sample world is what was planted there, and nothing stays unexplained."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing

import pytest

from tui.domain.aliases import AliasFinder
from tui.domain.board import Board
from tui.domain.explanation import Explained, Explanation, Question, Reason
from tui.sandbox.samples import sample_world
from tui.usecases.survey import SnapshotTaken
from tui.usecases.workbench import Workbench
from tui.wiring.demo import open_demo

SEEDS = (1, 5)
Cell = tuple[str, str, str]
"""Environment, repository, tag."""


@pytest.fixture(params=SEEDS)
def seed(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.fixture
async def said(seed: int) -> AsyncIterator[Mapping[Cell, Explanation]]:
    async with open_demo(seed) as bench:
        questions = list(differing(await surveyed(bench)))
        explainer = await bench.explainer(lambda _: None)
        found = await explainer.explain_all(questions)
        yield {(each.environment, each.repository, each.tag): explanation for each, explanation in found.items()}


async def surveyed(bench: Workbench) -> Board:
    """The board after one survey."""
    board = Board(bench.path)
    async with aclosing(bench.survey()) as events:
        async for event in events:
            if isinstance(event, SnapshotTaken):
                board = board.with_reading(event.snapshot.environment, event.snapshot.repository, event.snapshot)
    return board


def differing(board: Board) -> list[Question]:
    """A question for each cell that differs."""
    finder = AliasFinder()
    asked: list[Question | None] = []
    for row in board.rows:
        for column, entry in enumerate(row.entries):
            held = entry.digest if entry else None
            tags = finder.tags_of(board.sections[row.repository], 0, held) if held else ()
            asked.append(board.question(row, column, tags))
    return [each for each in asked if each]


async def test_each_planted_reason_is_said(seed: int, said: Mapping[Cell, Explanation]) -> None:
    planted = {(each.environment, each.repository, each.tag): each.reason for each in sample_world(seed).planted}
    reasons = {cell: reason for cell, reason in planted.items() if reason}
    assert {cell: reason_of(said[cell]) for cell in reasons} == reasons
    assert {reason_of(each) for each in said.values()} == {reason.value for reason in Reason}


def reason_of(explanation: Explanation) -> str | None:
    return explanation.reason.value if isinstance(explanation, Explained) else None
