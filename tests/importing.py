"""An importer that copies between embedded registries as Azure does, without Azure Resource Manager."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field

from tui.domain.environment import Environment
from tui.domain.events import Side
from tui.domain.reference import Digest, Repository
from tui.ports.azure import ImportAdvanced, ImportJob
from tui.ports.errors import ImportFailed, LoginError
from tui.sandbox.registry import Registry

FAILURE = ImportFailed("import shop/api", Side.TARGET, "this login may not import")


@dataclass(slots=True)
class StoreImporter:
    """Copies what an image refers to, and nothing that refers to it; the tag last.

    `error` is raised before anything is copied, `lost` afterwards. While `gate` is not set, imports do not end; with
    `waits_with_tag` those that set a tag never do. Without `copies` it succeeds and does nothing.
    """

    registries: Mapping[str, Registry]
    refused: str | LoginError = ""
    error: ImportFailed | LoginError | None = None
    lost: ImportFailed | None = None
    states: tuple[ImportAdvanced, ...] = (ImportAdvanced("Running", 0.0), ImportAdvanced("Succeeded", 2.0))
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    waits_with_tag: bool = False
    copies: bool = True
    jobs: list[ImportJob] = field(default_factory=list[ImportJob])
    running: int = 0
    most: int = 0

    def __post_init__(self) -> None:
        self.gate.set()

    async def refusal(self, source: Environment, target: Environment) -> str:
        if isinstance(self.refused, LoginError):
            raise self.refused
        return self.refused

    async def run(self, job: ImportJob) -> AsyncGenerator[ImportAdvanced, None]:
        self.jobs.append(job)
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            for state in self.states:
                yield state
            await (asyncio.Event() if self.waits_with_tag and job.tag else self.gate).wait()
            self._end(job)
        finally:
            self.running -= 1

    def _end(self, job: ImportJob) -> None:
        if self.error is not None:
            raise self.error
        if not self.copies:
            return
        source, target = self.registries[job.source.name], self.registries[job.target.name]
        _copy(source, job.origin, target, job.place, job.digest)
        manifest = target.store.manifest(job.place, job.digest)
        assert manifest is not None
        if job.tag is not None:
            target.store.put_manifest(job.place, job.digest, manifest, [job.tag])
        if self.lost is not None:
            raise self.lost


def _copy(source: Registry, origin: Repository, target: Registry, place: Repository, digest: Digest) -> None:
    manifest = source.store.manifest(origin, digest)
    assert manifest is not None
    for child in manifest.children:
        _copy(source, origin, target, place, child)
    for blob in manifest.blobs:
        content = source.store.blob(origin, blob)
        assert content is not None
        target.store.add_blob(place, blob, content)
    target.store.put_manifest(place, digest, manifest)
