"""The filter line: `words !word env:state`, all of which must hold.

A word matches in `repository:tag`, or as the beginning (four digits and more) of a digest, with or without its
`sha256:`. `env:state` asks for a state in one environment; `drift` stands for differs, missing and extra, and `locked`
for a tag that is locked there, however it stands.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from tui.domain.board import Row
from tui.domain.drift import State

_DIGEST_PREFIX: Final = re.compile(r"(?:sha(?:256|512):)?([0-9a-f]{4,128})")
_SYNONYMS: Final = {
    "drift": frozenset(state for state in State if state.is_drift),
    "same": frozenset({State.IN_SYNC}),
    "error": frozenset({State.UNKNOWN}),
}
_STATES: Final = _SYNONYMS | {state.value: frozenset({state}) for state in State}
_LOCKED: Final = "locked"
_SAID: Final = (*_STATES, _LOCKED)

Test = Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed filter line. `problems` are sentences on words that can match nothing as they stand."""

    text: str = ""
    tests: tuple[Test, ...] = ()
    problems: tuple[str, ...] = ()

    def matches(self, row: Row) -> bool:
        """True where every word holds for `row`."""
        return all(test(row) for test in self.tests)

    def select(self, rows: Iterable[Row]) -> tuple[Row, ...]:
        """The rows that match, in their order."""
        return tuple(filter(self.matches, rows)) if self.tests else tuple(rows)


def parse_query(text: str, environments: Sequence[str]) -> Query:
    """The query in `text`, for a board with `environments` in path order."""
    tests: list[Test] = []
    problems: list[str] = []
    for word in text.lower().split():
        test, problem = _parse_word(word, environments)
        tests.append(test)
        if problem:
            problems.append(problem)
    return Query(text, tuple(tests), tuple(problems))


def _parse_word(word: str, environments: Sequence[str]) -> tuple[Test, str]:
    if word.startswith("!") and len(word) > 1:
        test, problem = _parse_word(word[1:], environments)
        return (lambda row: not test(row)), problem
    name, separator, state = word.partition(":")
    columns = {environment.lower(): at for at, environment in enumerate(environments)}
    if separator and name in columns:
        return _parse_state(columns[name], name, state)
    return _word(word), ""


def _parse_state(column: int, name: str, state: str) -> tuple[Test, str]:
    if state == _LOCKED:
        return (lambda row: _is_locked(row, column)), ""
    wanted = _STATES.get(state)
    if wanted is not None:
        return (lambda row: row.states[column] in wanted), ""
    near = get_close_matches(state, _SAID, 1)
    hint = f"; did you mean {name}:{near[0]}?" if near else f"; there are {', '.join(_SAID)}"
    return (lambda _: False), f"no state {state!r}{hint}"


def _is_locked(row: Row, column: int) -> bool:
    entry = row.entries[column]
    return entry is not None and entry.locked


def _word(word: str) -> Test:
    match = _DIGEST_PREFIX.fullmatch(word)
    if match is None:
        return lambda row: word in f"{row.repository}:{row.tag}".lower()
    prefix = match.group(1)

    def matches(row: Row) -> bool:
        if word in f"{row.repository}:{row.tag}".lower():
            return True
        return any(entry and entry.digest and entry.digest.hex.startswith(prefix) for entry in row.entries)

    return matches


def drifting(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows in which any environment drifts."""
    return tuple(row for row in rows if row.drifts)
