"""Which engine carries an image, and why not another."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from tui.domain.environment import EngineName, Kind
from tui.domain.plan import Forecast, Request, Tree
from tui.ports.engine import Engine

_ONE_REGISTRY: Final = "both ends are in one registry, where direct mounts and no bytes move"


def named_engine(request: Request) -> EngineName:
    """The engine that a request names: its own, else the target's; `auto` where neither does."""
    return request.target.engine if request.engine is EngineName.AUTO else request.engine


async def foresee(engines: Mapping[EngineName, Engine], request: Request, tree: Tree) -> Forecast:
    """The forecast of the engine that will carry `tree`. Raises EngineError, RegistryError.

    `auto` is `acr-import` where both ends are Azure's and it refuses nothing, else `direct`, which then says why.
    """
    named = named_engine(request)
    if named is not EngineName.AUTO:
        return await engines[named].forecast(request, tree)
    direct = await engines[EngineName.DIRECT].forecast(request, tree)
    if {request.source.kind, request.target.kind} != {Kind.ACR}:
        return direct
    imported = await _try_import(engines, request, tree)
    return imported if isinstance(imported, Forecast) else replace(direct, instead=f"not acr-import: {imported}")


async def _try_import(engines: Mapping[EngineName, Engine], request: Request, tree: Tree) -> Forecast | str:
    """The forecast of `acr-import`, or why it is not taken."""
    if request.source.registry == request.target.registry:
        return _ONE_REGISTRY
    engine = engines.get(EngineName.ACR_IMPORT)
    if engine is None:
        return "it is not available here"
    forecast = await engine.forecast(request, tree)
    return forecast.refusal or forecast
