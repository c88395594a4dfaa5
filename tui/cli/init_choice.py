"""Which of the registries that were found make the promotion path, and in which order."""

import re
from collections.abc import Sequence

from tui.cli.confirm import Ask
from tui.cli.init_finding import described
from tui.cli.output import Console
from tui.domain.discovery import FoundRegistry, Proposed, Stage, arrange, propose, unused


async def choose(found: Sequence[FoundRegistry], console: Console, ask: Ask) -> tuple[Proposed, ...]:
    """The path that a person chooses from `found`, by numbers; the proposal for an empty line, none at the end."""
    proposal = propose(found)
    listed = [*(each.registry for each in proposal), *unused(found, proposal)]
    _list(listed, proposal, console)
    while True:
        answer = await ask(console, _question(proposal))
        if not answer:
            return ()
        if not answer.strip() and proposal:
            return proposal
        try:
            return arrange([listed[place] for place in parse_choice(answer, len(listed))])
        except ValueError as error:
            console.say(str(error))


def _list(listed: Sequence[FoundRegistry], proposal: Sequence[Proposed], console: Console) -> None:
    for number, registry in enumerate(listed, 1):
        name = proposal[number - 1].name if number <= len(proposal) else "not used"
        console.say(f"{number:>3}  {name:<12} {described(registry)}")
    if all(each.stage is not Stage.BASE for each in proposal):
        console.say("no name says which is the base, where images are built into")


def _question(proposal: Sequence[Proposed]) -> str:
    asked = "which is the base? which next? (their numbers in order"
    return (
        f"{asked}; Enter = {' '.join(str(number) for number in range(1, len(proposal) + 1))})"
        if proposal
        else f"{asked})"
    )


def parse_choice(text: str, count: int) -> tuple[int, ...]:
    """The places, from 0, that the numbers in `text` mean, each once. Raises ValueError."""
    words = [word for word in re.split(r"[\s,]+", text) if word]
    numbers = [int(word) for word in words if re.fullmatch(r"[0-9]{1,6}", word)]
    if not words or len(numbers) < len(words) or not all(1 <= number <= count for number in numbers):
        raise ValueError(f"write numbers from 1 to {count}, with spaces between them")
    if len(set(numbers)) < len(numbers):
        raise ValueError("each registry can be in the path once; for two environments in one, edit the file")
    return tuple(number - 1 for number in numbers)
