"""Words of the filter line that names, digests and origins answer."""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from operator import contains
from typing import Final

from tui.domain.identity import Identity, is_same_commit
from tui.domain.insight import Insight
from tui.domain.query_word import Bound, Word, nothing, plain
from tui.domain.reference import Digest
from tui.domain.table import Table, as_flags

_DIGEST_PREFIX: Final = re.compile(r"(?:sha(?:256|512):)?([0-9a-f]{4,128})")
_FEWEST: Final = 4
"""Characters from which a plain word may be the beginning of a digest, a commit or a build."""

_HEXADECIMAL: Final = re.compile(r"[0-9a-f]+")
_COMMIT_PREFIX: Final = re.compile(r"[0-9a-f]{4,64}")
ORIGINS: Final = ("commit", "build")
"""The names of what an image says of its origin."""


def anything(text: str) -> Word:
    """A word of which nobody said whether it is part of a name, or begins a digest, a commit or a build."""
    return _named(text, lambda identity: _is_origin(identity, text))


def parse_origin(text: str, name: str, value: str) -> tuple[Word, str]:
    """The word `text`, which asks for images whose commit or build (`name`) begins with `value`; and what is wrong."""
    if not value:
        return plain(nothing), f"{name}: wants the beginning of a {name}; for example {_example(name)}"
    if name == "commit":
        problem = "" if _HEXADECIMAL.fullmatch(value) else f"a commit is hexadecimal; for example {_example(name)}"
        return _named(text, lambda identity: _is_commit(identity, value)), problem
    return _named(text, lambda identity: identity.build.lower().startswith(value)), ""


def _example(name: str) -> str:
    return "commit:1f3c" if name == "commit" else "build:20261120.4"


def origins_in(text: str, environments: Sequence[str]) -> list[str]:
    """The commit or build that the word `text` asks for by name; none where an environment is called so."""
    name, separator, value = text.removeprefix("!").partition(":")
    is_taken = name in {environment.lower() for environment in environments}
    return [value] if separator and value and name in ORIGINS and not is_taken else []


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
