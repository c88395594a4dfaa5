"""The entry point: argv in, exit code out."""

import gc
import sys
from collections.abc import Sequence

from tui.cli.arguments import parse
from tui.cli.exits import Exit, UsageError
from tui.cli.output import Console, standard_console


def run() -> None:
    """The `windlass` command.

    What a start makes is kept: a look for garbage among it finds nothing, and takes a tenth of the start. Whatever
    goes on for longer has it looked for from then on. At the end of the process nothing needs to be looked for.
    """
    gc.disable()
    try:
        sys.exit(main(sys.argv[1:]))
    finally:
        gc.freeze()


def main(argv: Sequence[str]) -> int:
    """Does what `argv` asks for and gives the exit code. Raises SystemExit from argparse."""
    command = parse(argv)
    console = standard_console(ascii_only=command.common.ascii_only)
    try:
        return command.run(console)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the program's edge: whatever it is becomes a sentence and an exit code
        return _tell(error, console)


def _tell(error: Exception, console: Console) -> Exit:
    from tui.ports.errors import WindlassError
    from tui.settings.errors import SettingsError

    if isinstance(error, UsageError | SettingsError | WindlassError):
        console.say(f"windlass: {error}")
        return Exit.FAILED if isinstance(error, WindlassError) else Exit.USAGE
    console.say(f"windlass: a fault in windlass itself ({type(error).__name__}); please report what you did")
    return Exit.FAILED
