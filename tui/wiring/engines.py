"""From registries to the engines that promote between them. Each is made, and imported, when it is first asked for."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

from tui.domain.environment import EngineName, Environment
from tui.wiring.on_demand import OnDemand

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from tui.domain.plan import Request, Tree
    from tui.domain.platform import Platform
    from tui.engine.direct import DirectEngine
    from tui.ports.azure import Importer
    from tui.ports.engine import Engine
    from tui.ports.registry import Registry


def open_engines(
    registries: "Mapping[Environment, Registry]", make_importer: "Callable[[], Importer]"
) -> "Mapping[EngineName, Engine]":
    """The engines by their names."""

    @cache
    def direct() -> "DirectEngine":
        from tui.engine.direct import DirectEngine

        return DirectEngine(registries)

    def docker() -> "Engine":
        from tui.engine.docker.engine import DockerEngine

        return DockerEngine(platform_of=_platform_reader(registries))

    def acr_import() -> "Engine":
        from tui.engine.acr_import import AcrImportEngine

        return AcrImportEngine(make_importer(), registries, direct())

    makers: Mapping[EngineName, Callable[[], Engine]] = {
        EngineName.DIRECT: direct,
        EngineName.DOCKER: docker,
        EngineName.ACR_IMPORT: acr_import,
    }
    return OnDemand(makers)


def _platform_reader(
    registries: Mapping[Environment, "Registry"],
) -> "Callable[[Request, Tree], Awaitable[Platform | None]]":
    from tui.usecases.inspect import first_image, read_config

    async def platform_of(request: "Request", tree: "Tree") -> "Platform | None":
        image = first_image(tree)
        if image is None:
            return None
        located = request.source.locate(request.repository)
        config = await read_config(registries[request.source], request.source, located, image)
        return config.platform if config else None

    return platform_of
