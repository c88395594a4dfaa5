"""What two images say of their origin, and whether that is one. Pure."""

from typing import Final

from tui.domain.content import Manifest
from tui.domain.explanation import Case, Clue, Explained, Reason
from tui.domain.identity import Identity, identity_of, is_same_commit
from tui.domain.likeness import Pair
from tui.domain.wants import Desk

_SHORT_COMMIT: Final = 7


def told_origins(case: Case, desk: Desk, pair: Pair) -> tuple[Identity, Identity]:
    """What the annotations of both sides tell of their origin, the base's first."""
    question = case.question
    roots = (
        desk.manifest(question.base_environment, question.key.base),
        desk.manifest(question.environment, question.key.held),
    )
    base, held = (
        identity_of(root.annotations).or_else(identity_of(image.annotations))
        for root, image in zip(roots, (pair.base, pair.held), strict=True)
    )
    return base, held


def commits_differ(one: Identity, other: Identity) -> bool:
    return bool(one.commit and other.commit) and not is_same_commit(one.commit, other.commit)


def explain_by_origin(base: Identity, held: Identity, part: tuple[Clue, ...]) -> Explained | None:
    """`rebuilt`, where both name one commit; where one names none, one build number is enough."""
    if commits_differ(base, held):
        return None
    if base.commit and held.commit:
        return Explained(Reason.REBUILT, (Clue(f"commit {base.commit[:_SHORT_COMMIT]} in both"), *part))
    if base.build and base.build == held.build:
        return Explained(Reason.REBUILT, (Clue(f"build {base.build} in both"), *part))
    return None


def foreign_clues(case: Case, desk: Desk) -> tuple[Clue, ...]:
    """What the foreign image says of itself, as far as it was read."""
    question = case.question
    told = Clue(f"{question.base_environment} does not hold it, nor was it seen there")
    held = desk.known.manifests.get(question.key.held)
    if held is None:
        return (told,)
    facts = desk.known.facts.get(held.config.digest) if isinstance(held, Manifest) else None
    identity = identity_of(held.annotations).or_else(facts.identity if facts else Identity())
    origin = (Clue(f"it names {_origin(identity)}"),) if identity.commit or identity.build else ()
    created = facts.created if facts else identity.created
    return (told, *origin, *((Clue("it was made", created),) if created else ()))


def _origin(identity: Identity) -> str:
    commit = f"commit {identity.commit[:_SHORT_COMMIT]}" if identity.commit else ""
    build = f"build {identity.build}" if identity.build else ""
    return " and ".join(part for part in (build, commit) if part)
