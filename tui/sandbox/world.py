"""A world: environments in the order of the promotion path, each a registry and perhaps a prefix within it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui.domain.environment import Kind
from tui.domain.history import Sighting
from tui.sandbox.registry import Registry


@dataclass(frozen=True, slots=True)
class Environment:
    """A registry, the prefix that this environment's repositories have there, whether it is protected, its kind."""

    name: str
    registry: Registry
    prefix: str = ""
    protected: bool = False
    kind: Kind = Kind.OCI


@dataclass(frozen=True, slots=True)
class Planted:
    """A cell of the board that sample content was made for, with the drift state and reason it is to show."""

    environment: str
    repository: str
    tag: str
    state: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class World:
    """Environments, the base first, what was planted in them, and what earlier surveys saw, the oldest first."""

    environments: tuple[Environment, ...]
    planted: tuple[Planted, ...] = ()
    earlier: tuple[Sighting, ...] = ()

    def registries(self) -> Mapping[str, Registry]:
        """The registries by name; environments that share one name it once."""
        return {environment.registry.name: environment.registry for environment in self.environments}

    def environment(self, name: str) -> Environment:
        """The environment of this name. Raises KeyError."""
        return {environment.name: environment for environment in self.environments}[name]

    def names(self) -> Sequence[str]:
        """The environments' names in order."""
        return [environment.name for environment in self.environments]
