"""Tags derived from a digest, summed up where they are missing: cosign's (`sha256-<hex>.sig`, `.att`, `.sbom`), and
`sha256-<hex>`, under which registries without the referrers API keep a list ("Referrers Tag Schema").

There is one or more for each image and nobody reads their names: a line says what a hundred rows would.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from tui.domain.board import Row
from tui.domain.drift import State
from tui.domain.environment import Environment
from tui.domain.reference import Digest, Tag

_DERIVED: Final = re.compile(r"sha256-([0-9a-f]{64})(?:\.(?:sig|att|sbom))?")


def is_derived(tag: Tag) -> bool:
    """True for a tag that is derived from a digest: what it holds is about an image, but is none."""
    return _DERIVED.fullmatch(tag) is not None


def subject_of(tag: Tag) -> Digest | None:
    """The digest that a derived tag names; None for any other tag."""
    found = _DERIVED.fullmatch(tag)
    return Digest("sha256", found[1]) if found else None


def is_summed_up(row: Row) -> bool:
    """True where a derived tag drifts only by being missing."""
    return is_derived(row.tag) and all(state is State.MISSING for state in row.states if state.is_drift)


def missing_sentence(environments: Iterable[Environment], rows: Iterable[Row]) -> str:
    """`3 signature tags are missing in prod, 1 in test`, for rows that are summed up; empty where there are none."""
    missing = Counter(at for row in rows for at, state in enumerate(row.states) if state is State.MISSING)
    counts = [(missing[at], each.title) for at, each in enumerate(environments) if missing[at]]
    if not counts:
        return ""
    (amount, title), *others = counts
    first = f"{amount} signature {'tag is' if amount == 1 else 'tags are'} missing in {title}"
    return ", ".join((first, *(f"{number} in {name}" for number, name in others)))
