"""What planning and promoting work with."""

from collections.abc import Mapping
from dataclasses import dataclass

from tui.domain.environment import EngineName, Environment
from tui.ports.engine import Engine
from tui.ports.journal import Clock, Journal
from tui.ports.registry import Registry


@dataclass(frozen=True, slots=True)
class Tools:
    """Registries by environment (the base first), engines by name, the journal and the clock."""

    registries: Mapping[Environment, Registry]
    engines: Mapping[EngineName, Engine]
    journal: Journal
    clock: Clock
