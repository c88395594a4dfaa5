"""What planning and promoting work with. A command that has one of them need not know what the others speak of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tui.domain.environment import EngineName, Environment
from tui.usecases.brought import Brought

if TYPE_CHECKING:
    from tui.ports.engine import Engine
    from tui.ports.journal import Clock, Journal
    from tui.ports.memory import ContentMemory
    from tui.ports.notify import Notifier
    from tui.ports.registry import Registry, TagLocker
    from tui.ports.trust import Trust


@dataclass(frozen=True, slots=True)
class Tools:
    """Registries by environment (the base first), engines by name, the journal, what was read before, and the clock.

    `lockers` holds those environments whose registry can lock tags. Without `trust` no signature is ever proved;
    without a `notifier` nobody is told. `pauses` are the seconds between two looks at a target that does not show yet
    what was written: some registries list later than they take. `brought` is what promotions side by side share.
    """

    registries: "Mapping[Environment, Registry]"
    engines: "Mapping[EngineName, Engine]"
    journal: "Journal"
    memory: "ContentMemory"
    clock: "Clock"
    lockers: "Mapping[Environment, TagLocker]" = field(default_factory=dict[Environment, "TagLocker"])
    trust: "Trust | None" = None
    notifier: "Notifier | None" = None
    pauses: tuple[float, ...] = (0.5, 1.0, 2.0)
    brought: Brought = field(default_factory=Brought, compare=False, repr=False)
