"""Settings that are understood and checked, but that cannot be carried out: each becomes a sentence."""

from collections.abc import Iterator

from tui.domain.environment import Kind
from tui.settings.table import Table


def unmet_wishes(table: Table, name: str, kind: Kind) -> tuple[str, ...]:
    """A sentence for each setting of the environment `name` that stays a wish. Raises SettingsError."""
    return tuple(_wishes(table, name, kind))


def _wishes(table: Table, name: str, kind: Kind) -> Iterator[str]:
    if table.flag("lock") and kind is not Kind.ACR:
        yield f'lock: only Azure\'s registries have locks (kind = "acr"); in {name} the tag can still be moved'
