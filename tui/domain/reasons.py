"""Why a cell differs: a pure decision that either knows, or says what it wants to know next.

`judge` is asked again and again with more in `known`, until it explains or gives up. It never asks for what it does
not need, and asks for what is cheapest to decide with first, so that most cells cost two requests or none:

1. the history of the base's tag, which costs nothing: `behind`, `moved`;
2. the base's manifest: `flattened`, or `behind` where the base has the digest under another tag;
3. the environment's manifest: `wrapped`, `flattened`, `recompressed`;
4. whether the base still holds the digest, untagged: `behind`, `moved`;
5. the contents: `recompressed`, `rebuilt`; and where nothing relates the two, `foreign`.

What could not be read makes a step say nothing. A later one may still decide; but `foreign` is only said where every
step had its say, history included.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tui.domain.amounts import count
from tui.domain.content import Index, Manifest
from tui.domain.explanation import Case, Clue, Explained, Explanation, Reason, Undecided
from tui.domain.identity import Identity
from tui.domain.likeness import Pair, index_listing, likeness, pairs_apart, speaking_pair
from tui.domain.moves import base_tag_clues, explain_by_history, explain_by_promotion, landing_clue, move_clues
from tui.domain.origins import commit_words, commits_differ, explain_by_origin, foreign_clues, told_origins
from tui.domain.reference import Digest
from tui.domain.wants import Desk, Known, Unread, Want, Wanted, WantFacts, WantManifest, WantPresence

__all__ = ["Known", "Want", "WantFacts", "WantManifest", "WantPresence", "judge"]


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
    missing = [case.unread] if case.unread else []
    for step in _STEPS:
        try:
            found = step(case, desk)
        except Unread as unread:
            missing.append(str(unread))
            continue
        if found is not None:
            return _with_landing(case, found)
    if found := explain_by_promotion(case):
        return found
    if missing:
        return Undecided(tuple(dict.fromkeys(missing)))
    clues = foreign_clues(case, desk, speaking_pair(desk, case.question))
    return _with_landing(case, Explained(Reason.FOREIGN, clues))


def _with_landing(case: Case, found: Explained) -> Explained:
    """A promotion of this digest is worth telling, whatever became of it."""
    return replace(found, clues=tuple(dict.fromkeys((*found.clues, *landing_clue(case)))))


# -- the steps: each explains, says nothing (None), or raises Wanted or Unread ----------------------------------------


def _by_base_index(case: Case, desk: Desk) -> Explained | None:
    question = case.question
    base = desk.manifest(question.base_environment, question.key.base)
    index = index_listing(desk, question.base_environment, base, question.key.held) if isinstance(base, Index) else None
    if index is None:
        return None
    found = next(item for item in index.children if item.digest == question.key.held)
    name = found.platform if found.platform and found.platform.is_known else "one manifest"
    platforms = count(len(_images(index)), "platform")
    return Explained(Reason.FLATTENED, (Clue(f"{name} alone, of {platforms}"),))


def _by_base_tags(case: Case, desk: Desk) -> Explained | None:
    del desk
    told = base_tag_clues(case)
    return Explained(Reason.BEHIND, told) if told else None


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
    return _by_platforms(base, held)


def _by_platforms(base: Index, held: Index) -> Explained | None:
    """What two indexes tell by the images that they share; None where they share none, or differ on a platform."""
    theirs, ours = _images(base), _images(held)
    shared = theirs & ours
    if not shared:
        return None
    if shared == theirs:
        return Explained(Reason.WRAPPED, (Clue("the same platforms' manifests in another index"),))
    if shared != ours and any(pairs_apart(base, held)):
        return None
    return Explained(Reason.FLATTENED, (Clue(f"{len(shared)} of {count(len(theirs), 'platform')}"),))


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
        return Explained(Reason.BEHIND, (told, Clue("it may be one platform of an older index")))
    moved = move_clues(case, desk)
    return Explained(Reason.MOVED if moved else Reason.BEHIND, (*moved, told))


def _by_contents(case: Case, desk: Desk) -> Explained | None:
    pair = speaking_pair(desk, case.question)
    if pair is None or not (pair.base.is_image and pair.held.is_image):
        return explain_by_origin(*told_origins(case, desk, None))
    part = _part_clues(case, desk, pair)
    if _has_same_config(pair.base, pair.held):
        return Explained(Reason.RECOMPRESSED, (*part, *_same_config_clues(pair.base, pair.held)))
    told = told_origins(case, desk, pair)
    if len(pair.base.layers) != len(pair.held.layers) and all(item.commit for item in told):
        return explain_by_origin(*told, part)
    return _by_configs(case, desk, pair, part)


def _by_configs(case: Case, desk: Desk, pair: Pair, part: tuple[Clue, ...]) -> Explained | None:
    """The environment's config first: it may show that the base's would tell nothing."""
    base_origin, held_origin = told_origins(case, desk, pair)
    held = desk.facts(case.question.environment, pair.held)
    ours = held_origin.or_else(held.identity)
    may_be_same = bool(held.diff_ids) and len(pair.base.layers) == len(pair.held.layers)
    if not (may_be_same or ours.commit or ours.build):
        return None
    base = desk.facts(case.question.base_environment, pair.base)
    theirs = base_origin.or_else(base.identity)
    if may_be_same and base.diff_ids == held.diff_ids:
        if _has_same_layers(pair.base, pair.held):
            return _with_other_config(theirs, ours, part)
        other = (Clue(f"but it names {commit_words(ours)}"),) if commits_differ(theirs, ours) else ()
        return Explained(Reason.RECOMPRESSED, (*part, Clue("the same uncompressed layers (diff ids)"), *other))
    return explain_by_origin(theirs, ours, part)


def _with_other_config(theirs: Identity, ours: Identity, part: tuple[Clue, ...]) -> Explained:
    """The very same layers: where nothing says that the commit was built again, only the config was written anew."""
    told = Clue("the same layers: only the config differs, in labels or settings")
    return explain_by_origin(theirs, ours, part) or Explained(Reason.RECOMPRESSED, (told, *part))


_STEPS: Final[tuple[Callable[[Case, Desk], Explained | None], ...]] = (
    _by_base_index,
    _by_base_tags,
    _by_wrapping,
    _by_config_digest,
    _by_presence,
    _by_contents,
)


# -- pieces of evidence -----------------------------------------------------------------------------------------------


def _images(index: Index) -> set[Digest]:
    return {item.digest for item in index.images}


def _has_same_config(base: Manifest, held: Manifest) -> bool:
    """An image's config vouches for its content; other artifacts share the empty config, and so need equal layers."""
    if base.config.digest != held.config.digest:
        return False
    return (base.is_image and held.is_image) or (bool(base.layers) and _has_same_layers(base, held))


def _has_same_layers(base: Manifest, held: Manifest) -> bool:
    return [item.digest for item in base.layers] == [item.digest for item in held.layers]


def _same_config_clues(base: Manifest, held: Manifest) -> tuple[Clue, ...]:
    same = Clue(f"the same config {base.config.digest.short}")
    if _has_same_layers(base, held):
        return same, Clue("the same layers: only the manifest was written anew")
    return same, Clue("layers compressed anew")


def _part_clues(case: Case, desk: Desk, pair: Pair) -> tuple[Clue, ...]:
    """Which part of an index was compared, where a side is one, and whether the environment has that part alone."""
    question, platform = case.question, str(pair.platform or "one image")
    base = isinstance(desk.manifest(question.base_environment, question.key.base), Index)
    held = isinstance(desk.manifest(question.environment, question.key.held), Index)
    if base and held:
        return (Clue(f"compared: {platform}, of either index"),)
    if base:
        return (Clue(f"{platform} alone, of {question.base_environment}'s index"),)
    return (Clue(f"compared: {platform}, of {question.environment}'s index"),) if held else ()


def _may_be_a_platform(case: Case, desk: Desk) -> bool:
    """True where the base has an index under this tag and the environment a single manifest."""
    question = case.question
    try:
        base = desk.manifest(question.base_environment, question.key.base)
        held = desk.manifest(question.environment, question.key.held)
    except Unread:
        return True
    return isinstance(base, Index) and isinstance(held, Manifest)
