"""`windlass compare`: what differs between an image in two environments, in words or as JSON."""

import json
from datetime import UTC, datetime
from typing import Final

from tui.cli.commands_reading import CompareCommand
from tui.cli.compare_documents import comparison_document
from tui.cli.exits import Exit
from tui.cli.notices import tell_notices
from tui.cli.opening import Opener, opener_for
from tui.cli.output import Console
from tui.cli.planning import find_environment
from tui.cli.running import run_until_signalled
from tui.domain.comparison import Comparison
from tui.domain.comparison_text import comparison_lines
from tui.ports.errors import NotFound, WindlassError
from tui.usecases.comparing import Spot
from tui.usecases.workbench import Workbench

_LEFT: Final = "not everything was read, so nothing is said"
_ASCII: Final = str.maketrans({"→": "->", "…": "...", "•": "*", "×": "x"})


def run_compare(command: CompareCommand, console: Console) -> Exit:
    """Opens what the settings say and compares there. Raises SettingsError, UsageError."""
    return run_until_signalled(compare(command, console, opener_for(command.common)), console, _LEFT)


async def compare(command: CompareCommand, console: Console, opener: Opener) -> Exit:
    """Prints what differs, as read through the workbench that `opener` opens. Raises UsageError."""
    async with opener() as bench:
        tell_notices(bench, console)
        left, right = _spots(bench, command)
        try:
            comparison = await bench.compare(left, right)
        except WindlassError as error:
            console.say(str(error))
            return Exit.FAILED if isinstance(error, NotFound) else Exit.INCOMPLETE
    if command.as_json:
        console.document(json.dumps(comparison_document(comparison), indent=2))
        _tell_unread(comparison, console)
    else:
        _print_lines(comparison, console)
    return _verdict(comparison)


def _spots(bench: Workbench, command: CompareCommand) -> tuple[Spot, Spot]:
    repository, tag = command.image
    left, right = (find_environment(bench.path, "compare", name) for name in (command.left, command.right))
    return Spot(left, repository, tag), Spot(right, repository, command.right_tag or tag)


def _print_lines(comparison: Comparison, console: Console) -> None:
    for line in comparison_lines(comparison, datetime.now(UTC)):
        text = str(line)
        console.data(text.translate(_ASCII) if console.ascii_only else text)


def _tell_unread(comparison: Comparison, console: Console) -> None:
    for side in (comparison.left, comparison.right):
        for sentence in side.unread:
            console.say(f"{side.name}: not read: {sentence}")


def _verdict(comparison: Comparison) -> Exit:
    if not comparison.is_complete:
        return Exit.INCOMPLETE
    return Exit.DONE if comparison.is_same else Exit.DRIFT
