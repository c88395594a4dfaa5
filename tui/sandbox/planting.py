"""Planting of drift: cells for every state and for every reason, put into the books of each environment.

`shop/checkout` has all seven reasons in prod, under seven tags that follow one another.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tui.sandbox.blueprints import flattened, packed_again, thinned, wrapped
from tui.sandbox.delivery import arrival, exact
from tui.sandbox.images import Image
from tui.sandbox.ledger import Ledger, Look, Push
from tui.sandbox.releases import Release, Workshop
from tui.sandbox.world import Planted

Stock = Mapping[str, Sequence[Release]]
"""The base's stable releases by repository, the oldest first."""

CHECKOUT: Final = "shop/checkout"
_FIXED: Final = timedelta(hours=20)
"""After how long a tag of the base was pushed again; the next release but one is never sooner."""
_HURRY: Final = timedelta(hours=10)
"""How long a promotion took that came before the tag was pushed again."""
_BY_HAND: Final = timedelta(hours=12)
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Swap:
    """In `environment` the tag of `release` holds `image`, in the place of the release's own."""

    environment: str
    repository: str
    release: Release
    image: Image
    reason: str

    def planted(self) -> Planted:
        """The cell that shows it."""
        return Planted(self.environment, self.repository, self.release.tag, "differs", self.reason)


def plant(workshop: Workshop, stock: Stock, ledger: Ledger) -> tuple[Planted, ...]:
    """Puts what is planted into the ledger, and says which cells now show what."""
    swaps = [*_swaps(workshop, stock), *_checkout(workshop, stock[CHECKOUT])]
    for swap in swaps:
        pushes = ledger[swap.environment][swap.repository]
        pushes[:] = [_swapped(push, swap) for push in pushes]
    repushed = _repush(workshop, stock, ledger)
    _remove(stock, ledger)
    return (*(swap.planted() for swap in swaps), *repushed, *_extra(workshop, stock, ledger), *_observed(stock))


def _swapped(push: Push, swap: Swap) -> Push:
    return Push(push.tags, swap.image, push.at) if swap.release.tag in push.tags else push


def _swaps(workshop: Workshop, stock: Stock) -> Iterator[Swap]:
    payments, web, search, auth = (
        stock[name] for name in ("shop/payments", "shop/web", "shop/search", "platform/auth")
    )
    migrate, cron, ingest = stock["tools/migrate"], stock["shop/cron"], stock["data/ingest"]
    yield Swap("prod", "shop/cron", cron[-4], _by_hand(workshop, cron[-4]), "foreign")
    yield Swap("prod", "shop/payments", payments[-5], payments[-6].image, "behind")
    yield Swap("test", "shop/web", web[-4], flattened(web[-4].image), "flattened")
    yield Swap("test", "platform/auth", auth[-5], thinned(auth[-5].image), "flattened")
    yield Swap("dev", "shop/search", search[-3], wrapped(search[-3].image), "wrapped")
    yield Swap("prod", "tools/migrate", migrate[-5], packed_again(migrate[-5].blueprint), "recompressed")
    yield Swap("prod", "shop/web", web[-6], packed_again(web[-6].blueprint), "recompressed")
    yield Swap("test", "shop/search", search[-4], workshop.rebuilt(search[-4]).image, "rebuilt")
    nameless = workshop.nameless(ingest[-4].tag, ingest[-4].created + _BY_HAND)
    yield Swap("dev", "data/ingest", ingest[-4], nameless.image, "foreign")


def _checkout(workshop: Workshop, releases: Sequence[Release]) -> Iterator[Swap]:
    """Six of the seven, one after the other; the seventh tag is pushed again in the base. The first four releases
    here are of one platform, the others indexes."""
    around, packed, behind, foreign, rebuilt, flat = releases[2:8]
    yield Swap("prod", CHECKOUT, around, wrapped(around.image), "wrapped")
    yield Swap("prod", CHECKOUT, packed, packed_again(packed.blueprint), "recompressed")
    yield Swap("prod", CHECKOUT, behind, packed.image, "behind")
    yield Swap("prod", CHECKOUT, foreign, _by_hand(workshop, foreign), "foreign")
    yield Swap("prod", CHECKOUT, rebuilt, workshop.rebuilt(rebuilt).image, "rebuilt")
    yield Swap("prod", CHECKOUT, flat, flattened(flat.image), "flattened")


def _by_hand(workshop: Workshop, release: Release) -> Image:
    return workshop.foreign(release.tag, release.created + _BY_HAND).image


def _repush(workshop: Workshop, stock: Stock, ledger: Ledger) -> Iterator[Planted]:
    """Tags of the base that were pushed twice: prod had the older image before that, or was given it afterwards."""
    hurried, late = _hurried(stock), stock["shop/payments"][-7]
    for repository, release in ((CHECKOUT, hurried), ("shop/payments", late)):
        fixed = workshop.fixed(release, release.created + _FIXED)
        for environment in ("base", "dev", "test"):
            at = arrival(environment, fixed.created, workshop.now)
            ledger[environment][repository].append(Push((release.tag,), fixed.image, at))
    early = Push((hurried.tag,), hurried.image, hurried.created + _HURRY)
    ledger["prod"][CHECKOUT].append(early)
    yield Planted("prod", CHECKOUT, hurried.tag, "differs", "moved")
    yield Planted("prod", "shop/payments", late.tag, "differs", "behind")


def _hurried(stock: Stock) -> Release:
    return stock[CHECKOUT][8]


def telling_looks(stock: Stock) -> tuple[Look, Look]:
    """When what is gone now was there still; and when prod held already what was pushed first under the tag that has
    `moved`, and the base still did."""
    removal, moved = _removal(stock) - _HURRY / 2, _hurried(stock).created + (_HURRY + _FIXED) / 2
    return Look(removal, CHECKOUT), Look(moved, CHECKOUT)


def _removal(stock: Stock) -> datetime:
    return stock[CHECKOUT][5].created


def _remove(stock: Stock, ledger: Ledger) -> None:
    """A tag that test no longer has, and one that nobody has any more."""
    gone = stock[CHECKOUT][1]
    at = _removal(stock)
    ledger["test"][CHECKOUT].append(Push((gone.tag,), None, at))
    trial = f"{gone.tag}-rc.1"
    for environment in ("base", "dev"):
        first = arrival(environment, gone.created - _DAY, at)
        ledger[environment][CHECKOUT] += [Push((trial,), gone.image, first), Push((trial,), None, at)]


def _extra(workshop: Workshop, stock: Stock, ledger: Ledger) -> Iterator[Planted]:
    cron = stock["shop/cron"][-4]
    hotfix = workshop.foreign(f"{cron.tag}-hotfix.1", cron.created + _BY_HAND)
    legacy = [workshop.foreign(tag, workshop.now - days * _DAY) for tag, days in (("0.9.3", 90), ("0.9.4", 60))]
    for repository, release in (("shop/cron", hotfix), *(("shop/legacy", each) for each in legacy)):
        ledger["prod"].setdefault(repository, []).append(exact("prod", release, workshop.now))
        yield Planted("prod", repository, release.tag, "extra")


def _observed(stock: Stock) -> Iterator[Planted]:
    """What lagging behind, the forbidden repository and a deleted tag make of themselves."""
    api, metrics = stock["shop/api"], stock["platform/metrics"]
    yield Planted("prod", "shop/web", "latest", "differs", "behind")
    yield Planted("prod", "shop/api", api[-1].tag, "missing")
    yield Planted("test", CHECKOUT, stock[CHECKOUT][1].tag, "missing")
    yield Planted("dev", "shop/api", api[0].tag, "in-sync")
    yield Planted("test", "shop/api", api[0].tag, "in-sync")
    yield Planted("prod", "shop/api", api[0].tag, "in-sync")
    yield Planted("test", "platform/metrics", metrics[0].tag, "unknown")
