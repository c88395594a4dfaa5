"""Showing plans: `windlass plan`, `promote --dry-run`, and before a question."""

from collections.abc import Callable, Sequence

from tui.cli.output import Console
from tui.cli.plan_text import plan_lines
from tui.cli.planning import Unplanned
from tui.domain.plan import Plan


def print_plans(plans: Sequence[Plan | Unplanned], console: Console, *, as_json: bool) -> None:
    """The plans on stdout, as text or as one document; why some could not be made on stderr."""
    if as_json:
        import json

        from tui.cli.plan_documents import plans_document

        console.document(json.dumps(plans_document(plans), indent=2))
    else:
        show_plans(plans, console.data)
    tell_unplanned(plans, console)


def show_plans(plans: Sequence[Plan | Unplanned], write: Callable[[str], None]) -> None:
    """Writes the plans as text."""
    for plan in plans:
        if isinstance(plan, Plan):
            for line in plan_lines(plan):
                write(line)


def tell_unplanned(plans: Sequence[Plan | Unplanned], console: Console) -> None:
    """Says why some plans could not be made."""
    for plan in plans:
        if isinstance(plan, Unplanned):
            console.say(f"{plan.image}: {plan.cause}")
