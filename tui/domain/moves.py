"""What history and times tell of a cell that differs: whether the base's tag moved on, and what came first. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from tui.domain.explanation import Case, Clue, Explained, Reason
from tui.domain.history import History, Landing, Sighting
from tui.domain.identity import identity_of
from tui.domain.likeness import image_at
from tui.domain.reference import Digest
from tui.domain.wants import Desk, Unread

_TOLD_TAGS: Final = 3

_ONE_LOOK: Final = timedelta(minutes=1)
"""What lies further apart was not seen by one and the same survey, whose registries answer at different speeds."""


def explain_by_history(case: Case) -> Explained | None:
    """`behind` or `moved`, where the base's tag was seen with the environment's digest; None otherwise.

    `moved` wants proof that the digest came to the environment before the base's tag left it: a promotion of this
    journal's, the registry's own times, or a look in between. Where the base has another tag for the digest, its tag is
    one that moves along, such as `latest`: that is `behind`, whatever a journal knows.
    """
    question = case.question
    key = question.key
    sightings = case.history.of(question.base_environment).sightings
    spells = [at for at, item in enumerate(sightings) if item.digest == key.held]
    if not spells:
        return _explain_by_source(case)
    began = sightings[spells[-1]].at
    moved = sightings[spells[-1] + 1].at if spells[-1] + 1 < len(sightings) else None
    base = question.base_environment
    told = Clue(f"{base} had it under this tag, and moved on", moved)
    arrival = _arrival(case, key.held, began, moved)
    if arrival is None or question.base_tags:
        return Explained(Reason.BEHIND, (*base_tag_clues(case), told, *_since(case, key.held)))
    return Explained(Reason.MOVED, (Clue(f"{base}'s tag was seen moved", moved), arrival))


def base_tag_clues(case: Case) -> tuple[Clue, ...]:
    """The tags under which the base has the digest now; empty where it has none for it."""
    tags = case.question.base_tags
    names = ", ".join(tags[:_TOLD_TAGS])
    more = f" and {len(tags) - _TOLD_TAGS} more" if len(tags) > _TOLD_TAGS else ""
    return (Clue(f"{case.question.base_environment} has it as {names}{more}"),) if tags else ()


def _explain_by_source(case: Case) -> Explained | None:
    """`moved`, where a promotion read the digest from this very tag of the base: no survey need have seen it there."""
    question = case.question
    landing = _landed(case.history.of(question.environment), question.key.held)
    if landing is None or not _is_from_base(case, landing) or f":{question.tag}@" not in landing.source:
        return None
    if question.base_tags:
        return Explained(Reason.BEHIND, (*base_tag_clues(case), _promotion_clue(case, landing)))
    base = question.base_environment
    return Explained(Reason.MOVED, (Clue(f"{base}'s tag moved since"), _promotion_clue(case, landing)))


def explain_by_promotion(case: Case) -> Explained | None:
    """`behind`, where a promotion read the digest from the base, under whatever tag; for want of anything better."""
    question = case.question
    there = case.history.of(question.environment)
    landing = _brought(there, _landed(there, question.key.held))
    if landing is None or not _is_from_base(case, landing):
        return None
    told = Clue(f"{question.base_environment} had it then, and holds it no more")
    return Explained(Reason.BEHIND, (_promotion_clue(case, landing), told))


def _is_from_base(case: Case, landing: Landing) -> bool:
    """True where the promotion read from the base."""
    return landing.origin == case.question.base_environment


def _promotion_clue(case: Case, landing: Landing) -> Clue:
    verb = "put back in" if landing.undoes else "promoted to"
    return Clue(f"{verb} {case.question.environment}", landing.at)


def _brought(there: History, landing: Landing | None) -> Landing | None:
    """What `landing` got its digest from: an undo puts back what an earlier promotion had read from elsewhere."""
    if landing is None or not landing.undoes:
        return landing
    earlier = [item for item in there.landings if item.digest == landing.digest and item.at < landing.at]
    return next((item for item in reversed(earlier) if not item.undoes), landing)


def landing_clue(case: Case) -> tuple[Clue, ...]:
    """That a promotion of this journal's put the digest there, if one did that was not undone."""
    question = case.question
    landed = [item for item in case.history.of(question.environment).standing if item.digest == question.key.held]
    return (_promotion_clue(case, landed[-1]),) if landed else ()


def move_clues(case: Case, desk: Desk) -> tuple[Clue, ...]:
    """What proves that the base's tag was pushed again after the digest came to the environment; empty if nothing does.

    The proof is the registry's time of the base's push, or the creation of the base's image: it was not there before.
    """
    question = case.question
    landed = _landed(case.history.of(question.environment), question.key.held)
    arrived_at = question.held.pushed or (landed.at if landed else None)
    if arrived_at is None:
        return ()
    verb = "pushed" if question.held.pushed else "promoted"
    arrived, repushed = Clue(f"{question.environment}'s tag was {verb}", arrived_at), question.base.pushed
    if repushed:
        moved = Clue(f"{question.base_environment}'s tag was pushed again", repushed)
        return (moved, arrived) if repushed > arrived_at else ()
    try:
        created = _creation(case, desk)
    except Unread:
        return ()
    made = Clue(f"{question.base_environment}'s image was made", created)
    return (made, arrived) if created and created > arrived_at else ()


def _creation(case: Case, desk: Desk) -> datetime | None:
    """When the base's image was made, as far as its annotations or its config tell. Raises Wanted, Unread."""
    base, digest = case.question.base_environment, case.question.key.base
    if told := identity_of(desk.manifest(base, digest).annotations).created:
        return told
    image = image_at(desk, base, digest)
    return desk.facts(base, image).created if image and image.is_image else None


def _arrival(case: Case, held: Digest, began: datetime, moved: datetime | None) -> Clue | None:
    """What proves that `held` was in the environment before the base's tag left it; None where nothing does.

    `began` and `moved` are when surveys saw the base's tag with `held` and without it: it left some time in between,
    so the moment of a push proves nothing there.
    """
    question = case.question
    environment, pushed, repushed = question.environment, question.held.pushed, question.base.pushed
    landed = _landed(case.history.of(environment), held)
    if landed and (landed.at <= began or (_is_from_base(case, landed) and (moved is None or landed.at <= moved))):
        return _promotion_clue(case, landed)
    if pushed and repushed:
        return Clue(f"{environment}'s tag was pushed", pushed) if pushed < repushed else None
    if pushed and pushed <= began:
        return Clue(f"{environment}'s tag was pushed", pushed)
    seen = _spell_of(case.history.of(environment).sightings, held)
    if seen and (moved is None or _is_before(seen, began, moved)):
        return Clue(f"{environment} was seen with it", seen)
    return None


def _landed(there: History, held: Digest) -> Landing | None:
    """The promotion that put `held` where it is since: not one after which the tag was gone, or held something else."""
    others = [item.at for item in (*there.sightings, *there.landings) if item.digest != held]
    since = max((*others, *(item.at for item in there.removals)), default=None)
    return next((item for item in there.landings if item.digest == held and (not since or item.at > since)), None)


def _is_before(seen: datetime, began: datetime, moved: datetime) -> bool:
    """True where one look saw both together, or lay between: not where `seen` and `moved` may be of one look."""
    return moved - seen >= _ONE_LOOK or (seen <= moved and abs(seen - began) < moved - seen)


def _since(case: Case, held: Digest) -> tuple[Clue, ...]:
    if landed := landing_clue(case):
        return landed
    environment = case.question.environment
    seen = _spell_of(case.history.of(environment).sightings, held)
    return (Clue(f"{environment} was first seen with it", seen),) if seen else ()


def _spell_of(sightings: Sequence[Sighting], digest: Digest) -> datetime | None:
    """Since when the tag was seen to hold `digest`; None where it was last seen otherwise, or never."""
    return sightings[-1].at if sightings and sightings[-1].digest == digest else None
