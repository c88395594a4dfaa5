"""`windlass promote` and `windlass plan`: plan every image, ask, then carry out the plans.

Nothing is written unless every image can be promoted. What Azure imports runs side by side; of the others one follows
the other until one does not succeed. The first that did not, in the order that was asked for, decides the exit code.
"""

from collections.abc import Sequence
from typing import Final

from tui.cli.commands import PromoteCommand
from tui.cli.confirm import Ask, ask_keyboard, is_confirmed
from tui.cli.exits import Exit
from tui.cli.hoist import Teller, carry_out
from tui.cli.notices import tell_notices
from tui.cli.opening import Opener, opener_for
from tui.cli.output import Console
from tui.cli.plan import print_plans, show_plans, tell_unplanned
from tui.cli.planning import Unplanned, exit_for, make_plans
from tui.cli.running import run_until_signalled
from tui.domain import amounts
from tui.domain.plan import Plan
from tui.usecases.workbench import Workbench

_LEFT: Final = "the target's tags are as they were"


def run_promote(command: PromoteCommand, console: Console) -> Exit:
    """Opens what the settings say and promotes, or plans. Raises SettingsError, UsageError."""
    return run_until_signalled(promote(command, console, opener_for(command.common)), console, _LEFT)


async def promote(command: PromoteCommand, console: Console, opener: Opener, ask: Ask = ask_keyboard) -> Exit:
    """Promotes, or plans, on the workbench that `opener` opens."""
    async with opener() as bench:
        tell_notices(bench, console)
        plans = await make_plans(bench, command)
        if command.only_plan:
            print_plans(plans, console, as_json=command.as_json)
            return exit_for(plans)
        return await _promote(bench, plans, command, console, ask)


async def _promote(
    bench: Workbench, plans: Sequence[Plan | Unplanned], command: PromoteCommand, console: Console, ask: Ask
) -> Exit:
    ready = [plan for plan in plans if isinstance(plan, Plan) and not plan.refusals]
    teller = Teller(console, as_json=command.as_json, names_images=len(plans) > 1)
    if len(ready) < len(plans):
        tell_unplanned(plans, console)
        return await _turn_down(bench, plans, teller)
    if not command.is_confirmed and not await _agreed(ready, console, ask):
        return Exit.REFUSED
    return await carry_out(bench, ready, teller)


async def _turn_down(bench: Workbench, plans: Sequence[Plan | Unplanned], teller: Teller) -> Exit:
    """Has each refusal recorded, which writes to no registry, and says that nothing else was done."""
    for plan in plans:
        if isinstance(plan, Plan) and plan.refusals:
            await carry_out(bench, [plan], teller)
    if len(plans) > 1:
        teller.console.say("nothing was written: every image must be ready before the first is promoted")
    return exit_for(tuple(plans))


async def _agreed(plans: Sequence[Plan], console: Console, ask: Ask) -> bool:
    show_plans(plans, console.say)
    target = plans[0].request.target
    return await is_confirmed(console, target, f"{amounts.count(len(plans), 'promotion')} to {target.name}", ask)
