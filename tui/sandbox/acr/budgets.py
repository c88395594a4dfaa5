"""Budgets: how many requests of a kind an identity may send in a minute before it is answered 429.

Each is a token bucket that fills continuously. The figures of `BASIC` and `PREMIUM` are those that Microsoft's article
"Azure Container Registry service tiers" gives; requests for tokens have one budget for the whole registry.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final, Literal, Self

from aiohttp import web
from aiohttp.typedefs import Handler

from tui.sandbox.auth import GUARD, TOKEN_ROUTES
from tui.sandbox.errors import Code, Refused
from tui.sandbox.paths import route_of

Kind = Literal["reads", "writes", "referrers", "oauth"]

_MINUTE: Final = 60.0
_EVERYBODY: Final = "everybody"


@dataclass(frozen=True, slots=True)
class Budgets:
    """Requests in a minute, by kind; None is without limit."""

    reads: int | None = None
    writes: int | None = None
    referrers: int | None = None
    oauth: int | None = None

    BASIC: ClassVar[Self]
    """The tiers Basic and Standard."""
    PREMIUM: ClassVar[Self]

    def of(self, kind: Kind) -> int | None:
        """The requests of `kind` in a minute."""
        return {"reads": self.reads, "writes": self.writes, "referrers": self.referrers, "oauth": self.oauth}[kind]


Budgets.BASIC = Budgets(reads=5_000, writes=1_000, referrers=250, oauth=10_000)
Budgets.PREMIUM = Budgets(reads=10_000, writes=2_000, referrers=1_000, oauth=20_000)


@dataclass(slots=True)
class _Bucket:
    level: float
    at: float


class Meter:
    """Spends budgets. `clock` gives seconds."""

    def __init__(self, budgets: Budgets, clock: Callable[[], float]) -> None:
        self._budgets = budgets
        self._clock = clock
        self._buckets: dict[tuple[Kind, str], _Bucket] = {}

    def spend(self, kind: Kind, identity: str) -> float:
        """Takes one request from the budget, if it has one; else the seconds until it will."""
        limit = self._budgets.of(kind)
        if limit is None:
            return 0.0
        now = self._clock()
        bucket = self._buckets.setdefault((kind, identity), _Bucket(limit, now))
        level = min(limit, bucket.level + (now - bucket.at) * limit / _MINUTE)
        bucket.level, bucket.at = level - (level >= 1), now
        return 0.0 if level >= 1 else (1 - level) * _MINUTE / limit if limit else _MINUTE


METER: web.AppKey[Meter] = web.AppKey("meter", Meter)


@web.middleware
async def keep_budgets(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Lets a request through that its identity's budget has room for. Raises Refused: TOOMANYREQUESTS."""
    kind = _kind(request)
    identity = request.app[GUARD].identity(request.headers.get("Authorization", ""))
    wait = request.app[METER].spend(kind, _EVERYBODY if kind == "oauth" else identity)
    if wait:
        headers = {"Retry-After": str(min(math.ceil(wait), int(_MINUTE)))}
        raise Refused(Code.TOOMANYREQUESTS, "too many requests, please retry later", headers=headers)
    return await handler(request)


def _kind(request: web.Request) -> Kind:
    route = route_of(request)
    if route in TOKEN_ROUTES:
        return "oauth"
    if route == "referrers":
        return "referrers"
    return "reads" if request.method in {"GET", "HEAD"} else "writes"
