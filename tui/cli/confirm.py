"""Asking a person. A protected target wants its name typed, so that no held key confirms it."""

import asyncio
from collections.abc import Awaitable, Callable

from tui.cli.output import Console
from tui.domain import amounts
from tui.domain.environment import Environment

Ask = Callable[[Console, str], Awaitable[str]]


async def is_confirmed(console: Console, target: Environment, count: int, ask: Ask) -> bool:
    """True where the answer is yes, or the name of a protected `target`."""
    what = amounts.count(count, "promotion")
    if target.protected:
        answer = await ask(console, f"{what} to {target.name}, which is protected. Type its name to go on:")
        return answer.strip() == target.name
    return (await ask(console, f"{what} to {target.name}. Go on? [y/N]")).strip().lower() in {"y", "yes"}


async def ask_keyboard(console: Console, question: str) -> str:
    """The line typed in answer to `question`; empty at the end of input. Can be cancelled while it waits."""
    console.ask(question)
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[str] = loop.create_future()

    def read() -> None:
        loop.remove_reader(console.keyboard)
        if not answer.done():
            answer.set_result(console.keyboard.readline())

    loop.add_reader(console.keyboard, read)
    try:
        return await answer
    finally:
        loop.remove_reader(console.keyboard)
