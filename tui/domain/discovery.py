"""Registries that a login can see, and the promotion path that their names suggest. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FoundRegistry:
    """A registry in Azure. `host` is its login server; `resource_id` is its full name in Azure Resource Manager."""

    name: str
    host: str
    resource_id: str
    subscription: str
    """The subscription's name for people, or its id where it has none."""
    resource_group: str
    sku: str = ""
    has_repository_permissions: bool = False
    """True in the mode "RBAC Registry + ABAC Repository Permissions"."""
