"""What two images say of their origin, and whether that is one. Pure."""

from typing import Final

from tui.domain.content import Manifest
from tui.domain.explanation import Case, Clue, Explained, Reason
from tui.domain.identity import Identity, identity_of, is_same_commit
from tui.domain.likeness import Pair
from tui.domain.text import clean
from tui.domain.wants import Desk

_SHORT_COMMIT: Final = 7
_BUILD_LIMIT: Final = 40
"""Characters of a build number that are shown."""


def told_origins(case: Case, desk: Desk, pair: Pair | None) -> tuple[Identity, Identity]:
    """What the annotations of both sides tell of their origin, the base's first; those of the roots before others."""
    question = case.question
    base = identity_of(desk.manifest(question.base_environment, question.key.base).annotations)
    held = identity_of(desk.manifest(question.environment, question.key.held).annotations)
    if pair is None:
        return base, held
    return base.or_else(identity_of(pair.base.annotations)), held.or_else(identity_of(pair.held.annotations))


def commits_differ(one: Identity, other: Identity) -> bool:
    """True where both name a commit, and not the same."""
    return bool(one.commit and other.commit) and not is_same_commit(one.commit, other.commit)


def explain_by_origin(base: Identity, held: Identity, part: tuple[Clue, ...] = ()) -> Explained | None:
    """`rebuilt`, where both name one commit; where one names none, one build number is enough."""
    if commits_differ(base, held):
        return None
    if base.commit and held.commit:
        return Explained(Reason.REBUILT, (Clue(f"{commit_words(base)} in both"), *part))
    if base.build and base.build == held.build:
        return Explained(Reason.REBUILT, (Clue(f"{_build_words(base)} in both"), *part))
    return None


def foreign_clues(case: Case, desk: Desk, pair: Pair | None) -> tuple[Clue, ...]:
    """What the foreign image says of itself, as far as it was read."""
    question = case.question
    root = desk.manifest(question.environment, question.key.held)
    image = pair.held if pair else root
    facts = desk.known.facts.get(image.config.digest) if isinstance(image, Manifest) else None
    identity = told_origins(case, desk, pair)[1].or_else(facts.identity if facts else Identity())
    names = [tell(identity) for tell in (_build_words, commit_words) if tell(identity)]
    created = (facts.created if facts else None) or identity.created
    return (
        Clue(f"{question.base_environment} does not hold it, nor was it seen there"),
        *((Clue(f"it names {' and '.join(names)}"),) if names else ()),
        *((Clue("it was made", created),) if created else ()),
    )


def commit_words(identity: Identity) -> str:
    """`commit 1f3c2ab`; empty where none is named."""
    return f"commit {identity.commit[:_SHORT_COMMIT]}" if identity.commit else ""


def _build_words(identity: Identity) -> str:
    return f"build {clean(identity.build, _BUILD_LIMIT)}" if identity.build else ""
