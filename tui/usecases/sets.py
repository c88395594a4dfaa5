"""Many promotions as one set: side by side within bounds, the content of all first, the tags last.

What Azure imports costs this machine next to nothing; direct copies share its line, which the engine's pool bounds.
A Docker Engine does one thing at a time, and its push writes content and tag in one: those follow one another, and
take no part in the wait for the content of the others. None that fails stops another.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial
from typing import Final

from tui.domain.environment import EngineName
from tui.domain.events import Event, Recorded, Step, StepStarted
from tui.domain.plan import Plan
from tui.domain.verdict import Consent
from tui.usecases.concurrency import Emit, emitted, gather_all
from tui.usecases.promote import Alone, promote
from tui.usecases.tools import Tools
from tui.usecases.turns import Gathering, SetTurn

IMPORTS_AT_ONCE: Final = 20
"""Promotions through Azure whose content is under way at the same time, each of them with one import at most."""

COPIES_AT_ONCE: Final = 64
"""Direct copies whose content is under way at the same time; how many blobs move is the engine's to bound.

So many that while some wait for the journal, in which their events gather, enough others ask the registries.
"""

TAGS_AT_ONCE: Final = 64
"""Promotions that have their last look, write their tag and read it back at the same time."""


async def promote_all(tools: Tools, plans: Sequence[Plan], consent: Consent) -> AsyncGenerator[Recorded, None]:
    """Carries out `plans`; the records of those that run side by side interleave, in order within each promotion.

    One that fails or is refused stops no other. Closing the generator cancels whatever is under way, which is
    journalled; what was not begun leaves no record. Raises JournalError, which stops everything: nothing goes on
    unrecorded.
    """
    async with aclosing(emitted(partial(_carry_out, tools, plans, consent))) as records:
        async for record in records:
            yield record


async def _carry_out(tools: Tools, plans: Sequence[Plan], consent: Consent, emit: Emit[Recorded]) -> None:
    pushed = [plan for plan in plans if plan.forecast.engine is EngineName.DOCKER]
    gathered = [plan for plan in plans if plan.forecast.engine is not EngineName.DOCKER]
    gathering, tags = Gathering(len(gathered)), asyncio.Semaphore(TAGS_AT_ONCE)
    imports, copies = asyncio.Semaphore(IMPORTS_AT_ONCE), asyncio.Semaphore(COPIES_AT_ONCE)
    turns = [SetTurn(gathering, imports if _is_import(plan) else copies, tags) for plan in gathered]
    await gather_all(
        _one_after_another(tools, pushed, consent, emit),
        *(_in_turn(tools, plan, consent, turn, emit) for plan, turn in zip(gathered, turns, strict=True)),
    )


def _is_import(plan: Plan) -> bool:
    return plan.forecast.engine is EngineName.ACR_IMPORT


async def _one_after_another(tools: Tools, plans: Sequence[Plan], consent: Consent, emit: Emit[Recorded]) -> None:
    for plan in plans:
        async with aclosing(promote(tools, plan, consent, Alone())) as records:
            async for record in records:
                emit(record)


async def _in_turn(tools: Tools, plan: Plan, consent: Consent, turn: SetTurn, emit: Emit[Recorded]) -> None:
    async with turn, aclosing(promote(tools, plan, consent, turn)) as records:
        async for record in records:
            emit(record)
            _let_others_by(turn, record.event)


def _let_others_by(turn: SetTurn, event: Event) -> None:
    """A promotion that found its tag right comes to its end without a wait; from the hooks on any may take its time."""
    match event:
        case StepStarted(Step.VERIFY):
            turn.arrive()
        case StepStarted(Step.NOTIFY):
            turn.step_aside()
        case _:
            pass
