"""The platform of a single image, which stands in its config, not in its manifest."""

from collections.abc import Mapping

from tui.domain.content import Manifest, Platform
from tui.domain.environment import Environment
from tui.domain.plan import Request, Tree
from tui.ports.registry import BlobFetcher
from tui.usecases.inspect import read_config


class ConfigPlatforms:
    """Reads platforms from configs, in the registries of the environments."""

    def __init__(self, sources: Mapping[Environment, BlobFetcher]) -> None:
        self._sources = sources

    async def __call__(self, request: Request, tree: Tree) -> Platform | None:
        """The platform in the config of `tree`'s root; None for what is no single image. Raises RegistryError."""
        image, source = tree.root.parsed, self._sources[request.source]
        if not isinstance(image, Manifest) or not image.is_image:
            return None
        config = await read_config(source, request.source, request.source.locate(request.repository), image)
        return config.platform if config else None
