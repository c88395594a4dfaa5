"""The look at the target after a promotion: an engine's word that it pushed proves nothing.

What belongs to the image is asked for again in the way it was found at the source: every subject for its referrers,
every tag of cosign for what it points to.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tui.domain.environment import EngineName
from tui.domain.events import PromotionFailed, Side, Step, Verified
from tui.domain.plan import Companions, Keeping, Plan
from tui.domain.reference import Digest, Repository
from tui.domain.text import clean
from tui.ports.errors import InvalidAnswer, NotFound, RegistryError
from tui.ports.registry import Registry, Source
from tui.usecases.companions import list_referrers, resolve_or_none
from tui.usecases.concurrency import gather_all, gather_pair
from tui.usecases.tools import Tools
from tui.usecases.tree import tree_below

_TOLD: Final = 3
"""Missing companions that a sentence names."""


async def read_back(tools: Tools, plan: Plan) -> Verified | PromotionFailed:
    """What the target now tells of the tag, the manifest, everything below it and what belongs to it; or what is wrong.

    What it lacks, or shows as it was before, is looked for a few times more before that is believed. A tag of cosign's
    that the target held with something else was left alone, and does not count.
    """
    try:
        found = await _look(tools, plan)
        for pause in tools.pauses:
            if not _may_appear(plan, found):
                break
            await asyncio.sleep(pause)
            found = await _look(tools, plan)
    except RegistryError as error:
        cause = f"{plan.target} was written, but could not be read back: {error}"
        return PromotionFailed(error.operation, Side.TARGET, cause)
    if found.held != plan.digest:
        return _mismatch(plan, found.held)
    if found.gap:
        return PromotionFailed(Step.VERIFY, Side.TARGET, f"MISMATCH: {plan.target} is incomplete: {found.gap}")
    return Verified(plan.digest, found.companions)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the tag holds, what is wrong below or beside it in words, and how many companions there are."""

    held: Digest | None
    gap: str
    companions: int


async def _look(tools: Tools, plan: Plan) -> _Found:
    request = plan.request
    registry, there = tools.registries[request.target], request.target.locate(request.repository)
    companions = _carried(plan)
    if not companions.are_any:
        return _Found(*await _held(registry, plan, there), 0)
    (held, gap), company = await gather_pair(_held(registry, plan, there), _company(registry, companions, there))
    return _Found(held, gap or company.gap, company.count)


def _may_appear(plan: Plan, found: _Found) -> bool:
    """True where the target may only be late; another digest than before or after was put there by somebody."""
    if found.held == plan.digest:
        return bool(found.gap)
    return found.held == (plan.current.digest if plan.current else None)


async def _held(registry: Registry, plan: Plan, there: Repository) -> tuple[Digest | None, str]:
    """The digest of what the tag holds now, and what is wrong with that or what lies below it; empty where all is well.

    The manifest is fetched by its tag and hashed here, so that one request shows both what the tag is and that it is
    whole.
    """
    request = plan.request
    try:
        root = await registry.fetch_manifest(there, request.target_tag)
    except NotFound:
        return None, ""
    except InvalidAnswer as error:
        held = await resolve_or_none(registry, there, request.target_tag)
        return held.digest if held else None, str(error)
    try:
        await tree_below(registry, request.target.registry, there, root)
    except (NotFound, InvalidAnswer) as error:
        return root.digest, str(error)
    return root.digest, ""


@dataclass(frozen=True, slots=True)
class _Company:
    """How many companions the target holds, and which it lacks in words; those are empty where it lacks none."""

    count: int
    gap: str = ""


def _carried(plan: Plan) -> Companions:
    """The companions that the engine carries: a Docker Engine knows of none, and the plan said so."""
    return Companions() if plan.forecast.engine is EngineName.DOCKER else plan.companions


async def _company(registry: Source, companions: Companions, there: Repository) -> _Company:
    subjects = dict.fromkeys(subject for subject, _ in companions.links)
    listed, tagged = await gather_pair(
        list_referrers(registry, there, subjects),
        gather_all(*(resolve_or_none(registry, there, tag) for tag, _ in companions.tags)),
    )
    held = {(subject, item.digest) for subject, items in listed.items() for item in items}
    gaps = [_unlisted(companions, *link) for link in companions.links if link not in held]
    gaps += [f"it lacks {tag}" for (tag, _), found in zip(companions.tags, tagged, strict=True) if found is None]
    same = sum(
        found is not None and found.digest == wanted.digest
        for (_, wanted), found in zip(companions.tags, tagged, strict=True)
    )
    return _Company(len(companions.referrers) + same, _some(gaps))


def _unlisted(companions: Companions, subject: Digest, referrer: Digest) -> str:
    kinds = {item.digest: item.artifact_type for item in companions.referrers}
    return f"{clean(kinds.get(referrer, ''), 100) or 'referrer'} {referrer} is not listed for {subject}"


def _some(gaps: Sequence[str]) -> str:
    """The first few, and how many there are besides."""
    rest = len(gaps) - _TOLD
    return "; ".join(gaps[:_TOLD]) + (f"; and {rest} more" if rest > 0 else "")


def _mismatch(plan: Plan, held: Digest | None) -> PromotionFailed:
    found = held or "nothing"
    explanation = "" if plan.forecast.keeping is Keeping.KEPT else f"; {plan.forecast.sentence}"
    cause = f"MISMATCH: {plan.target} reads back {found} instead of {plan.digest}{explanation}"
    return PromotionFailed(Step.VERIFY, Side.TARGET, cause)
