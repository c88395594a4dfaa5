"""Many promotions at once, within bounds.

What Azure imports costs this machine next to nothing, so many of those run side by side. All others share its line
and its registries' budgets: they follow one another, and the first that does not succeed ends them.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from functools import partial
from typing import Final

from tui.domain.environment import EngineName
from tui.domain.events import PromotionSucceeded, Recorded
from tui.domain.plan import Consent, Plan
from tui.usecases.concurrency import emitted, gather_all
from tui.usecases.promote import Alone, promote
from tui.usecases.tools import Tools

IMPORTS_AT_ONCE: Final = 20
"""Promotions through Azure that are under way at the same time, each of them with one import at most."""

Emit = Callable[[Recorded], None]


async def promote_all(tools: Tools, plans: Sequence[Plan], consent: Consent) -> AsyncGenerator[Recorded, None]:
    """Carries out `plans`; the records of those that run side by side interleave, in order within each promotion.

    An import that fails stops no other promotion. Of the others the first that does not succeed is the last: those
    after it have no record. Closing the generator cancels whatever is under way, which is journalled. Raises
    JournalError, which stops everything: nothing goes on unrecorded.
    """
    async with aclosing(emitted(partial(_carry_out, tools, plans, consent))) as records:
        async for record in records:
            yield record


async def _carry_out(tools: Tools, plans: Sequence[Plan], consent: Consent, emit: Emit) -> None:
    imports = [plan for plan in plans if plan.forecast.engine is EngineName.ACR_IMPORT]
    others = [plan for plan in plans if plan.forecast.engine is not EngineName.ACR_IMPORT]
    slots = asyncio.Semaphore(IMPORTS_AT_ONCE)
    await gather_all(
        _one_after_another(tools, others, consent, emit),
        *(_in_turn(tools, each, consent, slots, emit) for each in imports),
    )


async def _one_after_another(tools: Tools, plans: Sequence[Plan], consent: Consent, emit: Emit) -> None:
    for plan in plans:
        if not await _succeeds(tools, plan, consent, emit):
            return


async def _in_turn(tools: Tools, plan: Plan, consent: Consent, slots: asyncio.Semaphore, emit: Emit) -> None:
    async with slots:
        await _succeeds(tools, plan, consent, emit)


async def _succeeds(tools: Tools, plan: Plan, consent: Consent, emit: Emit) -> bool:
    """Carries out one plan; True where it ended well."""
    last: Recorded | None = None
    async with aclosing(promote(tools, plan, consent, Alone())) as records:
        async for last in records:
            emit(last)
    return last is not None and isinstance(last.event, PromotionSucceeded)
