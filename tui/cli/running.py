"""Running a command's coroutine until it ends or a signal asks it to stop."""

import asyncio
import gc
import signal
from collections.abc import Coroutine
from typing import Any, Final

from tui.cli.exits import Exit
from tui.cli.output import Console

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)

_STARTED_AFTER: Final = 0.5
"""Seconds after which a command is no longer starting, and makes garbage worth looking for."""


def run_until_signalled(work: Coroutine[Any, Any, Exit], console: Console, left: str) -> Exit:
    """The exit code of `work`. SIGINT and SIGTERM cancel it; where it lets that pass, `left` says what that means."""
    try:
        return asyncio.run(watched(work))
    except asyncio.CancelledError:
        console.say(f"interrupted; {left}")
        return Exit.INTERRUPTED


async def watched(work: Coroutine[Any, Any, Exit]) -> Exit:
    """Runs `work`, which SIGINT and SIGTERM cancel. Raises CancelledError if it does not end otherwise then."""
    task = asyncio.create_task(work)
    loop = asyncio.get_running_loop()
    started = loop.call_later(_STARTED_AFTER, _collect)
    for number in _SIGNALS:
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    finally:
        started.cancel()
        for number in _SIGNALS:
            loop.remove_signal_handler(number)


def _collect() -> None:
    """From now on garbage is looked for, but not among what the start left."""
    gc.freeze()
    gc.enable()
