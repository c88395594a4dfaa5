"""The filter line: `words !word env:state env:reason commit:… build:…`, all of which must hold.

A word matches in `repository:tag`, as the beginning (four digits and more) of a digest, with or without its `sha256:`,
or of a commit, or of a build number, as far as those were read. `env:state` asks for a state in one environment;
`drift` stands for differs, missing and extra, and `locked` for a tag that is locked there, however it stands.
`env:behind` and the like ask for a reason that was found, `env:unexplained` for a difference without one.
`commit:1f3c` and `build:20261120.4` ask for what an image says of its origin, by its beginning.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import repeat
from operator import contains
from typing import Final

from tui.domain.drift import State
from tui.domain.explanation import CellKey, Explained, Explanation, Reason
from tui.domain.identity import Identity, is_same_commit
from tui.domain.insight import Insight
from tui.domain.misspelling import misspelt
from tui.domain.reference import Digest
from tui.domain.table import DIFFERING, DRIFT, Table, as_flags

_DIGEST_PREFIX: Final = re.compile(r"(?:sha(?:256|512):)?([0-9a-f]{4,128})")
_FEWEST: Final = 4
"""Characters from which a plain word may be the beginning of a digest, a commit or a build."""

_HEXADECIMAL: Final = re.compile(r"[0-9a-f]+")
_COMMIT_PREFIX: Final = re.compile(r"[0-9a-f]{4,64}")
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
_ORIGINS: Final = ("commit", "build")

Test = Callable[[Table], int]
"""Gives the flags (see `Table.everything`) of the tags for which a word holds: a table is looked through at once."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A word with what was found out so far. `seen` is what it looks at of that: where equal, so are its answers."""

    test: Test
    seen: object = None
    meant: frozenset[Digest] = frozenset()
    """The images whose commit or build the word asks for."""


Word = Callable[[Insight], Bound]
"""A parsed word."""


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
        problem = problem or misspelt(item.removeprefix("!"), environments, _ORIGINS, repositories)
        problems += [problem] if problem else []
        origins += _origins(item, environments)
    return Query(text, tuple(words), tuple(problems), tuple(origins))


def _plain(test: Test) -> Word:
    """A word that the survey alone answers."""
    bound = Bound(test)
    return lambda _: bound


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
    if separator and name in _ORIGINS:
        return _parse_origin(text, name, value)
    return _named(text, lambda identity: _is_origin(identity, text)), ""


def _parse_state(environments: Sequence[str], column: int, state: str) -> tuple[Word, str]:
    if state == _LOCKED:
        return _plain(lambda table: as_flags(table.columns[column].lock_flags())), ""
    if state in _REASONS or state == _UNEXPLAINED:
        return _reasoned(environments[column], column, state), ""
    wanted = _STATES.get(state)
    if wanted is not None:
        return _plain(lambda table: table.flags(column, wanted)), ""
    near = get_close_matches(state, _SAID, 1)
    name = environments[column].lower()
    hint = f"; did you mean {name}:{near[0]}?" if near else f"; there are {', '.join(_SAID)}"
    return _plain(_nothing), f"no state or reason {state!r}{hint}"


def _nothing(_: Table) -> int:
    return 0


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


# -- names, digests, origins -------------------------------------------------------------------------------------


def _parse_origin(text: str, name: str, value: str) -> tuple[Word, str]:
    if not value:
        return _plain(_nothing), f"{name}: wants the beginning of a {name}; for example {_example(name)}"
    if name == "commit":
        problem = "" if _HEXADECIMAL.fullmatch(value) else f"a commit is hexadecimal; for example {_example(name)}"
        return _named(text, lambda identity: _is_commit(identity, value)), problem
    return _named(text, lambda identity: identity.build.lower().startswith(value)), ""


def _example(name: str) -> str:
    return "commit:1f3c" if name == "commit" else "build:20261120.4"


def _origins(text: str, environments: Sequence[str]) -> list[str]:
    name, separator, value = text.removeprefix("!").partition(":")
    is_taken = name in {environment.lower() for environment in environments}
    return [value] if separator and value and name in _ORIGINS and not is_taken else []


def _named(text: str, is_meant: Callable[[Identity], bool]) -> Word:
    """A word that a name, a digest or an origin answers; of the origins it sees those alone that are meant."""
    match = _DIGEST_PREFIX.fullmatch(text)
    prefix = match.group(1) if match else ""

    def bind(insight: Insight) -> Bound:
        meant = frozenset(digest for digest, identity in insight.identities.items() if is_meant(identity))

        def test(table: Table) -> int:
            flags = _name_flags(table, text)
            if prefix or meant:
                flags |= table.flagged(_answering(table, prefix, meant))
            return flags

        return Bound(test, meant, meant)

    return bind


def _name_flags(table: Table, text: str) -> int:
    """Flags for the tags with `text` in `repository:tag`. Tags of which none has it are looked through as one text."""
    repository, has_colon, tag = text.rpartition(":")
    if has_colon:
        ends = table.repository.lower().endswith(repository)
        return as_flags(bytes([each.lower().startswith(tag) for each in table.tags])) if ends else 0
    if text in table.repository.lower():
        return table.everything
    tags = "\n".join(table.tags).lower()
    return as_flags(bytes(map(contains, tags.split("\n"), repeat(text)))) if text in tags else 0


def _answering(table: Table, prefix: str, meant: frozenset[Digest]) -> Iterable[int]:
    """The places of the tags whose digest, in any environment, begins with `prefix` or is one of `meant`."""
    for column in table.columns:
        if prefix:
            yield from column.beginning(prefix)
        if meant:
            yield from column.holding(meant)


def _is_origin(identity: Identity, text: str) -> bool:
    """Where nobody said which it is: four digits and more of a commit, or the beginning of a build number."""
    is_commit = _COMMIT_PREFIX.fullmatch(text) is not None and _is_commit(identity, text)
    return is_commit or (len(text) >= _FEWEST and identity.build.lower().startswith(text))


def _is_commit(identity: Identity, text: str) -> bool:
    return identity.commit.startswith(text) or is_same_commit(identity.commit, text)
