"""The sample world: four environments, a dozen repositories, and every kind of drift between them.

The same seed makes the same bytes. Each environment has a registry of its own; `prod` is protected, slow and behind;
one repository of `test` is forbidden. `test` and `prod` are Azure's in kind, and one tag of `prod` is locked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from tui.domain.environment import Kind
from tui.domain.reference import Repository, Tag
from tui.sandbox.auth import Acr, Anonymous
from tui.sandbox.faults import Faults
from tui.sandbox.images import push_into
from tui.sandbox.layout import SITES, Site
from tui.sandbox.planting import Shelf, Stock, plant
from tui.sandbox.recipes import RECIPES
from tui.sandbox.records import Attributes
from tui.sandbox.registry import Registry
from tui.sandbox.releases import Release, Workshop, bill_of_materials, signature, signature_tag
from tui.sandbox.world import Environment, World

_FORBIDDEN: Final = "platform/metrics"
_SLOW: Final = 0.03
_JITTER: Final = 0.05
_LAG: Final[Mapping[str, int]] = {"base": 0, "dev": 0, "test": 1, "prod": 2}
"""Releases that an environment is behind the base, where a repository keeps up well."""
_TRAVEL: Final[Mapping[str, timedelta]] = {
    "base": timedelta(minutes=4),
    "dev": timedelta(hours=3),
    "test": timedelta(days=1),
    "prod": timedelta(days=4),
}
"""How long a release is on its way from its build to an environment."""
_SIGNING: Final = timedelta(minutes=1)
_EVERYTHING: Final = frozenset({"pull", "push", "delete", "metadata_read", "metadata_write", "*"})
_SIGNED_TAG: Final = "platform/gateway"
_UNSIGNED_IN_PROD: Final = 2


def sample_world(seed: int) -> World:
    """The world of `seed`, loaded and ready to serve."""
    workshop = Workshop(seed)
    stock = {recipe.name: workshop.releases(recipe) for recipe in RECIPES}
    born = {each.image.digest: each.created for releases in stock.values() for each in releases}
    environments = _environments()
    shelves = {each.name: _shelves(each.name, stock) for each in environments}
    planted = plant(workshop, stock, shelves)
    for environment in environments:
        for repository, shelf in shelves[environment.name].items():
            for tag, image in shelf.items():
                at = _arrival(environment, born.get(image.digest, workshop.now), workshop.now)
                push_into(environment.registry, environment.prefix + repository, image, tag, at)
        _sign(environment, stock, shelves[environment.name], workshop.now)
    world = World(environments, planted)
    _lock(world)
    return world


def _environments() -> tuple[Environment, ...]:
    faults = {"test": Faults(forbidden={_FORBIDDEN}), "prod": Faults(slow=_SLOW, jitter=_JITTER)}
    return tuple(_environment(site, faults.get(site.name, Faults())) for site in SITES)


def _environment(site: Site, faults: Faults) -> Environment:
    auth = Acr(open=True, guest=_EVERYTHING) if site.kind is Kind.ACR else Anonymous()
    registry = Registry(site.name, auth=auth, faults=faults)
    return Environment(site.name, registry, protected=site.protected, kind=site.kind)


def _arrival(environment: Environment, created: datetime, now: datetime) -> datetime:
    """When what was built at `created` came to `environment`."""
    return min(created + _TRAVEL[environment.name], now)


def _lock(world: World) -> None:
    """Locks the tag of `prod` that holds an image no build made, as people do who fear for their repair."""
    planted = next(each for each in world.planted if each.reason == "foreign" and each.environment == "prod")
    environment = world.environment(planted.environment)
    place, tag = Repository(environment.prefix + planted.repository), Tag(planted.tag)
    record = environment.registry.store.record(place, tag)
    if record is None:
        raise LookupError(f"{place}:{tag} was planted and is not there")
    environment.registry.store.set_record(place, tag, replace(record, attributes=Attributes(writable=False)))


def _shelves(environment: str, stock: Stock) -> dict[str, Shelf]:
    shelves = {
        name: _shelf(_promoted(environment, releases, laggard=number % 3 != 0))
        for number, (name, releases) in enumerate(stock.items())
    }
    if environment in {"base", "dev"}:
        tag, image = signature_tag(_stable(stock[_SIGNED_TAG])[-3].image)
        shelves[_SIGNED_TAG][tag] = image
    return shelves


def _promoted(environment: str, releases: Sequence[Release], *, laggard: bool) -> Sequence[Release]:
    """The releases that reached `environment`: only plain versions go beyond dev."""
    if environment == "base":
        return releases
    chosen = releases if environment == "dev" else _stable(releases)
    lag = _LAG[environment] + laggard
    return chosen[: len(chosen) - lag]


def _stable(releases: Sequence[Release]) -> Sequence[Release]:
    return [release for release in releases if release.stable]


def _shelf(releases: Sequence[Release]) -> Shelf:
    newest = _stable(releases)[-1]
    return {release.tag: release.image for release in releases} | {"latest": newest.image}


def _sign(environment: Environment, stock: Stock, shelves: Mapping[str, Shelf], now: datetime) -> None:
    """Attaches signatures and SBOMs; what came last to prod went there without, as a plain copy does it."""
    for recipe in (recipe for recipe in RECIPES if recipe.signed):
        held = [each for each in _stable(stock[recipe.name]) if each.tag in shelves[recipe.name]]
        for release in held[:-_UNSIGNED_IN_PROD] if environment.protected else held:
            for make in (signature, bill_of_materials):
                at = _arrival(environment, release.created + _SIGNING, now)
                push_into(environment.registry, environment.prefix + recipe.name, make(release.image), at=at)
