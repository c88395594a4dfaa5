"""Two embedded registries, or one that is both ends, with an image to promote and all that belongs to it."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from aiohttp import web

from tests.endurance.mischief import Mischief, SkippingClock
from tests.lab import picture
from tui.domain.environment import Environment
from tui.domain.reference import Digest, Repository, Tag
from tui.sandbox import attachments, images
from tui.sandbox.auth import Bearer
from tui.sandbox.images import Image
from tui.sandbox.registry import Registry

API, TAG = Repository("shop/api"), Tag("1.0.0")
IN_PROD: Final = Repository("prod/shop/api")
AUTH: Final = Bearer("ops", "planted-secret-77aa")


@dataclass(frozen=True, slots=True)
class Cargo:
    """What is promoted, what it replaces, and what belongs to it."""

    old: Image
    new: Image
    signature: Image
    cosigned: tuple[str, Image]


@lru_cache
def cargo() -> Cargo:
    """An index of two platforms, one of them with several megabytes, with a referrer and a tag of cosign's."""
    new = images.index([picture(1, layers=1, size=3_000_000), picture(2, layers=1, platform="linux/arm64")])
    return Cargo(picture(9, layers=1), new, attachments.signature(new), next(iter(attachments.cosign_tags(new))))


@dataclass(slots=True)
class Stage:
    """The registries by side, their hosts, and what goes wrong with them."""

    mischief: Mischief
    place: Repository
    registries: dict[str, Registry] = field(default_factory=dict[str, Registry])
    hosts: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def target(self) -> Registry:
        """The registry that is promoted into."""
        return self.registries.get("target") or self.registries["both"]

    @property
    def path(self) -> tuple[Environment, Environment]:
        """The environments base and prod."""
        source, target = (self.hosts.get(side) or self.hosts["both"] for side in ("source", "target"))
        return Environment("base", source), Environment("prod", target, self.place.removesuffix(API))

    def held(self) -> Digest | None:
        """What the target's tag holds, looked up in the registry itself."""
        return self.target.store.resolve(self.place, TAG)

    def gaps(self) -> list[str]:
        """What the target's tag lacks of the old or the new image; every manifest and blob is looked at."""
        for image in (cargo().old, cargo().new):
            if self.held() == image.digest:
                return list(self._gaps_of(image))
        return [f"the tag holds {self.held()}, which is neither the old image nor the new one"]

    def gaps_of_company(self) -> list[str]:
        """What the target lacks of what belongs to the new image."""
        store, (tag, cosigned) = self.target.store, cargo().cosigned
        gaps = list(self._gaps_of(cargo().signature)) + list(self._gaps_of(cosigned))
        if cargo().signature.digest not in store.referrers(self.place, cargo().new.digest):
            gaps.append("the signature is not listed")
        if store.resolve(self.place, Tag(tag)) != cosigned.digest:
            gaps.append(f"{tag} is not right")
        return gaps

    def _gaps_of(self, image: Image) -> Iterator[str]:
        store = self.target.store
        manifest = store.manifest(self.place, image.digest)
        if manifest is None or manifest.data != image.manifest:
            yield f"the manifest {image.digest}"
        for digest, content in image.blobs.items():
            held = store.blob(self.place, digest)
            if held is None or b"".join(held.read(0, held.size)) != content.data:
                yield f"the blob {digest}"
        for child in image.children:
            yield from self._gaps_of(child)


@asynccontextmanager
async def staged(mischief: Mischief) -> AsyncGenerator[Stage, None]:
    """A registry to promote from and one to promote into."""
    stage = Stage(mischief, API)
    async with AsyncExitStack() as stack:
        for side in ("source", "target"):
            await stack.enter_async_context(_served(stage, side))
        _load(stage, stage.registries["source"])
        yield stage


@asynccontextmanager
async def staged_as_one(mischief: Mischief) -> AsyncGenerator[Stage, None]:
    """One registry, in which everything can be mounted."""
    stage = Stage(mischief, IN_PROD)
    async with _served(stage, "both"):
        _load(stage, stage.registries["both"])
        yield stage


def _load(stage: Stage, source: Registry) -> None:
    images.push_into(source, API, cargo().new, TAG)
    images.push_into(source, API, cargo().signature)
    tag, cosigned = cargo().cosigned
    images.push_into(source, API, cosigned, tag)
    images.push_into(stage.target, stage.place, cargo().old, TAG)


@asynccontextmanager
async def _served(stage: Stage, side: str) -> AsyncGenerator[None, None]:
    """Serves the registry of `side`. It takes manifests whose content it lacks: the client alone sees to the order."""
    registry = Registry(side, auth=AUTH, missing_content="accept", clock=SkippingClock())
    application = registry.app()
    application.middlewares.insert(0, stage.mischief.at(side))
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.01)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        stage.registries[side], stage.hosts[side] = registry, f"127.0.0.1:{runner.addresses[0][1]}"
        yield
    finally:
        await runner.cleanup()
