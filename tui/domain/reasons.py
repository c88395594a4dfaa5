"""Why a cell differs: a pure decision that either knows, or says what it wants to know next.

`judge` is asked again and again with more in `known`, until it explains or gives up. It never asks for what it does
not need, and asks for what is cheapest to decide with first, so that most cells cost two requests or none:

1. the history of the base's tag, which costs nothing: `behind`, `moved`;
2. the base's manifest: `flattened`, or `behind` where the base has the digest under another tag;
3. the environment's manifest: `wrapped`, `flattened`, `recompressed`;
4. whether the base still holds the digest, untagged: `behind`, `moved`;
5. the contents: `recompressed`, `rebuilt`; and where nothing relates the two, `foreign`.

What could not be read makes a step say nothing. A later one may still decide; but `foreign` is only said where every
step had its say.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from tui.domain.amounts import count
from tui.domain.content import Index, Manifest
from tui.domain.explanation import Case, Clue, Explained, Explanation, Reason, Undecided
from tui.domain.identity import identity_of
from tui.domain.likeness import likeness, runnable, speaking_pair
from tui.domain.moves import explain_by_history, landing_clue
from tui.domain.origins import commits_differ, explain_by_origin, foreign_clues, told_origins
from tui.domain.wants import Desk, Known, Unread, Want, Wanted, WantFacts, WantManifest, WantPresence

__all__ = ["Known", "Want", "WantFacts", "WantManifest", "WantPresence", "judge"]

_TOLD_TAGS: Final = 3


def judge(case: Case, known: Known) -> Explanation | Want:
    """The explanation of `case`, or what has to be known next to find one."""
    found = explain_by_history(case)
    desk = Desk(known)
    try:
        found = found or _explain_by_content(case, desk)
    except Wanted as wanted:
        return wanted.want
    if isinstance(found, Undecided):
        return found
    return replace(found, likeness=likeness(desk, case.question))


def _explain_by_content(case: Case, desk: Desk) -> Explanation:
    missing: list[str] = []
    for step in _STEPS:
        try:
            found = step(case, desk)
        except Unread as unread:
            missing.append(str(unread))
            continue
        if found is not None:
            return found
    if missing:
        return Undecided(tuple(dict.fromkeys(missing)))
    return Explained(Reason.FOREIGN, (*foreign_clues(case, desk), *landing_clue(case)))


# -- the steps: each explains, says nothing (None), or raises Wanted or Unread ----------------------------------------


def _by_base_index(case: Case, desk: Desk) -> Explained | None:
    question = case.question
    base = desk.manifest(question.base_environment, question.key.base)
    if not isinstance(base, Index):
        return None
    found = next((item for item in base.children if item.digest == question.key.held), None)
    if found is None:
        return None
    platforms = count(len(runnable(base)), "platform")
    return Explained(Reason.FLATTENED, (Clue(f"{found.platform or 'one'} alone, of {platforms}"),))


def _by_base_tags(case: Case, desk: Desk) -> Explained | None:
    del desk
    question = case.question
    if not question.base_tags:
        return None
    names = ", ".join(question.base_tags[:_TOLD_TAGS])
    more = f" and {len(question.base_tags) - _TOLD_TAGS} more" if len(question.base_tags) > _TOLD_TAGS else ""
    return Explained(Reason.BEHIND, (Clue(f"{question.base_environment} has it as {names}{more}"), *landing_clue(case)))


def _by_wrapping(case: Case, desk: Desk) -> Explained | None:
    question = case.question
    held = desk.manifest(question.environment, question.key.held)
    if not isinstance(held, Index):
        return None
    if any(item.digest == question.key.base for item in held.children):
        return Explained(Reason.WRAPPED, (Clue(f"its index lists {question.base_environment}'s manifest"),))
    base = desk.manifest(question.base_environment, question.key.base)
    if not isinstance(base, Index):
        return None
    ours = {item.digest for item in runnable(held)}
    theirs = {item.digest for item in runnable(base)}
    if not ours & theirs:
        return None
    if ours < theirs:
        return Explained(Reason.FLATTENED, (Clue(f"{len(ours)} of {count(len(theirs), 'platform')}"),))
    return (
        Explained(Reason.WRAPPED, (Clue("the same platforms' manifests in another index"),)) if ours >= theirs else None
    )


def _by_config_digest(case: Case, desk: Desk) -> Explained | None:
    """What needs nothing but the two manifests."""
    question = case.question
    base = desk.manifest(question.base_environment, question.key.base)
    held = desk.manifest(question.environment, question.key.held)
    if isinstance(base, Manifest) and isinstance(held, Manifest) and _has_same_config(base, held):
        return Explained(Reason.RECOMPRESSED, _same_config_clues(base, held))
    return None


def _by_presence(case: Case, desk: Desk) -> Explained | None:
    question = case.question
    base = question.base_environment
    if not desk.is_held(base, question.key.held):
        return None
    told = Clue(f"{base} still holds it, without a tag")
    if _may_be_a_platform(case, desk):
        return Explained(Reason.BEHIND, (told, Clue("it may be one platform of an older index"), *landing_clue(case)))
    moved = _moved_clues(case, desk)
    return Explained(Reason.MOVED if moved else Reason.BEHIND, (*moved, told, *landing_clue(case)))


def _by_contents(case: Case, desk: Desk) -> Explained | None:
    question = case.question
    pair = speaking_pair(desk, question)
    if pair is None or not (pair.base.is_image and pair.held.is_image):
        return None
    part = (Clue(f"one platform of the index: {pair.platform}"),) if pair.platform else ()
    if _has_same_config(pair.base, pair.held):
        return Explained(Reason.RECOMPRESSED, (*_same_config_clues(pair.base, pair.held), *part))
    told = told_origins(case, desk, pair)
    may_recompress = len(pair.base.layers) == len(pair.held.layers) and not commits_differ(*told)
    if not may_recompress and all(item.commit for item in told):
        return explain_by_origin(*told, part)
    held = desk.facts(question.environment, pair.held)
    ours = told[1].or_else(held.identity)
    if not may_recompress and not (ours.commit or ours.build):
        return None
    base = desk.facts(question.base_environment, pair.base)
    theirs = told[0].or_else(base.identity)
    if base.diff_ids and base.diff_ids == held.diff_ids and not commits_differ(theirs, ours):
        return Explained(Reason.RECOMPRESSED, (Clue("the same uncompressed layers (diff ids)"), *part))
    return explain_by_origin(theirs, ours, part)


_STEPS: Final[tuple[Callable[[Case, Desk], Explained | None], ...]] = (
    _by_base_index,
    _by_base_tags,
    _by_wrapping,
    _by_config_digest,
    _by_presence,
    _by_contents,
)


# -- pieces of evidence -----------------------------------------------------------------------------------------------


def _has_same_config(base: Manifest, held: Manifest) -> bool:
    """Only of images: all artifacts share the empty config."""
    return base.is_image and held.is_image and base.config.digest == held.config.digest


def _same_config_clues(base: Manifest, held: Manifest) -> tuple[Clue, ...]:
    same = Clue(f"the same config {base.config.digest.short}")
    if [item.digest for item in base.layers] == [item.digest for item in held.layers]:
        return same, Clue("the same layers: only the manifest was written anew")
    return same, Clue("layers compressed anew")


def _may_be_a_platform(case: Case, desk: Desk) -> bool:
    """True where the base has an index under this tag and the environment a single manifest."""
    question = case.question
    try:
        base = desk.manifest(question.base_environment, question.key.base)
        held = desk.manifest(question.environment, question.key.held)
    except Unread:
        return True
    return isinstance(base, Index) and isinstance(held, Manifest)


def _moved_clues(case: Case, desk: Desk) -> tuple[Clue, ...]:
    """What proves that the base's tag was pushed again after the environment's was; empty where nothing does."""
    question = case.question
    pushed, repushed = question.held.pushed, question.base.pushed
    if pushed is None:
        return ()
    arrived = Clue(f"{question.environment}'s tag was pushed", pushed)
    if repushed is not None:
        return (
            (Clue(f"{question.base_environment}'s tag was pushed again", repushed), arrived)
            if repushed > pushed
            else ()
        )
    try:
        created = _creation(case, desk)
    except Unread:
        return ()
    return (
        (Clue(f"{question.base_environment}'s image was made", created), arrived)
        if created and created > pushed
        else ()
    )


def _creation(case: Case, desk: Desk) -> datetime | None:
    """When the base's image was made, as far as its annotations or its config tell."""
    question = case.question
    base = question.base_environment
    root = desk.manifest(base, question.key.base)
    if told := identity_of(root.annotations).created:
        return told
    pair = speaking_pair(desk, question)
    return desk.facts(base, pair.base).created if pair and pair.base.is_image else None
