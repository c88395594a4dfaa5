"""Asking why cells differ: what is in sight first, then what else the filter shows, then everything.

Whoever is asked works on what was asked last; so what matters least is asked first, and what is in sight with every
batch again. A section that did not change is not looked through again.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from tui.domain.aliases import AliasFinder
from tui.domain.board import Row, Section
from tui.domain.explanation import Explained, Explanation, Question, Reason
from tui.domain.insight import Insight
from tui.domain.questions import questions_on
from tui.domain.reference import Repository
from tui.domain.rows import Rows, rows_of
from tui.domain.table import DIFFERING
from tui.ui.row_choice import Chosen
from tui.ui.view import View

_BATCH: Final = 200
"""Rows with something to ask between two looks at the keyboard: what they take is not felt."""

Ask = Callable[[Sequence[Question]], None]


class Questioner:
    """Puts the questions of a view. `insight` tells what was answered already; `finder` the base's other tags."""

    def __init__(self, insight: Callable[[], Insight], finder: AliasFinder) -> None:
        self._insight = insight
        self._finder = finder
        self._asked: dict[Repository, Section] = {}
        self._preferred: dict[Repository, Chosen] = {}

    async def put(self, view: View, ask: Ask, is_outdated: Callable[[], bool]) -> None:
        """Asks about `view` until it `is_outdated`; what was not asked by then is asked with the next."""
        urgent = self._open(questions_on(view.board, view.visible, self._finder))
        if urgent:
            ask(urgent)
        for batch in self._batches(view):
            if batch:
                ask([*urgent, *batch])
            await asyncio.sleep(0)
            if is_outdated():
                return

    def _batches(self, view: View) -> Iterator[list[Question]]:
        """What is not asked yet: all that is new to the board, then what the filter shows."""
        for section in view.board.sections.values():
            if self._asked.get(section.repository) is not section:
                for rows in _slices(_differing(section.rows)):
                    yield self._unexplained(questions_on(view.board, rows, self._finder))
                self._asked[section.repository] = section
        for chosen in view.chosen:
            name = chosen.section.repository
            if self._preferred.get(name) is not chosen:
                for rows in _slices(_differing(chosen.rows)):
                    yield self._open(questions_on(view.board, rows, self._finder))
                self._preferred[name] = chosen

    def _open(self, questions: Iterable[Question]) -> list[Question]:
        """Those that nobody answered."""
        answered = self._insight().explanations
        return [item for item in questions if item.key not in answered]

    def _unexplained(self, questions: Iterable[Question]) -> list[Question]:
        """Those that nobody answered, or only with what was missing: the board was read again, perhaps it is there.

        What was foreign is asked about again once the base has a tag for it.
        """
        answered = self._insight().explanations
        return [item for item in questions if _is_open(item, answered.get(item.key))]


def _is_open(question: Question, answer: Explanation | None) -> bool:
    if isinstance(answer, Explained):
        return answer.reason is Reason.FOREIGN and bool(question.base_tags)
    return True


def _differing(rows: Rows) -> Rows:
    """Those of `rows` of which anything can be asked."""
    return rows_of(pick.only(DIFFERING) for pick in rows.picks)


def _slices(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    for start in range(0, len(rows), _BATCH):
        yield rows[start : start + _BATCH]
