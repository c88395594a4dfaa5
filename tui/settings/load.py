"""The settings in a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tui.domain.environment import EngineName, Environment, Kind, PromotionPath
from tui.domain.scope import Scope
from tui.settings.azure import read_azure
from tui.settings.connections import read_connection
from tui.settings.document import read_document
from tui.settings.environments import read_environment
from tui.settings.errors import SettingsError
from tui.settings.gates import check_gates
from tui.settings.keys import read_keys
from tui.settings.model import Settings
from tui.settings.names import parse_glob, parse_pattern
from tui.settings.table import Table

_KEYS: Final = frozenset({"repositories", "exclude", "tags", "environment", "keys", "azure"})
_TAG_KEYS: Final = frozenset({"include", "exclude"})
_EXAMPLE: Final = "write [[environment]] with name and registry, the base first"


def load_settings(path: Path) -> Settings:
    """The settings in the file at `path`. Raises SettingsError."""
    document = read_document(path)
    document.allow(_KEYS)
    scope, keys, azure = _scope(document), read_keys(document.table("keys")), read_azure(document.table("azure"))
    tables = document.tables("environment", "write [[environment]], with two brackets")
    if not tables:
        raise SettingsError(str(path), "there is no environment", _EXAMPLE)
    environments = [read_environment(table) for table in tables]
    _check_together(tables, environments)
    connections = {
        each.name: read_connection(table, each, azure.tenant) for table, each in zip(tables, environments, strict=True)
    }
    return Settings(PromotionPath(tuple(environments)), scope, connections, str(path), keys, azure)


def _scope(document: Table) -> Scope:
    tags = document.table("tags")
    tags.allow(_TAG_KEYS)
    return Scope(
        document.all_parsed("repositories", parse_glob),
        document.all_parsed("exclude", parse_glob),
        tags.all_parsed("include", parse_pattern),
        tags.all_parsed("exclude", parse_pattern),
    )


def _check_together(tables: Sequence[Table], environments: Sequence[Environment]) -> None:
    """Refuses environments that cannot stand beside each other."""
    names: dict[str, int | None] = {}
    places: dict[tuple[str, str], str] = {}
    for table, each in zip(tables, environments, strict=True):
        if each.name in names:
            told = f"there is an environment called {each.name} already, in line {names[each.name]}"
            raise table.error("name", told, "give each its own name")
        place = each.registry, each.prefix
        if place in places:
            told = f"this is the same place as {places[place]}: {each.registry}/{each.prefix}"
            raise table.error("registry", told, "give one of them another registry or a prefix")
        names[each.name] = table.line("name")
        places[place] = each.name
    for table, each in zip(tables, environments, strict=True):
        check_gates(table, each, list(names))
        _check_import(table, each, environments)
    _check_base(tables[0], environments[0])


def _check_base(table: Table, base: Environment) -> None:
    """Refuses what is about promotions into the base: there are none, and who wrote it counts on it elsewhere."""
    gates, mend = table.table("gates"), "write it for an environment after it, or leave it out"
    said = (
        (table, "follow", base.follow),
        (gates, "signed_by", base.gates.signed_by),
        (gates, "approvals", base.gates.approvals),
        (gates, "overwrite", not base.gates.overwrites),
    )
    for place, key, is_said in said:
        if is_said:
            raise place.error(key, "nothing is promoted into the base, which images are built into", mend)


def _check_import(table: Table, environment: Environment, environments: Sequence[Environment]) -> None:
    """Refuses acr-import where nothing could ever be imported from; from which of several, a plan says."""
    others = [each for each in environments if each is not environment]
    if environment.engine is EngineName.ACR_IMPORT and all(each.kind is not Kind.ACR for each in others):
        told = "acr-import is done by Azure between its own registries, and no other environment is one"
        raise table.error("engine", told, 'write engine = "direct"')
