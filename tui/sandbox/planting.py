"""Planting of drift: one cell for every state and for every reason that content alone can show.

That a base tag moved after a promotion only a journal knows; it is left to be made by whoever pushes there.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tui.sandbox.images import Image
from tui.sandbox.recipes import RECIPES, Recipe
from tui.sandbox.releases import Release, Workshop, flattened, packed_again, wrapped
from tui.sandbox.world import Planted

Shelf = dict[str, Image]
"""The images of one repository in one environment, by tag."""

Shelves = Mapping[str, dict[str, Shelf]]
"""By environment and by repository."""

Stock = Mapping[str, Sequence[Release]]
"""The base's releases by repository, the oldest first."""


_LEGACY: Final = Recipe("shop/legacy", 0, releases=2)
_CRON: Final = next(recipe for recipe in RECIPES if recipe.name == "shop/cron")


def plant(workshop: Workshop, stock: Stock, shelves: Shelves) -> tuple[Planted, ...]:
    """Puts the planted images on `shelves` and says which cells now show what."""
    stable = {name: [each for each in releases if each.stable] for name, releases in stock.items()}
    found: list[Planted] = []
    for planted, image in [*_differing(workshop, stable), *_extra(workshop, stable)]:
        shelves[planted.environment].setdefault(planted.repository, {})[planted.tag] = image
        found.append(planted)
    return (*found, *_observed(stable))


def _differing(workshop: Workshop, stable: Stock) -> Iterator[tuple[Planted, Image]]:
    payments, web, search = stable["shop/payments"], stable["shop/web"], stable["shop/search"]
    migrate, cron = stable["tools/migrate"], stable["shop/cron"]
    yield _differs("prod", "shop/payments", payments[-5], "behind"), payments[-6].image
    yield _differs("test", "shop/web", web[-4], "flattened"), flattened(web[-4])
    yield _differs("dev", "shop/search", search[-3], "wrapped"), wrapped(search[-3])
    yield _differs("prod", "tools/migrate", migrate[-5], "recompressed"), packed_again(migrate[-5])
    yield _differs("test", "shop/search", search[-4], "rebuilt"), workshop.rebuilt(search[-4])
    yield _differs("prod", "shop/cron", cron[-4], "foreign"), workshop.foreign(_CRON, cron[-4].tag)


def _differs(environment: str, repository: str, release: Release, reason: str) -> Planted:
    return Planted(environment, repository, release.tag, "differs", reason)


def _extra(workshop: Workshop, stable: Stock) -> Iterator[tuple[Planted, Image]]:
    hotfix = f"{stable['shop/cron'][-4].tag}-hotfix.1"
    yield Planted("prod", "shop/cron", hotfix, "extra"), workshop.foreign(_CRON, hotfix)
    for tag in ("0.9.3", "0.9.4"):
        yield Planted("prod", _LEGACY.name, tag, "extra"), workshop.foreign(_LEGACY, tag)


def _observed(stable: Stock) -> Iterator[Planted]:
    """What lagging behind and the forbidden repository make of themselves."""
    api, metrics = stable["shop/api"], stable["platform/metrics"]
    yield Planted("prod", "shop/web", "latest", "differs", "behind")
    yield Planted("prod", "shop/api", api[-1].tag, "missing")
    yield Planted("dev", "shop/api", api[0].tag, "in-sync")
    yield Planted("test", "shop/api", api[0].tag, "in-sync")
    yield Planted("prod", "shop/api", api[0].tag, "in-sync")
    yield Planted("test", "platform/metrics", metrics[0].tag, "unknown")
