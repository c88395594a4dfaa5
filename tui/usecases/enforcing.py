"""Enforcing: what a plan found is looked at once more, when the promotion begins and at the moment it writes."""

from tui.domain.events import PromotionRefused
from tui.domain.plan import Consent, Plan, Verdict
from tui.usecases.gates import Evidence, judge
from tui.usecases.tools import Tools
from tui.usecases.unchanged import moved_since


async def refusal_of(tools: Tools, plan: Plan, consent: Consent) -> PromotionRefused | None:
    """What forbids the promotion: a gate of the plan's, a move since, or a gate that no longer passes."""
    if refusal := _first_refusal(plan.verdicts, consent):
        return refusal
    return await refusal_to_write(tools, plan, consent)


async def refusal_to_write(tools: Tools, plan: Plan, consent: Consent) -> PromotionRefused | None:
    """What forbids the write at this moment. Raises RegistryError, JournalError."""
    if moved := await moved_since(tools, plan):
        return moved
    evidence = Evidence(plan.request, plan.digest, plan.current, plan.companions, plan.forecast)
    return _first_refusal(await judge(evidence, tools), consent)


def _first_refusal(verdicts: tuple[Verdict, ...], consent: Consent) -> PromotionRefused | None:
    for verdict in verdicts:
        if not consent.covers(verdict):
            return PromotionRefused(verdict.gate, verdict.reason, verdict.remedy)
    return None
