"""The `gates` of an environment."""

from collections.abc import Sequence
from typing import Final

from tui.domain.environment import Environment, GateRules
from tui.settings.durations import parse_duration
from tui.settings.errors import nearest
from tui.settings.names import parse_environment_name, parse_pattern
from tui.settings.table import Table

_KEYS: Final = frozenset({"from", "tags", "min_age", "signed"})


def read_gates(table: Table) -> GateRules:
    """The rules in `table`. Raises SettingsError."""
    table.allow(_KEYS)
    pattern = table.parsed("tags", parse_pattern)
    promoted_to = table.all_parsed("from", parse_environment_name)
    min_age = table.parsed("min_age", parse_duration) or 0
    if min_age and not promoted_to:
        mend = 'name them, such as from = ["test"], or leave out min_age'
        raise table.error("min_age", "the age counts in the environments of `from`, and there is none", mend)
    return GateRules(promoted_to, pattern.pattern if pattern else "", min_age, table.flag("signed") or False)


def check_gates(table: Table, environment: Environment, names: Sequence[str]) -> None:
    """Refuses gates of `environment` that ask for one that is not among `names`, or for itself."""
    others = [name for name in names if name != environment.name]
    for position, wanted in enumerate(environment.gates.promoted_to):
        if wanted not in others:
            is_own = wanted == environment.name
            sentence = f"{wanted} is this environment itself" if is_own else f"no environment is called {wanted}"
            raise table.table("gates").item("from", position).error(None, sentence, nearest(wanted, others))
