"""Plan many promotions as one set: each that cannot be planned says why, and stops no other. Reads only."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
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


Planned = Callable[[int], object]
"""Hears how many of the requests are dealt with, after each; on the event loop, it must not block."""


async def plan_all(
    tools: Tools, requests: Sequence[Request], planned: Planned = lambda _: None
) -> Sequence[Plan | WindlassError]:
    """The plan of each of `requests`, in their order, or the error that says why there is none.

    What several of them ask for is asked once, and may be as old as this call.
    """
    slots, started, done = asyncio.Semaphore(PLANS_AT_ONCE), tools.clock(), itertools.count(1)

    async def plan(sharing: Tools, request: Request) -> Plan | WindlassError:
        async with slots:
            made = await _plan(sharing, request)
        planned(next(done))
        return made

    sharing = replace(tools, registries=shared(tools.registries, requests))
    plans = await gather_all(*(plan(sharing, request) for request in requests))
    return [replace(plan, made=started) if isinstance(plan, Plan) else plan for plan in plans]


async def _plan(tools: Tools, request: Request) -> Plan | WindlassError:
    try:
        return await make_plan(tools, request)
    except WindlassError as error:
        return error
