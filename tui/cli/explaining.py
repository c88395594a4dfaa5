"""`--explain`: after a survey, why the cells among some rows differ, and which tags stand for one image."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from tui.cli.output import Console
from tui.cli.reading import Findings
from tui.domain.aliases import AliasFinder
from tui.domain.board import Board, Row
from tui.domain.drift import State
from tui.domain.explanation import CellKey, Explained, Explanation
from tui.domain.questions import questions_on
from tui.domain.reference import Tag
from tui.usecases.workbench import Workbench

Aliases = Callable[[Row], Sequence[Tag]]
"""The other tags of a row's image."""


async def explain(bench: Workbench, findings: Findings, rows: Sequence[Row], console: Console) -> Findings:
    """The findings with an explanation of every cell among `rows` that differs; shows how far it is."""
    questions = tuple(questions_on(findings.board, rows, AliasFinder()))
    if not questions:
        return findings
    advance = _Advance(console, len(questions))
    advance.show()
    explainer = await bench.explainer(advance.take)
    found = await explainer.explain_all(questions)
    insight = findings.board.insight.with_explanations(found)
    return replace(findings, board=replace(findings.board, insight=insight))


def no_aliases(row: Row) -> Sequence[Tag]:
    """Where nobody asked."""
    del row
    return ()


def aliases_on(board: Board) -> Aliases:
    """What finds the other tags of a row's image: in the base, or else in the first environment that has the tag."""
    finder = AliasFinder()

    def aliases(row: Row) -> Sequence[Tag]:
        column = next((at for at, entry in enumerate(row.entries) if entry and entry.digest), None)
        return () if column is None else finder.aliases(board.sections[row.repository], row, column)

    return aliases


def reasons_line(board: Board, rows: Sequence[Row]) -> str:
    """`why cells differ: 3 behind, 2 moved, 1 undecided`; empty where none does."""
    cells = (board.cell(row, column) for row in rows for column in range(len(row.states)))
    told = Counter(_word(cell.explanation) for cell in cells if cell.state is State.DIFFERS)
    return f"why cells differ: {', '.join(f'{n} {word}' for word, n in told.most_common())}" if told else ""


def _word(explanation: Explanation | None) -> str:
    return explanation.reason.value if isinstance(explanation, Explained) else "undecided"


@dataclass(slots=True)
class _Advance:
    """How many cells are explained, drawn where that can be."""

    console: Console
    total: int
    done: int = 0

    def take(self, found: Mapping[CellKey, Explanation]) -> None:
        self.done += len(found)
        self.show()

    def show(self) -> None:
        if self.console.shows_progress:
            self.console.progress(f"explained {self.done} of {self.total} cells that differ")
