"""A registry as Resource Manager knows it."""

from dataclasses import dataclass

from tui.sandbox.registry import Registry


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """An embedded registry, and what Azure knows it by."""

    registry: Registry
    name: str
    login_server: str
    subscription: str
    resource_group: str
    sku: str
    has_repository_permissions: bool

    @property
    def id(self) -> str:
        """The resource id."""
        group = f"/subscriptions/{self.subscription}/resourceGroups/{self.resource_group}"
        return f"{group}/providers/Microsoft.ContainerRegistry/registries/{self.name}"
