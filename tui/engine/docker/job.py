"""A promotion as the engine is to do it: the plan in the references and logins that the engine takes."""

from dataclasses import dataclass, field
from typing import Final

from tui.domain.plan import Plan
from tui.domain.reference import Reference
from tui.engine.docker.client import Login

_HUB: Final = "docker.io"
_HUB_ALIASES: Final = frozenset({"index.docker.io", "registry-1.docker.io"})
"""Hosts of Docker Hub; only under its own name do an engine and `docker login` know it."""


@dataclass(frozen=True, slots=True)
class Job:
    """A plan with what the engine needs to carry it out. None as a login leaves it to the Docker configuration."""

    plan: Plan
    pull_login: Login | None = field(default=None, repr=False)
    push_login: Login | None = field(default=None, repr=False)

    @property
    def source(self) -> str:
        """The source's repository with its registry."""
        return _name(self.plan.source)

    @property
    def target(self) -> str:
        """The target's repository with its registry."""
        return _name(self.plan.target)

    @property
    def pinned(self) -> str:
        """The source as it is pulled: by digest, so that nobody can move it."""
        return f"{self.source}@{self.plan.digest}"

    @property
    def tagged(self) -> str:
        """The target as it is pushed: the tag always said."""
        return f"{self.target}:{self.plan.request.target_tag}"


def _name(reference: Reference) -> str:
    host = _HUB if reference.registry in _HUB_ALIASES else reference.registry
    return f"{host}/{reference.repository}"
