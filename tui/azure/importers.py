"""One Importer for environments that want different logins or lie in different clouds."""

from collections.abc import AsyncGenerator, Callable

from tui.azure.arm_failures import unknown_target
from tui.domain.environment import Environment
from tui.ports.azure import ImportAdvanced, Importer, ImportJob


class ByTarget:
    """Leaves each import to the importer of its target.

    `choose` gives the importer for an environment, one for each login and cloud, or a sentence why there is none.
    """

    def __init__(self, choose: Callable[[Environment], Importer | str]) -> None:
        self._choose = choose

    async def refusal(self, source: Environment, target: Environment) -> str:
        """Why Azure cannot import from `source` into `target`: one sentence; empty where it can be tried."""
        chosen = self._choose(target)
        return chosen if isinstance(chosen, str) else await chosen.refusal(source, target)

    def run(self, job: ImportJob) -> AsyncGenerator[ImportAdvanced, None]:
        """Imports. Raises ImportFailed, LoginError."""
        chosen = self._choose(job.target)
        if isinstance(chosen, str):
            raise unknown_target(job, chosen)
        return chosen.run(job)
