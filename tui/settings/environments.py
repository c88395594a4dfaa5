"""One `[[environment]]` table into an environment."""

from collections.abc import Callable
from typing import Final, TypeVar

from tui.domain.azure import is_azure
from tui.domain.environment import EngineName, Environment, Kind
from tui.settings.gates import read_gates
from tui.settings.hooks import read_hooks
from tui.settings.names import parse_environment_name, parse_host, parse_prefix
from tui.settings.table import Table
from tui.settings.wishes import unmet_wishes

T = TypeVar("T")

_KEYS: Final = frozenset(
    {"name", "registry", "prefix", "kind", "auth", "engine", "protected", "read_only", "gates"}
    | {"lock", "notify", "follow", "record", "plain_http", "ca"}
    | {"tenant", "send_azure_token", "token_env", "token_file", "token_user"}
)
_PROTECTED_NAMES: Final = frozenset({"prod", "production"})


def read_environment(table: Table) -> Environment:
    """The environment that `table` describes. Raises SettingsError."""
    table.allow(_KEYS)
    name = _required(table, "name", parse_environment_name, 'name = "test"')
    registry = _required(table, "registry", parse_host, 'registry = "registry.example.com"')
    kind = table.choice("kind", Kind) or (Kind.ACR if is_azure(registry) else Kind.OCI)
    protected = table.flag("protected")
    return Environment(
        name=name,
        registry=registry,
        prefix=table.parsed("prefix", parse_prefix) or "",
        kind=kind,
        engine=_engine(table, kind),
        protected=name in _PROTECTED_NAMES if protected is None else protected,
        read_only=table.flag("read_only") or False,
        gates=read_gates(table.table("gates")),
        lock=kind is Kind.ACR and table.flag("lock") is True,
        notify=read_hooks(table),
        follow=table.flag("follow") or False,
        record=table.flag("record") is not False,
        unmet_wishes=unmet_wishes(table, name, kind),
    )


def _required(table: Table, key: str, parse: Callable[[str], T], example: str) -> T:
    value = table.parsed(key, parse)
    if value is None:
        raise table.error(None, f"this environment has no {key}", f"write {example}")
    return value


def _engine(table: Table, kind: Kind) -> EngineName:
    engine = table.choice("engine", EngineName) or EngineName.AUTO
    if engine is EngineName.ACR_IMPORT and kind is not Kind.ACR:
        reason = "acr-import is done by Azure, which imports only into its own registries; this one is oci"
        raise table.error("engine", reason, 'write engine = "direct", or kind = "acr" if it is one')
    return engine
