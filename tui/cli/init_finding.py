"""The registries that `windlass init` works on: found through Azure, or named."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import replace

from tui.cli.confirm import Ask
from tui.cli.output import Console
from tui.domain.discovery import FoundRegistry
from tui.ports.azure import RegistryFinder
from tui.settings.names import parse_host, parse_place

Find = Callable[[], AbstractAsyncContextManager[RegistryFinder]]
"""Logs in to Azure and opens what finds registries there."""


async def find_all(find: Find, console: Console) -> tuple[FoundRegistry, ...]:
    """Every registry that the login can see, each told as it comes. Raises LoginError, RegistryError."""
    found: dict[str, FoundRegistry] = {}
    subscription = None
    console.say("looking for registries in Azure")
    async with find() as finder, aclosing(finder.registries()) as registries:
        async for each in registries:
            if each.subscription != subscription:
                subscription = each.subscription
                console.say(f"subscription {subscription}:")
            console.say(f"  {described(each)}")
            _keep(each, found, console)
    console.say(f"found {len(found)} {'registry' if len(found) == 1 else 'registries'}")
    return tuple(found.values())


def _keep(registry: FoundRegistry, found: dict[str, FoundRegistry], console: Console) -> None:
    """Adds `registry`, once, if it has an address."""
    try:
        host = parse_host(registry.host)
    except ValueError as error:
        console.say(f"  {registry.name} is left out: {error}")
        return
    found.setdefault(host, replace(registry, host=host))


def described(registry: FoundRegistry) -> str:
    """A registry in a line."""
    what = f"{registry.sku}, " if registry.sku else ""
    return f"{registry.host} ({what}resource group {registry.resource_group})"


def named(places: Sequence[str]) -> dict[FoundRegistry, str]:
    """The registries at `places` (`host[:port]`, perhaps with `/prefix`), and the prefix of each."""
    return {_named(host, prefix): prefix for host, _, prefix in (place.partition("/") for place in places)}


def _named(host: str, prefix: str) -> FoundRegistry:
    name = prefix or host.partition(":")[0].partition(".")[0]
    return FoundRegistry(name, host, "", "", "")


async def ask_places(console: Console, ask: Ask) -> tuple[str, ...]:
    """The registries that a person types, one a line and the base first, until a line is empty."""
    places: dict[str, None] = {}
    while True:
        which = "the base" if not places else "the next registry (an empty line ends)"
        answer = (await ask(console, f"{which}, as HOST or HOST/prefix:")).strip()
        if not answer:
            return tuple(places)
        try:
            places[parse_place(answer)] = None
        except ValueError as error:
            console.say(str(error))
