"""From what Azure Resource Manager refuses to the errors of the ports, each one sentence that says how to mend it."""

from dataclasses import dataclass
from typing import Final

from tui.domain.discovery import FoundRegistry
from tui.domain.events import Side
from tui.ports.azure import ImportJob
from tui.ports.errors import (
    Forbidden,
    ImportFailed,
    InvalidAnswer,
    NotFound,
    RegistryError,
    Throttled,
    Unauthorised,
    Unreachable,
)

ROLE: Final = "Container Registry Data Importer and Data Reader"
"""Azure's built-in role 577a9874-89fd-4f24-9dbd-b5034d0ad23a: may import into a registry, and read one."""
MOST_MANIFESTS: Final = 50
"""Manifests of an image that Azure imports (learn.microsoft.com, "Import container images", Limitations)."""

_BY_STATUS: Final[dict[int, type[RegistryError]]] = {
    401: Unauthorised,
    403: Forbidden,
    404: NotFound,
    429: Throttled,
}


@dataclass(frozen=True, slots=True)
class Said:
    """What Azure answered: the status (0 where it is not known), its code and its sentence, both fit to show."""

    status: int = 0
    code: str = ""
    message: str = ""

    @property
    def sentence(self) -> str:
        """What there is to show of it."""
        if self.message and self.code:
            return f"{self.message.rstrip('.')} ({self.code})"
        return self.message or self.code or f"it answers {self.status}"


def listing_failure(operation: str, where: str, said: Said) -> RegistryError:
    """A list that was refused."""
    kind = _BY_STATUS.get(said.status) or (Unreachable if said.status >= 500 else InvalidAnswer)
    mend = {401: ": run `az login`", 403: ': the role "Reader" on the subscription lets it be listed'}
    return kind(operation, where, f"{said.sentence}{mend.get(said.status, '')}")


def import_failure(job: ImportJob, target: FoundRegistry, source: FoundRegistry | None, said: Said) -> ImportFailed:
    """An import that was refused, or that failed. `target` and `source` are as Azure knows them."""
    if said.code == "LinkedAuthorizationFailed" and source:
        return _failed(job, Side.SOURCE, f"this login may not read {source.host} through Azure: {_granting(source)}")
    if said.status == 403:
        return _failed(job, Side.TARGET, f"this login may not import into {target.host}: {_granting(target)}")
    if said.status == 401:
        return _failed(job, Side.TARGET, f"Azure does not take the login ({said.sentence}): run `az login`")
    if said.status == 409 and not job.overwrites and job.tag and "exist" in said.message.lower():
        there = f"{job.place}:{job.tag} is there already and was not to be overwritten"
        return _failed(job, Side.TARGET, f"{there}: plan again, and confirm the move of the tag")
    if said.status == 429:
        return _failed(job, Side.TARGET, f'Azure asks to wait ({said.sentence}): try later, or with engine = "direct"')
    if _is_too_large(said):
        limit = f"Azure imports images of at most {MOST_MANIFESTS} manifests"
        return _failed(job, Side.SOURCE, f'{limit} ({said.sentence}): use engine = "direct"')
    side = Side.SOURCE if "source" in said.message.lower() else Side.TARGET
    return _failed(job, side, said.sentence)


def unbegun(job: ImportJob, cause: str) -> ImportFailed:
    """The request to begin was not answered."""
    doubt = "nobody knows whether Azure began: look at the target before it is tried again"
    return _failed(job, Side.TARGET, f"no answer from Azure Resource Manager ({cause}); {doubt}")


def lost_sight(job: ImportJob, cause: str, seconds: float) -> ImportFailed:
    """An import that goes on, but is not answered for any more."""
    doubt = "Azure may still end it: look at the target before it is tried again"
    return _failed(job, Side.TARGET, f"Azure has not said for {seconds:.0f} s how it goes ({cause}); {doubt}")


def elsewhere(job: ImportJob, host: str) -> ImportFailed:
    """The operation is to be asked for on another host."""
    doubt = "look at the target before it is tried again"
    return _failed(job, Side.TARGET, f"Azure's answer refers to {host}, which is not to see the login; {doubt}")


def unknown_target(job: ImportJob, sentence: str) -> ImportFailed:
    """The registry is not one that Azure lets this login see."""
    return _failed(job, Side.TARGET, sentence)


def unseen(host: str) -> str:
    """Why Azure cannot import: `host` is not among the registries that were found."""
    mend = "`az acr list` shows them; check `tenant` and `subscriptions`"
    return f"{host} is not among the registries that this login sees in Azure: {mend}"


def _granting(registry: FoundRegistry) -> str:
    return f'`az role assignment create --role "{ROLE}" --assignee YOU --scope {registry.resource_id}`'


def _is_too_large(said: Said) -> bool:
    text = f"{said.code} {said.message}".lower()
    return "toomanymanifests" in text or ("manifest" in text and any(word in text for word in ("exceed", "too many")))


def _failed(job: ImportJob, side: Side, detail: str) -> ImportFailed:
    return ImportFailed(f"import {job.place} into {job.target.registry}", side, detail)
