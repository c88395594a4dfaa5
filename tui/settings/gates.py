"""The `gates` of an environment."""

from collections.abc import Sequence
from typing import Final

from tui.domain.environment import Environment, GateRules
from tui.settings.durations import parse_duration
from tui.settings.errors import nearest
from tui.settings.files import read_paths
from tui.settings.names import parse_environment_name, parse_pattern
from tui.settings.table import Table

_KEYS: Final = frozenset({"from", "tags", "min_age", "signed", "signed_by", "approvals", "overwrite"})
_MOST_APPROVALS: Final = 10


def read_gates(table: Table) -> GateRules:
    """The rules in `table`. Raises SettingsError."""
    table.allow(_KEYS)
    pattern = table.parsed("tags", parse_pattern)
    promoted_to = table.all_parsed("from", parse_environment_name)
    min_age = table.parsed("min_age", parse_duration) or 0
    if min_age and not promoted_to:
        mend = 'name them, such as from = ["test"], or leave out min_age'
        raise table.error("min_age", "the age counts in the environments of `from`, and there is none", mend)
    signed_by = read_paths(table, "signed_by")
    return GateRules(
        promoted_to,
        pattern.pattern if pattern else "",
        min_age,
        _is_signed(table, signed_by),
        signed_by,
        _approvals(table),
        table.flag("overwrite") is not False,
    )


def _is_signed(table: Table, signed_by: tuple[str, ...]) -> bool:
    """Whose signature it is to be says that there is to be one."""
    signed = table.flag("signed")
    if signed is False and signed_by:
        raise table.error("signed", "signed_by names whose signature is wanted", "leave out one of them")
    return bool(signed or signed_by)


def _approvals(table: Table) -> int:
    number = table.number("approvals") or 0
    if not 0 <= number <= _MOST_APPROVALS:
        raise table.error("approvals", f"{number} is no number of persons", f"write 0 to {_MOST_APPROVALS}")
    return number


def check_gates(table: Table, environment: Environment, names: Sequence[str]) -> None:
    """Refuses gates of `environment` that ask for one that is not among `names`, or for itself."""
    others = [name for name in names if name != environment.name]
    for position, wanted in enumerate(environment.gates.promoted_to):
        if wanted not in others:
            is_own = wanted == environment.name
            sentence = f"{wanted} is this environment itself" if is_own else f"no environment is called {wanted}"
            raise table.table("gates").item("from", position).error(None, sentence, nearest(wanted, others))
