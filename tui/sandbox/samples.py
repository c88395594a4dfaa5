"""The sample world: four environments, a dozen repositories, and every kind of drift between them.

The same seed makes the same bytes. Each environment has a registry of its own; `prod` is protected, slow and behind;
one repository of `test` is forbidden.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from tui.sandbox.faults import Faults
from tui.sandbox.images import push_into
from tui.sandbox.layout import SITES
from tui.sandbox.planting import Shelf, Stock, plant
from tui.sandbox.recipes import RECIPES
from tui.sandbox.registry import Registry
from tui.sandbox.releases import Release, Workshop, bill_of_materials, signature, signature_tag
from tui.sandbox.world import Environment, World

_FORBIDDEN: Final = "platform/metrics"
_SLOW: Final = 0.03
_JITTER: Final = 0.05
_LAG: Final[Mapping[str, int]] = {"base": 0, "dev": 0, "test": 1, "prod": 2}
"""Releases that an environment is behind the base, where a repository keeps up well."""
_SIGNED_TAG: Final = "platform/gateway"
_UNSIGNED_IN_PROD: Final = 2


def sample_world(seed: int) -> World:
    """The world of `seed`, loaded and ready to serve."""
    workshop = Workshop(seed)
    stock = {recipe.name: workshop.releases(recipe) for recipe in RECIPES}
    environments = _environments()
    shelves = {each.name: _shelves(each.name, stock) for each in environments}
    planted = plant(workshop, stock, shelves)
    for environment in environments:
        for repository, shelf in shelves[environment.name].items():
            for tag, image in shelf.items():
                push_into(environment.registry, environment.prefix + repository, image, tag)
        _sign(environment, stock, shelves[environment.name])
    return World(environments, planted)


def _environments() -> tuple[Environment, ...]:
    faults = {"test": Faults(forbidden={_FORBIDDEN}), "prod": Faults(slow=_SLOW, jitter=_JITTER)}
    return tuple(
        Environment(site.name, Registry(site.name, faults=faults.get(site.name, Faults())), protected=site.protected)
        for site in SITES
    )


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


def _sign(environment: Environment, stock: Stock, shelves: Mapping[str, Shelf]) -> None:
    """Attaches signatures and SBOMs; what came last to prod went there without, as a plain copy does it."""
    for recipe in (recipe for recipe in RECIPES if recipe.signed):
        held = [each for each in _stable(stock[recipe.name]) if each.tag in shelves[recipe.name]]
        for release in held[:-_UNSIGNED_IN_PROD] if environment.protected else held:
            for make in (signature, bill_of_materials):
                push_into(environment.registry, environment.prefix + recipe.name, make(release.image))
