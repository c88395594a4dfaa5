"""Plan many promotions as one set: each that cannot be planned says why, and stops no other. Reads only."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tui.domain.plan import Plan, Request
from tui.ports.errors import WindlassError
from tui.usecases.concurrency import gather_all
from tui.usecases.planning import make_plan
from tui.usecases.shared_reading import shared
from tui.usecases.tools import Tools

PLANS_AT_ONCE: Final = 32
"""Requests that are planned at the same time."""


async def plan_all(tools: Tools, requests: Sequence[Request]) -> Sequence[Plan | WindlassError]:
    """The plan of each of `requests`, in their order, or the error that says why there is none.

    What several of them ask for is asked once, and may be as old as this call.
    """
    slots, started = asyncio.Semaphore(PLANS_AT_ONCE), tools.clock()
    async with shared(tools.registries, requests) as registries:
        sharing = replace(tools, registries=registries)
        plans = await gather_all(*(_plan(sharing, request, slots) for request in requests))
    return [replace(plan, made=started) if isinstance(plan, Plan) else plan for plan in plans]


async def _plan(tools: Tools, request: Request, slots: asyncio.Semaphore) -> Plan | WindlassError:
    async with slots:
        try:
            return await make_plan(tools, request)
        except WindlassError as error:
            return error
