"""Two registries, the Resource Manager that knows them, and the management clients that others wrote, untouched."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError
from azure.core.polling import AsyncLROPoller
from azure.mgmt.containerregistry.aio import ContainerRegistryManagementClient
from azure.mgmt.containerregistry.models import ImportImageParameters, ImportSource

from tests.lab import picture
from tui.domain.reference import Digest, Repository, Tag
from tui.sandbox.arm import Arm, serve_arm
from tui.sandbox.auth import Acr
from tui.sandbox.images import push_into
from tui.sandbox.registry import Registry

API = Repository("shop/api")
IMAGE = picture()
PLAIN: dict[str, Any] = {"enforce_https": False}
"""What each call needs for plain http."""

POLLED: dict[str, Any] = {"polling_interval": 0.02}


class Credential:
    """Gives a token as an asynchronous credential does."""

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        return AccessToken("a-token", 4_000_000_000)

    async def close(self) -> None:
        """Nothing to close."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, exc_type: object = None, exc_value: object = None, traceback: object = None) -> None:
        """Nothing to close."""


class BlockingCredential:
    """Gives a token as a blocking credential does."""

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        return AccessToken("a-token", 4_000_000_000)


@dataclass(slots=True)
class Desk:
    """`client` speaks to `arm` at `url`; `test` holds `IMAGE` as `shop/api:1.0`, and `prod` is empty."""

    arm: Arm
    url: str
    client: ContainerRegistryManagementClient
    test: Registry
    prod: Registry
    test_id: str

    def wanted(self, image: str = f"{API}@{IMAGE.digest}", **fields: Any) -> ImportImageParameters:
        """An import from `test`, as `shop/api:1.0` unless said otherwise."""
        source = ImportSource(resource_id=self.test_id, source_image=image)
        chosen: dict[str, Any] = {"source": source, "target_tags": [f"{API}:1.0"], **fields}
        return ImportImageParameters(**chosen)

    async def begin(self, wanted: ImportImageParameters | None = None, **options: Any) -> AsyncLROPoller[None]:
        """Asks for the import into `prod`."""
        wanted = wanted or self.wanted()
        options = PLAIN | POLLED | options
        return await self.client.registries.begin_import_image("windlass", "prod", wanted, **options)

    async def imported(self, wanted: ImportImageParameters | None = None, **options: Any) -> None:
        """Asks for the import and waits for it."""
        await (await self.begin(wanted, **options)).result()

    async def refused(self, wanted: ImportImageParameters | None = None, **options: Any) -> HttpResponseError:
        """What becomes of an import that cannot be."""
        try:
            await self.imported(wanted, **options)
        except HttpResponseError as error:
            return error
        raise AssertionError("the import was not refused")

    def held(self, tag: str = "1.0", repository: Repository = API) -> Digest | None:
        """What `prod` has under `tag`."""
        return self.prod.store.tags(repository).get(Tag(tag))


@asynccontextmanager
async def open_desk(**settings: Any) -> AsyncGenerator[Desk, None]:
    """A desk over plain http; operations end at once unless `settings` of Arm say otherwise."""
    test, prod = Registry("test", auth=Acr()), Registry("prod", auth=Acr())
    push_into(test, API, IMAGE, "1.0")
    chosen: dict[str, Any] = {"duration": 0, **settings}
    arm = Arm(**chosen)
    test_id = arm.add(test, "127.0.0.1:5001")
    arm.add(prod, "127.0.0.1:5002")
    async with serve_arm(arm) as url, ContainerRegistryManagementClient(
        Credential(), arm.subscription_id, base_url=url, retry_backoff_factor=0.01
    ) as client:  # fmt: skip
        yield Desk(arm, url, client, test, prod, test_id)
