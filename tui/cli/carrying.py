"""Carrying out what was planned: asking, hoisting, and what came of it. Imported when there is a plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tui.cli.commands_writing import PromoteCommand
from tui.cli.confirm import Ask, is_confirmed
from tui.cli.exits import Exit
from tui.cli.hoist import Course, Teller, carry_out_all
from tui.cli.output import Console
from tui.cli.plan import show_plans, tell_unplanned
from tui.cli.planning import Unplanned
from tui.cli.set_text import ended, going, set_lines, summary_lines, told_amount, unplanned
from tui.domain.plan import Plan
from tui.usecases.workbench import Workbench

_SHOWN_WHOLE: Final = 3
"""Plans that are shown whole before the question; of more each is a line."""


@dataclass(frozen=True, slots=True)
class WantedSet:
    """What was planned, at least one, with what it takes to carry it out."""

    bench: Workbench
    plans: Sequence[Plan | Unplanned]
    command: PromoteCommand
    console: Console

    @property
    def made(self) -> list[Plan]:
        """Those that could be planned."""
        return [plan for plan in self.plans if isinstance(plan, Plan)]


async def carry_out(wanted: WantedSet, ask: Ask) -> Exit:
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


async def _agreed(wanted: WantedSet, ask: Ask) -> bool:
    console = wanted.console
    target = going(wanted.plans)[0].request.target
    if len(wanted.plans) > _SHOWN_WHOLE:
        for line in set_lines(wanted.plans):
            console.say(line)
    else:
        show_plans(wanted.plans, console.say)
    asking = [verdict for plan in going(wanted.plans) for verdict in plan.questions]
    return await is_confirmed(console, target, told_amount(wanted.plans, target.name), ask, asking)


def _summarise(wanted: WantedSet, course: Course) -> None:
    items = [ended(plan, course.ending(plan)) if isinstance(plan, Plan) else unplanned(plan) for plan in wanted.plans]
    for line in summary_lines(items, wanted.command.target, course.untold):
        wanted.console.say(line)


def _verdict(plans: Sequence[Plan | Unplanned], course: Course) -> Exit:
    """The exit code of the first that did not succeed; an interruption wins over all."""
    if course.is_interrupted:
        return Exit.INTERRUPTED
    codes = (course.exit_of(plan) if isinstance(plan, Plan) else Exit.FAILED for plan in plans)
    return next((code for code in codes if code is not Exit.DONE), Exit.DONE)
