"""Enforcing: what a plan found is looked at once more, when the promotion begins and at the moment it writes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from tui.domain.events import PromotionRefused
from tui.domain.plan import Companions, Plan
from tui.domain.reference import Repository, Tag
from tui.domain.verdict import Consent, Verdict
from tui.ports.registry import Source
from tui.usecases.companions import resolve_or_none
from tui.usecases.concurrency import gather_all, gather_pair
from tui.usecases.gates import Evidence, judge, takes_back
from tui.usecases.tools import Tools
from tui.usecases.unchanged import moved_since

FRESH: Final = timedelta(seconds=10)
"""How old a plan may be that is begun without another look."""


async def refusal_of(tools: Tools, plan: Plan, consent: Consent) -> PromotionRefused | None:
    """What forbids the promotion: a gate of the plan's, a move since, or a gate that no longer passes.

    That saves moving content in vain. Where the target asks for nothing that others can take back, what was found a
    moment ago need not be asked again: the look that counts is the one at the write.
    """
    if refusal := _first_refusal(plan.verdicts, consent):
        return refusal
    if _is_fresh(tools, plan) and not _is_gated(plan):
        return None
    return await refusal_to_write(tools, plan, consent)


def _is_fresh(tools: Tools, plan: Plan) -> bool:
    """A plan of the future was made before the clock was set back, nobody knows when."""
    return plan.made is not None and timedelta() <= tools.clock() - plan.made <= FRESH


def _is_gated(plan: Plan) -> bool:
    rules = plan.request.target.gates
    return bool(rules.promoted_to or rules.signed or rules.approvals)


async def refusal_to_write(tools: Tools, plan: Plan, consent: Consent) -> PromotionRefused | None:
    """What forbids the write at this moment, judged by what is found now. Raises RegistryError, JournalError.

    What the target's tag holds need not be read for that again: the promotion goes no further where it moved.
    """
    if moved := await moved_since(tools, plan):
        return moved
    companions = await _companions_now(tools, plan)
    evidence = Evidence(plan.request, plan.digest, plan.current, companions, plan.forecast)
    return _first_refusal(await judge(evidence, tools), consent)


async def _companions_now(tools: Tools, plan: Plan) -> Companions:
    """Those of the image itself, listed again where a gate asks for them: a signature or approval can be taken back."""
    request, rules = plan.request, plan.request.target.gates
    if takes_back(request) or not (rules.signed or rules.approvals):
        return plan.companions
    source, place = tools.registries[request.source], request.source.locate(request.repository)
    tags = plan.companions.tags_of_root if rules.signed else ()
    of_root, held = await gather_pair(source.referrers(place, plan.digest), _still_there(source, place, tags))
    return replace(plan.companions, of_root=of_root, tags_of_root=held)


async def _still_there(source: Source, place: Repository, tags: Sequence[Tag]) -> tuple[Tag, ...]:
    """Those of `tags` that hold a signature still."""
    signatures = [tag for tag in tags if tag.endswith(".sig")]
    found = await gather_all(*(resolve_or_none(source, place, tag) for tag in signatures))
    return tuple(tag for tag, item in zip(signatures, found, strict=True) if item is not None)


def _first_refusal(verdicts: tuple[Verdict, ...], consent: Consent) -> PromotionRefused | None:
    for verdict in verdicts:
        if not consent.covers(verdict):
            return PromotionRefused(verdict.gate, verdict.reason, verdict.remedy)
    return None
