"""What an earlier run left behind: a line on stderr says that it can be gone on with."""

from tui.cli.output import Console
from tui.domain.amounts import count
from tui.ports.errors import JournalError
from tui.usecases.workbench import Workbench


async def tell_interrupted(bench: Workbench, console: Console) -> None:
    """Says how many promotions were interrupted; nothing where there are none, or where the journal cannot be read."""
    try:
        number = len(await bench.interrupted())
    except JournalError:
        return
    if number:
        console.say(f"{interrupted_text(number)}: `windlass resume` {goes_on(number)}")


def interrupted_text(number: int) -> str:
    """`2 promotions were interrupted`."""
    return f"{count(number, 'promotion')} {'was' if number == 1 else 'were'} interrupted"


def goes_on(number: int) -> str:
    """What `windlass resume` does with them."""
    return f"goes on with {'it' if number == 1 else 'them'}"
