"""The `[azure]` table: where Azure Resource Manager is, and what of it is looked at."""

from typing import Final

from tui.settings.files import read_ca
from tui.settings.model import AzureSettings
from tui.settings.names import parse_arm, parse_subscription, parse_tenant
from tui.settings.table import Table

_KEYS: Final = frozenset({"tenant", "subscriptions", "arm", "ca"})


def read_azure(table: Table) -> AzureSettings:
    """What `table` says of Azure. Raises SettingsError."""
    table.allow(_KEYS)
    return AzureSettings(
        tenant=table.parsed("tenant", parse_tenant) or "",
        subscriptions=table.all_parsed("subscriptions", parse_subscription),
        arm=table.parsed("arm", parse_arm) or "",
        ca=read_ca(table),
    )
