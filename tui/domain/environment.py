"""Environments and the promotion path through them."""

from dataclasses import dataclass
from enum import StrEnum

from tui.domain.hooks import Hook
from tui.domain.reference import Digest, Reference, Repository, Tag


class Kind(StrEnum):
    """What a registry speaks beyond the distribution API."""

    ACR = "acr"
    OCI = "oci"


class EngineName(StrEnum):
    """The ways to promote; `auto` leaves the choice to the plan."""

    AUTO = "auto"
    DIRECT = "direct"
    DOCKER = "docker"
    ACR_IMPORT = "acr-import"


@dataclass(frozen=True, slots=True)
class GateRules:
    """What an environment demands of a promotion into it.

    `promoted_to` names environments that must already hold the digest; `tags` is a regular expression that the
    whole target tag must match, empty for any. `signed_by` are the absolute paths of PEM files with a public key or a
    certificate: one of them must have made the signature; without any, it is enough that there is one.
    """

    promoted_to: tuple[str, ...] = ()
    tags: str = ""
    min_age_seconds: int = 0
    signed: bool = False
    signed_by: tuple[str, ...] = ()
    approvals: int = 0
    """How many persons other than the one who promotes must have approved the digest for this environment."""
    overwrites: bool = True
    """False where a tag, once it holds a digest, keeps it."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A registry, perhaps narrowed to a repository prefix, with its rules. `registry` is `host[:port]`."""

    name: str
    registry: str
    prefix: str = ""
    kind: Kind = Kind.OCI
    engine: EngineName = EngineName.AUTO
    protected: bool = False
    read_only: bool = False
    gates: GateRules = GateRules()
    lock: bool = False
    """True where a promoted tag is locked afterwards, so that nobody moves it (ACR)."""
    notify: tuple[Hook, ...] = ()
    """Who is told of each promotion into it."""
    follow: bool = False
    """True where new tags are taken from the environment before as they appear, while somebody follows."""
    record: bool = True
    """True where a promotion is recorded at the target, as a referrer of what was promoted."""
    unmet_wishes: tuple[str, ...] = ()
    """Sentences on settings that this version accepts but cannot carry out; every plan shows them."""

    def __hash__(self) -> int:
        """Of the name, which no two of a path share: of all that is looked up by environment, little else is hashed."""
        return hash(self.name)

    def locate(self, repository: Repository) -> Repository:
        """The repository's full name in this environment's registry: the prefix and the board's name."""
        return Repository(self.prefix + repository)

    def reference(self, repository: Repository, tag: Tag | None = None, digest: Digest | None = None) -> Reference:
        """The full reference of an image of the board's `repository` in this environment."""
        return Reference(self.registry, self.locate(repository), tag, digest)

    @property
    def title(self) -> str:
        """The name as shown: a protected environment carries its mark everywhere."""
        return f"{self.name}▲" if self.protected else self.name


@dataclass(frozen=True, slots=True)
class PromotionPath:
    """Environments in the order that images travel; the first is the base."""

    environments: tuple[Environment, ...]

    @property
    def base(self) -> Environment:
        """Where images are built into."""
        return self.environments[0]

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in order."""
        return tuple(environment.name for environment in self.environments)

    def find(self, name: str) -> Environment | None:
        """The environment called `name`."""
        return next((item for item in self.environments if item.name == name), None)

    def owner_of(self, reference: Reference) -> tuple[Environment, Repository] | None:
        """The environment that holds `reference`, and the board's name of its repository; None where none does.

        Of several in one registry it is the one with the longest prefix.
        """
        owners = [
            item
            for item in self.environments
            if item.registry == reference.registry and reference.repository.startswith(item.prefix)
        ]
        if not owners:
            return None
        owner = max(owners, key=lambda item: len(item.prefix))
        name = reference.repository.removeprefix(owner.prefix)
        return (owner, Repository(name)) if name else None

    def after(self, name: str) -> Environment | None:
        """The environment that follows `name`; None after the last."""
        return self._neighbour(name, 1)

    def before(self, name: str) -> Environment | None:
        """The environment that precedes `name`; None before the base."""
        return self._neighbour(name, -1)

    def _neighbour(self, name: str, step: int) -> Environment | None:
        position = self.names.index(name) + step
        return self.environments[position] if 0 <= position < len(self.environments) else None
