"""An Azure Container Registry for tests: the sandbox's, with rows put straight into its store, and a client of it."""

from collections.abc import Iterable
from typing import Final

from tests.registry.stub import Ears
from tui.domain import media
from tui.domain.content import digest_of
from tui.domain.reference import Digest, Repository, Tag, parse_repository
from tui.domain.snapshot import TagEntry
from tui.registry.acr.client import AcrClient
from tui.registry.client import Endpoint, Limits, Timing
from tui.registry.credentials import Anonymous, CredentialSource, Static
from tui.sandbox.auth import Acr
from tui.sandbox.manifest import Manifest
from tui.sandbox.registry import Registry

API: Final = parse_repository("shop/api")
LOGIN: Final = Acr(user="operator", password="hunter2-hunter2")
OPERATOR: Final = Static("operator", "hunter2-hunter2")
_BODY: Final = b'{"schemaVersion":2}'
DIGEST: Final = digest_of(_BODY)
"""What every tag of `fill` points at."""


def fill(registry: Registry, repository: str, tags: Iterable[str]) -> None:
    """Puts tags of one small manifest into `registry`, without HTTP."""
    manifest = Manifest(_BODY, media.OCI_MANIFEST, (), (), None, None, {})
    registry.store.put_manifest(Repository(repository), DIGEST, manifest, [Tag(tag) for tag in tags])


def acr_client(
    host: str,
    credentials: CredentialSource | None = None,
    *,
    ears: Ears | None = None,
    limits: Limits | None = None,
    timing: Timing | None = None,
) -> AcrClient:
    """A client of a plain http registry that never really sleeps."""
    ears = ears or Ears()
    return AcrClient(
        Endpoint(host, plain_http=True),
        credentials or Anonymous(),
        observe=ears.hear,
        limits=limits or Limits(),
        timing=timing or Timing(sleep=ears.sleep, random=lambda: 0.5),
    )


async def catalog(registry: AcrClient) -> list[str]:
    """All names."""
    return [name async for page in registry.repositories() for name in page]


async def listed(registry: AcrClient, repository: Repository = API) -> dict[str, TagEntry]:
    """All entries by tag."""
    return {entry.tag: entry async for page in registry.tags(repository) for entry in page}


def tag_row(name: object, digest: object = str(Digest("sha256", "a" * 64)), **changes: object) -> dict[str, object]:
    """A row as ACR writes it."""
    attributes = {"deleteEnabled": True, "writeEnabled": True, "readEnabled": True, "listEnabled": True}
    times = {"createdTime": "2026-11-02T08:00:00.1234567Z", "lastUpdateTime": "2026-11-03T08:00:00.1234567Z"}
    return {"name": name, "digest": digest, **times, "signed": False, "changeableAttributes": attributes, **changes}


def tag_page(*rows: object) -> dict[str, object]:
    """A page of `_tags` as ACR writes it."""
    return {"registry": "contoso.azurecr.io", "imageName": API, "tags": list(rows)}
