"""A promotion as the engine is to do it: the plan in the references and logins that the engine takes."""

from dataclasses import dataclass, field

from tui.domain.plan import Plan
from tui.domain.reference import Reference
from tui.engine.docker.client import Login


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
    return f"{reference.registry}/{reference.repository}"
