"""What a registry wants for each kind of request, learned from one challenge and foreseen for the others.

A registry that wants `repository:shop/api:pull` of one who reads shop/api will want the same with another name of one
who reads that. So a survey of hundreds of repositories meets one challenge and not hundreds. What is foreseen is only
a guess: where it is not taken, the registry's own challenge is followed.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final

from tui.registry.challenge import Challenge

Kind = tuple[tuple[str, str], ...]
"""Type and actions of each scope of a request, without the names."""

_PATIENCE: Final = 3.0
"""Seconds that a request waits for the first of its kind: a dead registry is found dead by all of them at once."""


@lru_cache(maxsize=4096)
def kind_of(scopes: tuple[str, ...]) -> Kind:
    """What requests with `scopes` have in common with those for other repositories."""
    return tuple((scope.partition(":")[0], scope.rpartition(":")[2]) for scope in scopes)


def foreseen(challenge: Challenge, taught_by: tuple[str, ...], scopes: tuple[str, ...]) -> Challenge | None:
    """`challenge`, to a request with `taught_by`, as it will be for `scopes` of the same kind; None where unclear."""
    names = dict(zip(map(_name, taught_by), map(_name, scopes), strict=True))
    renamed = [_renamed(scope, names) for scope in challenge.scopes]
    known = tuple(scope for scope in renamed if scope is not None)
    return replace(challenge, scopes=known) if len(known) == len(renamed) else None


def _name(scope: str) -> str:
    return scope.partition(":")[2].rpartition(":")[0]


def _renamed(scope: str, names: Mapping[str, str]) -> str | None:
    name = names.get(_name(scope))
    return None if name is None else f"{scope.partition(':')[0]}:{name}:{scope.rpartition(':')[2]}"


class Challenges:
    """The challenges of one registry, and who goes first where there was none yet."""

    def __init__(self) -> None:
        self._exact: dict[tuple[str, ...], Challenge] = {}
        self._foreseen: dict[tuple[str, ...], Challenge | None] = {}
        self._taught: dict[Kind, tuple[tuple[str, ...], Challenge]] = {}
        self._met: set[Kind] = set()
        self._locks: dict[Kind, asyncio.Lock] = {}

    def learn(self, scopes: tuple[str, ...], challenge: Challenge) -> None:
        """Keeps the challenge that a request with `scopes` met."""
        self._exact[scopes] = challenge
        self._taught[kind_of(scopes)] = scopes, challenge
        self._foreseen.clear()

    def find(self, scopes: tuple[str, ...]) -> Challenge | None:
        """The challenge that a request with `scopes` met or, as far as can be foreseen, would meet."""
        if known := self._exact.get(scopes):
            return known
        if scopes not in self._foreseen:
            taught = self._taught.get(kind_of(scopes))
            self._foreseen[scopes] = foreseen(taught[1], taught[0], scopes) if taught else None
        return self._foreseen[scopes]

    def is_foreseen(self, scopes: tuple[str, ...]) -> bool:
        """True where no request with these very `scopes` met a challenge."""
        return scopes not in self._exact

    async def lead(self, scopes: tuple[str, ...]) -> asyncio.Lock | None:
        """A lock, held, for the first request of its kind, which releases it; None for those that need not lead.

        Waits while another one leads. Where that fails or is cancelled, the next one does.
        """
        kind = kind_of(scopes)
        if kind in self._met:
            return None
        lock = self._locks.setdefault(kind, asyncio.Lock())
        if not await _acquired(lock):
            return None
        if kind not in self._met:
            return lock
        lock.release()
        return None

    def meet(self, scopes: tuple[str, ...]) -> None:
        """Lets everybody of the kind go: one of them was answered."""
        self._met.add(kind_of(scopes))


async def _acquired(lock: asyncio.Lock) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE):
            return await lock.acquire()
    except TimeoutError:
        return False
