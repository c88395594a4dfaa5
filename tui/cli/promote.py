"""`windlass promote` and `windlass plan`: plan every image, ask, then carry out those plans that can go.

What cannot be planned, or is refused by a gate, stops no other. The first that did not succeed, in the order that was
asked for, decides the exit code. The first request waits for what is imported here, so what comes after the plans is
imported after them.
"""

from typing import Final

from tui.cli.commands_writing import PromoteCommand
from tui.cli.confirm import Ask, ask_keyboard
from tui.cli.exits import Exit
from tui.cli.interruptions import tell_interrupted
from tui.cli.notices import tell_notices
from tui.cli.opening import Opener, opener_for
from tui.cli.output import Console
from tui.cli.planning import Ends, Wanted, ends_of, exit_for, make_plans, requests_of
from tui.cli.running import run_until_signalled
from tui.usecases.concurrency import gather_pair
from tui.usecases.workbench import Workbench

_LEFT: Final = "the target's tags are as they were"


def run_promote(command: PromoteCommand, console: Console) -> Exit:
    """Opens what the settings say and promotes, or plans. Raises SettingsError, UsageError."""
    return run_until_signalled(promote(command, console, opener_for(command.common)), console, _LEFT)


async def promote(command: PromoteCommand, console: Console, opener: Opener, ask: Ask = ask_keyboard) -> Exit:
    """Promotes, or plans, on the workbench that `opener` opens."""
    async with opener() as bench:
        tell_notices(bench, console)
        ends = ends_of(bench.path, command)
        wanted, _ = await gather_pair(_wanted(bench, command, ends, console), tell_interrupted(bench, console))
        plans = await make_plans(bench, wanted.requests)
        if command.only_plan:
            from tui.cli.plan import print_plans

            print_plans(plans, console, as_json=command.as_json)
            return exit_for(plans) or wanted.verdict
        if not plans:
            return wanted.verdict
        from tui.cli.carrying import WantedSet, carry_out

        return await carry_out(WantedSet(bench, plans, command, console), ask) or wanted.verdict


async def _wanted(bench: Workbench, command: PromoteCommand, ends: Ends, console: Console) -> Wanted:
    if not command.all_drift:
        return Wanted(requests_of(command, ends))
    from tui.cli.drifting import wanted_by_drift

    return await wanted_by_drift(bench, command, ends, console)
