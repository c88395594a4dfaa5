"""The filter line: `words !word env:state env:reason commit:… build:…`, all of which must hold.

A word matches in `repository:tag`, as the beginning (four digits and more) of a digest, with or without its `sha256:`,
or of a commit, or of a build number, as far as those were read. `env:state` asks for a state in one environment;
`drift` stands for differs, missing and extra, and `locked` for a tag that is locked there, however it stands.
`env:behind` and the like ask for a reason that was found, `env:unexplained` for a difference without one.
`commit:1f3c` and `build:20261120.4` ask for what an image says of its origin, by its beginning.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from tui.domain.drift import State
from tui.domain.explanation import CellKey, Explained, Explanation, Reason
from tui.domain.insight import Insight
from tui.domain.misspelling import misspelt
from tui.domain.query_names import ORIGINS, anything, origins_in, parse_origin
from tui.domain.query_word import Bound, Test, Word, nothing, plain
from tui.domain.reference import Digest
from tui.domain.table import DIFFERING, DRIFT, Table, as_flags

_SYNONYMS: Final = {
    "drift": DRIFT,
    "same": frozenset({State.IN_SYNC}),
    "error": frozenset({State.UNKNOWN}),
}
_STATES: Final = _SYNONYMS | {state.value: frozenset({state}) for state in State}
_LOCKED: Final = "locked"
_UNEXPLAINED: Final = "unexplained"
_REASONS: Final = frozenset(reason.value for reason in Reason)
_SAID: Final = (*_STATES, _LOCKED, *(reason.value for reason in Reason), _UNEXPLAINED)


@dataclass(frozen=True, slots=True)
class Sieve:
    """A query with what was found out so far. `seen` tells it from another of the same query: equal, equal rows."""

    seen: tuple[object, ...] = ()
    tests: tuple[Test, ...] = ()
    meant: frozenset[Digest] = frozenset()
    """The images whose commit or build is asked for: which environment's cell it is that matches."""

    def flags(self, table: Table) -> int:
        """The flags of the tags for which every word holds."""
        flags = table.everything
        for test in self.tests:
            flags = flags and flags & test(table)
        return flags


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed filter line. `problems` are sentences on words that can match nothing as they stand.

    `origins` are the commits and builds asked for by name: who answers them has to read where the images come from.
    """

    text: str = ""
    words: tuple[Word, ...] = ()
    problems: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()

    def on(self, insight: Insight) -> Sieve:
        """The query as it stands with what was found out so far."""
        words = [word(insight) for word in self.words]
        meant = frozenset[Digest]().union(*(word.meant for word in words))
        return Sieve(tuple(word.seen for word in words), tuple(word.test for word in words), meant)


def parse_query(text: str, environments: Sequence[str], repositories: Iterable[str] = ()) -> Query:
    """The query in `text`, for a board with `environments` in path order.

    `repositories` are the names before whose tags a colon stands, and is no misspelt environment's.
    """
    words: list[Word] = []
    problems: list[str] = []
    origins: list[str] = []
    for item in text.lower().split():
        word, problem = _parse_word(item, environments)
        words.append(word)
        problem = problem or misspelt(item.removeprefix("!"), environments, ORIGINS, repositories)
        problems += [problem] if problem else []
        origins += origins_in(item, environments)
    return Query(text, tuple(words), tuple(problems), tuple(origins))


def _opposite(word: Word) -> Word:
    def bind(insight: Insight) -> Bound:
        bound = word(insight)
        return Bound(lambda table: table.everything & ~bound.test(table), bound.seen)

    return bind


def _parse_word(text: str, environments: Sequence[str]) -> tuple[Word, str]:
    if text.startswith("!") and len(text) > 1:
        word, problem = _parse_word(text[1:], environments)
        return _opposite(word), problem
    name, separator, value = text.partition(":")
    columns = {environment.lower(): at for at, environment in enumerate(environments)}
    if separator and name in columns:
        return _parse_state(environments, columns[name], value)
    if separator and name in ORIGINS:
        return parse_origin(text, name, value)
    return anything(text), ""


def _parse_state(environments: Sequence[str], column: int, state: str) -> tuple[Word, str]:
    if state == _LOCKED:
        return plain(lambda table: as_flags(table.columns[column].lock_flags())), ""
    if state in _REASONS or state == _UNEXPLAINED:
        return _reasoned(environments[column], column, state), ""
    wanted = _STATES.get(state)
    if wanted is not None:
        return plain(lambda table: table.flags(column, wanted)), ""
    near = get_close_matches(state, _SAID, 1)
    name = environments[column].lower()
    hint = f"; did you mean {name}:{near[0]}?" if near else f"; there are {', '.join(_SAID)}"
    return plain(nothing), f"no state or reason {state!r}{hint}"


# -- reasons -----------------------------------------------------------------------------------------------------


def _reasoned(environment: str, column: int, wanted: str) -> Word:
    def bind(insight: Insight) -> Bound:
        found = insight.explanations

        def test(table: Table) -> int:
            differing = table.places(table.flags(column, DIFFERING))
            return table.flagged(at for at in differing if _reason(found, environment, column, table, at) == wanted)

        return Bound(test, found)

    return bind


def _reason(found: Mapping[CellKey, Explanation], environment: str, column: int, table: Table, at: int) -> str:
    tag = table.tags[at]
    base, held = table.columns[0].entry(at, tag), table.columns[column].entry(at, tag)
    if base is None or held is None or base.digest is None or held.digest is None:
        return _UNEXPLAINED
    explanation = found.get(CellKey(table.repository, tag, environment, base.digest, held.digest))
    return explanation.reason.value if isinstance(explanation, Explained) else _UNEXPLAINED
