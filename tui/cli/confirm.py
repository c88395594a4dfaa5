"""Asking a person. A protected target wants its name typed, so that no held key confirms it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from tui.cli.output import Console
from tui.domain.environment import Environment
from tui.domain.verdict import Verdict

Ask = Callable[[Console, str], Awaitable[str]]


async def is_confirmed(
    console: Console, target: Environment, what: str, ask: Ask, asking: Sequence[Verdict] = ()
) -> bool:
    """True where the answer is yes, or the name of a protected `target`. `what` is to be done: `2 promotions to prod`.

    Where nobody can be asked, that is said with the gates that are `asking`, and the answer is no.
    """
    if not console.can_ask:
        gates = ", ".join(dict.fromkeys(verdict.gate for verdict in asking))
        by = f"refused by {gates}" if gates else "refused"
        console.say(f"{by}: nobody can be asked here; confirm with --yes. Nothing was written")
        return False
    agreed = await _agrees(console, target, what, ask)
    if not agreed:
        console.say("not confirmed; nothing was written")
    return agreed


async def _agrees(console: Console, target: Environment, what: str, ask: Ask) -> bool:
    if target.protected:
        answer = await ask(console, f"{what}, which is protected. Type its name to go on:")
        return answer.strip() == target.name
    return (await ask(console, f"{what}. Go on? [y/N]")).strip().lower() in {"y", "yes"}


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
