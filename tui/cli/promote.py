"""`windlass promote` and `windlass plan`: plan every image, ask, then carry out those plans that can go.

What cannot be planned, or is refused by a gate, stops no other. The first that did not succeed, in the order that was
asked for, decides the exit code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tui.cli.commands import PromoteCommand
from tui.cli.confirm import Ask, ask_keyboard, is_confirmed
from tui.cli.drifting import wanted_by_drift
from tui.cli.exits import Exit
from tui.cli.hoist import Course, Teller, carry_out_all
from tui.cli.interruptions import tell_interrupted
from tui.cli.notices import tell_notices
from tui.cli.opening import Opener, opener_for
from tui.cli.output import Console
from tui.cli.plan import print_plans, show_plans, tell_unplanned
from tui.cli.planning import Unplanned, Wanted, ends_of, exit_for, make_plans, requests_of
from tui.cli.running import run_until_signalled
from tui.cli.set_text import ended, going, set_lines, summary_lines, told_amount, unplanned
from tui.domain.plan import Plan
from tui.usecases.workbench import Workbench

_LEFT: Final = "the target's tags are as they were"
_SHOWN_WHOLE: Final = 3
"""Plans that are shown whole before the question; of more each is a line."""


def run_promote(command: PromoteCommand, console: Console) -> Exit:
    """Opens what the settings say and promotes, or plans. Raises SettingsError, UsageError."""
    return run_until_signalled(promote(command, console, opener_for(command.common)), console, _LEFT)


async def promote(command: PromoteCommand, console: Console, opener: Opener, ask: Ask = ask_keyboard) -> Exit:
    """Promotes, or plans, on the workbench that `opener` opens."""
    async with opener() as bench:
        tell_notices(bench, console)
        await tell_interrupted(bench, console)
        wanted = await _wanted(bench, command, console)
        plans = await make_plans(bench, wanted.requests)
        if command.only_plan:
            print_plans(plans, console, as_json=command.as_json)
            return exit_for(plans) or wanted.verdict
        return (await _promote(_Set(bench, plans, command, console), ask) if plans else Exit.DONE) or wanted.verdict


async def _wanted(bench: Workbench, command: PromoteCommand, console: Console) -> Wanted:
    ends = ends_of(bench.path, command)
    if command.all_drift:
        return await wanted_by_drift(bench, command, ends, console)
    return Wanted(requests_of(command, ends))


@dataclass(frozen=True, slots=True)
class _Set:
    """What was planned, at least one, with what it takes to carry it out."""

    bench: Workbench
    plans: Sequence[Plan | Unplanned]
    command: PromoteCommand
    console: Console

    @property
    def made(self) -> list[Plan]:
        """Those that could be planned."""
        return [plan for plan in self.plans if isinstance(plan, Plan)]


async def _promote(wanted: _Set, ask: Ask) -> Exit:
    """Asks and carries out. Those that gates refuse are handed on as well, so that this is journalled."""
    tell_unplanned(wanted.plans, wanted.console)
    is_agreed = wanted.command.is_confirmed or not going(wanted.plans)
    if not is_agreed and not await _agreed(wanted, ask):
        return Exit.REFUSED
    is_set = len(wanted.plans) > 1
    teller = Teller(wanted.console, as_json=wanted.command.as_json, names_images=is_set)
    course = await carry_out_all(wanted.bench, wanted.made, teller)
    if is_set:
        _summarise(wanted, course)
    return _verdict(wanted.plans, course)


async def _agreed(wanted: _Set, ask: Ask) -> bool:
    console = wanted.console
    target = going(wanted.plans)[0].request.target
    if len(wanted.plans) > _SHOWN_WHOLE:
        for line in set_lines(wanted.plans):
            console.say(line)
    else:
        show_plans(wanted.plans, console.say)
    asking = [verdict for plan in going(wanted.plans) for verdict in plan.questions]
    return await is_confirmed(console, target, told_amount(wanted.plans, target.name), ask, asking)


def _summarise(wanted: _Set, course: Course) -> None:
    items = [ended(plan, course.ending(plan)) if isinstance(plan, Plan) else unplanned(plan) for plan in wanted.plans]
    for line in summary_lines(items, wanted.command.target, course.untold):
        wanted.console.say(line)


def _verdict(plans: Sequence[Plan | Unplanned], course: Course) -> Exit:
    """The exit code of the first that did not succeed; an interruption wins over all."""
    if course.is_interrupted:
        return Exit.INTERRUPTED
    codes = (course.exit_of(plan) if isinstance(plan, Plan) else Exit.FAILED for plan in plans)
    return next((code for code in codes if code is not Exit.DONE), Exit.DONE)
