"""The sample world: four environments, a dozen repositories, and every kind of drift between them.

The same seed makes the same bytes. Each environment has a registry of its own; `prod` is protected, slow and behind;
one repository of `test` is forbidden. `test` and `prod` are Azure's in kind, and one tag of `prod` is locked.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from tui.domain.environment import Kind
from tui.domain.history import Sighting
from tui.domain.reference import Repository, Tag
from tui.sandbox.auth import Acr, Anonymous
from tui.sandbox.delivery import deliveries
from tui.sandbox.faults import Faults
from tui.sandbox.layout import SITES, Site
from tui.sandbox.ledger import Books, Ledger, Look, replay, sightings
from tui.sandbox.planting import Stock, plant, telling_looks
from tui.sandbox.recipes import RECIPES
from tui.sandbox.records import Attributes
from tui.sandbox.registry import Registry
from tui.sandbox.releases import Workshop
from tui.sandbox.signing import sign, signed_tags
from tui.sandbox.world import Environment, World

_FORBIDDEN: Final = ("test", "platform/metrics")
_SLOW: Final = 0.03
_JITTER: Final = 0.05
_LOCKED: Final = "shop/cron"
_EVERYTHING: Final = frozenset({"pull", "push", "delete", "metadata_read", "metadata_write", "*"})
_LOOKED: Final = (timedelta(days=20), timedelta(days=1))
"""How long ago somebody looked at the whole board."""


def sample_world(seed: int) -> World:
    """The world of `seed`, loaded and ready to serve."""
    workshop = Workshop(seed)
    made = {recipe.name: workshop.releases(recipe) for recipe in RECIPES}
    stock: Stock = {name: [each for each in releases if each.stable] for name, releases in made.items()}
    environments = _environments()
    ledger = {each.name: _books(each.name, made, workshop.now) for each in environments}
    planted = plant(workshop, stock, ledger)
    for environment in environments:
        replay(environment, ledger[environment.name])
        sign(environment, stock, workshop.now)
    world = World(environments, planted, tuple(_earlier(ledger, stock, workshop.now)))
    _lock(world)
    return world


def _environments() -> tuple[Environment, ...]:
    environment, repository = _FORBIDDEN
    faults = {environment: Faults(forbidden={repository}), "prod": Faults(slow=_SLOW, jitter=_JITTER)}
    return tuple(_environment(site, faults.get(site.name, Faults())) for site in SITES)


def _environment(site: Site, faults: Faults) -> Environment:
    auth = Acr(open=True, guest=_EVERYTHING) if site.kind is Kind.ACR else Anonymous()
    registry = Registry(site.name, auth=auth, faults=faults)
    return Environment(site.name, registry, protected=site.protected, kind=site.kind)


def _books(environment: str, made: Stock, now: datetime) -> Books:
    """What reached `environment`; two repositories of three are promoted a release later than the others."""
    return {
        recipe.name: [
            *deliveries(environment, recipe, made[recipe.name], int(number % 3 != 0), now),
            *signed_tags(environment, recipe, made[recipe.name], now),
        ]
        for number, recipe in enumerate(RECIPES)
    }


def _earlier(ledger: Ledger, stock: Stock, now: datetime) -> Iterator[Sighting]:
    """What was seen of it all before, where it could be seen."""
    looks = [*telling_looks(stock), *(Look(now - ago) for ago in _LOOKED)]
    for sighting in sightings(ledger, sorted(looks, key=lambda look: look.at)):
        if (sighting.environment, sighting.repository) != _FORBIDDEN:
            yield sighting


def _lock(world: World) -> None:
    """Locks the tag of `prod` that holds an image no build made, as people do who fear for their repair."""
    planted = next(each for each in world.planted if each.repository == _LOCKED and each.reason == "foreign")
    environment = world.environment(planted.environment)
    place, tag = Repository(environment.prefix + planted.repository), Tag(planted.tag)
    record = environment.registry.store.record(place, tag)
    if record is None:
        raise LookupError(f"{place}:{tag} was planted and is not there")
    environment.registry.store.set_record(place, tag, replace(record, attributes=Attributes(writable=False)))
