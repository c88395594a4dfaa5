"""The library: manifests and configs by digest, read from a registry once and remembered for ever."""

from tui.domain.content import Descriptor, Index, Manifest
from tui.domain.environment import Environment
from tui.domain.facts import ImageFacts
from tui.domain.identity import Identity
from tui.domain.reference import Digest, Repository
from tui.usecases.tools import Tools


class Library:
    """Content by digest. Of several who ask for one thing at once, one reads it and all get it.

    `recall_…` only remember and give None otherwise; `read_…` ask the registry for what nobody remembers, and raise
    RegistryError. A memory that cannot be read or written is done without.
    """

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def recall_manifest(self, digest: Digest) -> Manifest | Index | None:
        """The manifest, if it was read before."""
        raise NotImplementedError

    async def read_manifest(self, environment: Environment, repository: Repository, digest: Digest) -> Manifest | Index:
        """The manifest `digest` of the board's `repository`. Raises RegistryError."""
        raise NotImplementedError

    async def recall_facts(self, digest: Digest) -> ImageFacts | None:
        """The facts of a config, if it was read before."""
        raise NotImplementedError

    async def read_facts(self, environment: Environment, repository: Repository, blob: Descriptor) -> ImageFacts:
        """The facts of the config `blob`; of what is no image config, UNREADABLE. Raises RegistryError."""
        raise NotImplementedError

    async def recall_presence(self, environment: Environment, repository: Repository, digest: Digest) -> bool | None:
        """Whether the repository holds the manifest, as it was found before."""
        raise NotImplementedError

    async def read_presence(self, environment: Environment, repository: Repository, digest: Digest) -> bool:
        """Whether the repository holds the manifest now, tagged or not. Raises RegistryError."""
        raise NotImplementedError

    async def recall_identity(self, digest: Digest) -> Identity | None:
        """What the image says of its origin, if all that it takes was read before."""
        raise NotImplementedError

    async def read_identity(self, environment: Environment, repository: Repository, digest: Digest) -> Identity:
        """What the image says of its origin: annotations first, then the labels of its first runnable platform.

        At most three requests: index, manifest, config. Raises RegistryError.
        """
        raise NotImplementedError
