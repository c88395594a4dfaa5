"""Brings operations to their end in the background, whether or not anybody polls."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

from aiohttp import web

from tui.sandbox.arm.copying import NotCopied, copy_image
from tui.sandbox.arm.operations import Operation
from tui.sandbox.arm.state import ARM, Arm

_TICK: Final = 0.01
"""Seconds between two looks at the clock."""

_TASKS: web.AppKey[set[asyncio.Task[None]]] = web.AppKey("tasks")


async def background(application: web.Application) -> AsyncGenerator[None, None]:
    """Keeps the tasks of operations for as long as the application is served; what runs then stays unfinished."""
    tasks: set[asyncio.Task[None]] = set()
    application[_TASKS] = tasks
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def start(application: web.Application, operation: Operation) -> None:
    """Lets `operation` run."""
    task = asyncio.create_task(_run(application[ARM], operation))
    application[_TASKS].add(task)
    task.add_done_callback(application[_TASKS].discard)


async def _run(arm: Arm, operation: Operation) -> None:
    while not arm.is_due(operation):  # noqa: ASYNC110 - what is waited for is the owner's clock
        await asyncio.sleep(_TICK)
    if failure := arm.faults.fail_operation:
        operation.fail(failure.code, failure.message)
        return
    most = arm.faults.max_manifests
    try:
        await copy_image(operation.source.registry, operation.target.registry, operation.request, most)
    except NotCopied as refused:
        operation.fail(refused.code, refused.message)
    else:
        operation.status = "Succeeded"
