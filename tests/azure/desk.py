"""Two registries known to a Resource Manager on loopback, and the client that is tested against it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.lab import picture
from tui.azure.arm import Arm
from tui.azure.clouds import cloud_at
from tui.domain.environment import Environment, Kind
from tui.domain.notices import Notice
from tui.domain.reference import Digest, Repository, Tag
from tui.ports.azure import AzureToken, ImportAdvanced, ImportJob
from tui.ports.errors import LoginError
from tui.sandbox import arm as sandbox
from tui.sandbox import images
from tui.sandbox.registry import Registry

SECRET = "eyJhbGciOiJub25lIn0.c2VjcmV0.c2lnbmF0dXJl"
BASE = Environment("base", "contosobase.azurecr.io", kind=Kind.ACR)
PROD = Environment("prod", "contosoprod.azurecr.io", kind=Kind.ACR)
PLACE = Repository("shop/api")
VERSION = Tag("1.0.0")
IMAGE = picture()


@dataclass(slots=True)
class FixedLogin:
    """An AzureLogin that gives one token, or fails."""

    failure: str = ""
    scopes: list[str] = field(default_factory=list)

    async def token(self, scope: str) -> AzureToken:
        self.scopes.append(scope)
        if self.failure:
            raise LoginError(self.failure)
        return AzureToken(SECRET, 4e9)


@dataclass(slots=True)
class Desk:
    """What a test needs at hand."""

    arm: sandbox.Arm
    base: Registry
    prod: Registry
    login: FixedLogin = field(default_factory=FixedLogin)
    notices: list[Notice] = field(default_factory=list)
    now: float = 1000.0
    client: Arm = field(init=False)

    def held(self, tag: Tag = VERSION) -> Digest | None:
        """What the target's tag points to."""
        return self.prod.store.resolve(PLACE, tag)

    async def run(self, job: ImportJob) -> list[ImportAdvanced]:
        """The whole import."""
        return [item async for item in self.client.run(job)]


def job(**changes: Any) -> ImportJob:
    """An import of the image, with its tag."""
    fields: dict[str, Any] = {"tag": VERSION} | changes
    return ImportJob(BASE, PROD, PLACE, PLACE, IMAGE.digest, **fields)


@asynccontextmanager
async def desk(
    *, is_abac: bool = False, knows_base: bool = True, subscriptions: tuple[str, ...] = (), **arm_fields: Any
) -> AsyncGenerator[Desk, None]:
    """A desk whose base registry holds the image."""
    made = Desk(sandbox.Arm(duration=0.05, **arm_fields), Registry("contosobase"), Registry("contosoprod"))
    images.push_into(made.base, PLACE, IMAGE, VERSION)
    if knows_base:
        made.arm.add(made.base, BASE.registry)
    made.arm.add(made.prod, PROD.registry, has_repository_permissions=is_abac)
    async with sandbox.serve_arm(made.arm) as base_url:
        made.client = Arm(
            made.login,
            cloud_at(base_url),
            subscriptions=subscriptions,
            observe=made.notices.append,
            interval=0.02,
            clock=lambda: made.now,
        )
        try:
            yield made
        finally:
            await made.client.close()
