"""Leaving the engine as it was: what a promotion put there goes again, what was there before stays."""

import asyncio
from contextlib import suppress
from typing import Final

from tui.engine.docker.bridge import call_in_thread
from tui.engine.docker.client import Client, LocalImage
from tui.engine.docker.job import Job
from tui.ports.errors import EngineError

TIDY_SECONDS: Final = 10
"""How long tidying up may hold the operator; what takes longer goes on in its thread."""


class Upkeep:
    """Remembers what the engine held before a promotion, and puts that back after it."""

    def __init__(self, client: Client, job: Job) -> None:
        self._client = client
        self._job = job
        self._source: LocalImage | None = None
        self._target: LocalImage | None = None
        self._names: tuple[str, ...] = ()
        self._has_looked = False

    async def look(self) -> None:
        """To be called before the pull: what do source and target name now? Raises EngineError."""
        self._source = await self._find(self._job.pinned)
        self._target = await self._find(self._job.tagged)
        self._has_looked = True

    async def note_pulled(self) -> None:
        """To be called after the pull: the image may have been there all along under other names."""
        image = await self._find(self._job.pinned)
        self._names = image.references if image else ()

    async def tidy(self) -> None:
        """Takes away what the promotion put there, as far as that can be done; a failure is no failed promotion."""
        if not self._has_looked:
            return
        with suppress(TimeoutError, EngineError):
            await asyncio.wait_for(call_in_thread(self._put_back), TIDY_SECONDS)

    def _put_back(self) -> None:
        job, held = self._job, self._client.find(self._job.tagged)
        if held and self._target and self._target.id != held.id:
            self._client.tag(self._target.id, job.target, job.plan.request.target_tag)
        elif held and not self._target and not self._would_lose_names():
            self._client.untag(job.tagged)
        if not self._source and self._client.find(job.pinned):
            self._client.untag(job.pinned)

    def _would_lose_names(self) -> bool:
        """True where the user holds the image under the target's repository by digest alone.

        With the last tag of a repository the classic store also drops the image's digests there (moby, image delete).
        """
        name, mine = _familiar(self._job.target), _familiar(self._job.pinned)
        theirs = (item for item in map(_familiar, self._names) if self._source or item != mine)
        rests = [item.removeprefix(name) for item in theirs if item.startswith(name)]
        return any(rest.startswith("@") for rest in rests) and not any(rest.startswith(":") for rest in rests)

    async def _find(self, reference: str) -> LocalImage | None:
        return await call_in_thread(lambda: self._client.find(reference))


def _familiar(reference: str) -> str:
    """The short form in which an engine lists images of Docker Hub."""
    return reference.removeprefix("docker.io/").removeprefix("library/")
