"""One import on Azure's side, from its beginning to its end. Imports azure-core: import it where it is used."""

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any, Final, cast

from azure.core.exceptions import AzureError, HttpResponseError
from azure.core.polling.base_polling import BadResponse, BadStatus
from azure.mgmt.containerregistry.models import ImportImageParameters, ImportSource
from azure.mgmt.core.polling.async_arm_polling import AsyncARMPolling

from tui.azure.arm_failures import Said, elsewhere, import_failure, lost_sight, unbegun
from tui.azure.pipeline import TRANSIENT, ElsewhereError, cause_of
from tui.azure.wording import problem, shown
from tui.domain.discovery import FoundRegistry
from tui.ports.azure import ImportAdvanced, ImportJob

if TYPE_CHECKING:
    from azure.mgmt.containerregistry.aio import ContainerRegistryManagementClient

SIGN_OF_LIFE: Final = 5.0
"""Seconds between two words on a running import, also where Azure is asked more seldom."""
LONGEST_DELAY: Final = 60.0
"""Seconds between two questions, whatever Azure asks for: somebody is waiting."""
PATIENCE: Final = 300.0
"""Seconds that an import is waited for of which Azure says nothing."""


class Watch(AsyncARMPolling):
    """The SDK's own way to ask how an operation goes, a question at a time instead of in a loop of its own.

    It keeps the operation's address, so a question that failed can be asked again.
    """

    @property
    def answer(self) -> Any:
        """The answer to the last question, or to the request that began the operation."""
        return cast("Any", self)._pipeline_response.http_response

    def delay(self) -> float:
        """Seconds until Azure wants to be asked again, LONGEST_DELAY at most."""
        return min(self._extract_delay(), LONGEST_DELAY)


class ImportOperation:
    """An import as one of Azure's long-running operations."""

    def __init__(
        self,
        client: "ContainerRegistryManagementClient",
        job: ImportJob,
        target: FoundRegistry,
        source: FoundRegistry | None,
        interval: float,
    ) -> None:
        self._client = client
        self._job = job
        self._target = target
        self._source = source
        self._watch: Any = Watch(interval)
        self._begun = self._heard = time.monotonic()

    async def run(self) -> AsyncGenerator[ImportAdvanced, None]:
        """Begins it, and tells how it goes until it has succeeded. Raises ImportFailed, LoginError."""
        await self._begin()
        self._heard = time.monotonic()
        yield self._progress()
        while not self._watch.finished():
            async for progress in self._pause(self._watch.delay()):
                yield progress
            await self._look()
            yield self._progress()
        if self._watch.status().lower() != "succeeded":
            raise self._failure(self._watch.answer)

    def _progress(self) -> ImportAdvanced:
        return ImportAdvanced(shown(str(self._watch.status()), 60), time.monotonic() - self._begun)

    async def _pause(self, seconds: float) -> AsyncGenerator[ImportAdvanced, None]:
        while seconds > SIGN_OF_LIFE:
            await asyncio.sleep(SIGN_OF_LIFE)
            seconds -= SIGN_OF_LIFE
            yield self._progress()
        await asyncio.sleep(seconds)

    async def _begin(self) -> None:
        group, name = self._target.resource_id.split("/")[4::4]
        parameters = _parameters(self._job, self._source)
        try:
            await self._client.registries.begin_import_image(group, name, parameters, polling=self._watch)
        except HttpResponseError as error:
            raise self._failure(error.response) from None
        except AzureError as error:
            raise unbegun(self._job, cause_of(error)) from None

    async def _look(self) -> None:
        """Asks once how it goes. A question without an answer is let pass, and asked again; the import goes on."""
        try:
            await self._watch.update_status()
        except BadStatus:
            answer = self._watch.answer
            if answer.status_code not in TRANSIENT:
                raise self._failure(answer) from None
            self._bear(f"it answers {answer.status_code}")
        except ElsewhereError as error:
            raise elsewhere(self._job, shown(str(error))) from None
        except BadResponse:
            self._bear("the answer cannot be read")
        except AzureError as error:
            self._bear(cause_of(error))
        else:
            self._heard = time.monotonic()

    def _bear(self, cause: str) -> None:
        silent = time.monotonic() - self._heard
        if silent > PATIENCE:
            raise lost_sight(self._job, cause, silent) from None

    def _failure(self, answer: Any) -> Exception:
        code, message = problem(answer.text()) if answer is not None else ("", "")
        said = Said(answer.status_code if answer is not None else 0, code, message)
        return import_failure(self._job, self._target, self._source, said)


def _parameters(job: ImportJob, source: FoundRegistry | None) -> ImportImageParameters:
    """By digest: a tag that moves meanwhile would be left pointing at a manifest that is not there (azure-cli #29974).

    Only tags are protected from being overwritten, so the mode matters only with one.
    """
    image = f"{job.origin}@{job.digest}"
    place: Any = {"resource_id": source.resource_id} if source else {"registry_uri": job.source.registry}
    named: Any = (
        {"target_tags": [f"{job.place}:{job.tag}"]} if job.tag else {"untagged_target_repositories": [job.place]}
    )
    mode = "Force" if job.overwrites else "NoForce"
    return ImportImageParameters(source=ImportSource(source_image=image, **place), mode=mode, **named)
