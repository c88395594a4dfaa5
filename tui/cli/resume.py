"""`windlass resume`: go on with what was interrupted, or let go of it.

What can no longer be planned stops nothing else; it is said with the way to let go of it.
"""

from collections.abc import Sequence
from typing import Final

from tui.cli.commands_trusting import ResumeCommand
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
from tui.domain.environment import PromotionPath
from tui.domain.past import Past
from tui.domain.past_text import image_text
from tui.domain.plan import Plan, Request
from tui.usecases.resuming import CannotResume, resuming
from tui.usecases.workbench import Workbench

_LEFT: Final = "the target's tags are as they were"
_NOTHING: Final = "nothing was interrupted"


def run_resume(command: ResumeCommand, console: Console) -> Exit:
    """Opens what the settings say and goes on. Raises SettingsError, UsageError."""
    return run_until_signalled(resume(command, console, opener_for(command.common)), console, _LEFT)


async def resume(command: ResumeCommand, console: Console, opener: Opener, ask: Ask = ask_keyboard) -> Exit:
    """Goes on with what was interrupted, on the workbench that `opener` opens. Raises JournalError."""
    async with opener() as bench:
        tell_notices(bench, console)
        offered = await bench.interrupted()
        wanted = [past for past in offered if past.promotion.startswith(command.promotion)]
        if not wanted:
            return _tell_nothing(command, offered, console)
        if command.forgets:
            return await _forget(bench, wanted, console)
        for past in wanted:
            console.say(_line(past, bench.path))
        requests, unplanned = _requests(bench.path, wanted)
        plans = (*await make_plans(bench, requests), *unplanned)
        if command.only_plan:
            print_plans(plans, console, as_json=command.as_json)
            return exit_for(plans)
        return await _go_on(bench, plans, command, console, ask)


def _tell_nothing(command: ResumeCommand, offered: Sequence[Past], console: Console) -> Exit:
    """Without an id that is good news; an id that nobody can go on with is not."""
    if command.only_plan and command.as_json:
        print_plans((), console, as_json=True)
    if not command.promotion:
        console.say(_NOTHING)
        return Exit.DONE
    left = f"; interrupted: {', '.join(past.promotion for past in offered)}" if offered else f"; {_NOTHING}"
    console.say(f"no interrupted promotion's id begins with {command.promotion}{left}")
    return Exit.FAILED


async def _forget(bench: Workbench, pasts: Sequence[Past], console: Console) -> Exit:
    for past in pasts:
        await bench.forget(past)
        console.say(f"let go of {past.promotion}: {image_text(past, bench.path)}")
    return Exit.DONE


def _line(past: Past, path: PromotionPath) -> str:
    return f"interrupted: {past.promotion}, begun {past.began:%Y-%m-%d %H:%M}Z: {image_text(past, path)}"


def _requests(path: PromotionPath, pasts: Sequence[Past]) -> tuple[list[Request], list[Unplanned]]:
    requests, unplanned = list[Request](), list[Unplanned]()
    for past in pasts:
        try:
            requests.append(resuming(path, past))
        except CannotResume as error:
            tag = past.target.tag
            if tag is not None:
                unplanned.append(Unplanned(past.target.repository, tag, str(error)))
    return requests, unplanned


async def _go_on(
    bench: Workbench, plans: Sequence[Plan | Unplanned], command: ResumeCommand, console: Console, ask: Ask
) -> Exit:
    tell_unplanned(plans, console)
    made = [plan for plan in plans if isinstance(plan, Plan)]
    if len(made) < len(plans):
        console.say("what cannot be gone on with can be let go of: `windlass resume ID --forget`")
    if not command.is_confirmed and not await _agreed(made, console, ask):
        return Exit.REFUSED
    ending = await carry_out(bench, made, Teller(console, as_json=command.as_json, names_images=len(made) > 1))
    return ending or (Exit.FAILED if len(made) < len(plans) else Exit.DONE)


async def _agreed(plans: Sequence[Plan], console: Console, ask: Ask) -> bool:
    """Each environment is asked for on its own: a protected one wants its name."""
    going = [plan for plan in plans if not plan.refusals]
    show_plans(going, console.say)
    for target in dict.fromkeys(plan.request.target for plan in going):
        plans_there = [plan for plan in going if plan.request.target == target]
        what = f"go on with {amounts.count(len(plans_there), 'promotion')} to {target.name}"
        asking = [verdict for plan in plans_there for verdict in plan.questions]
        if not await is_confirmed(console, target, what, ask, asking):
            return False
    return True
