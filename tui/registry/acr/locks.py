"""Locks of ACR's: a tag is locked where it may be neither written nor deleted. A repository has a lock of its own."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from tui.domain.locks import LockedPart
from tui.domain.reference import Repository, Tag
from tui.ports.errors import NotFound
from tui.registry.acr.exchange import Call, read_scope, write_scope
from tui.registry.transport import Transport
from tui.usecases.concurrency import gather_pair

if TYPE_CHECKING:
    from tui.registry.acr.sdk import Sdk

_LOCKED: Final = {"can_write": False, "can_delete": False}
_FREE: Final = {"can_write": True, "can_delete": True}


async def write_lock(sdk: "Sdk", transport: Transport, repository: Repository, tag: Tag) -> LockedPart | None:
    """What forbids writing `tag`, the tag's own lock first; None where nothing does. Raises NotOffered."""
    own, whole = await gather_pair(
        _is_tag_locked(sdk, transport, repository, tag), _is_repository_locked(sdk, transport, repository)
    )
    if own:
        return LockedPart.TAG
    return LockedPart.REPOSITORY if whole else None


async def lock(sdk: "Sdk", transport: Transport, repository: Repository, tag: Tag) -> None:
    """Lets nobody move or delete `tag`. Raises NotFound, NotOffered."""
    await _change(sdk, transport, repository, tag, "lock", _LOCKED)


async def unlock(sdk: "Sdk", transport: Transport, repository: Repository, tag: Tag) -> None:
    """Lets `tag` be moved and deleted again. Raises NotFound, NotOffered."""
    await _change(sdk, transport, repository, tag, "unlock", _FREE)


async def _change(
    sdk: "Sdk", transport: Transport, repository: Repository, tag: Tag, verb: str, changes: Mapping[str, bool]
) -> None:
    """Makes the changes, and believes them only where the answer shows them."""
    call = Call(transport, f"{verb} {repository}:{tag}", write_scope(repository))
    changed = await sdk.change_tag(repository, tag, changes, call)
    if (changed.can_write, changed.can_delete) != (changes["can_write"], changes["can_delete"]):
        raise transport.refuse(call.operation, "it answers well, but with the lock as it was")


async def _is_tag_locked(sdk: "Sdk", transport: Transport, repository: Repository, tag: Tag) -> bool:
    call = Call(transport, f"read the lock of {repository}:{tag}", read_scope(repository))
    try:
        return (await sdk.tag(repository, tag, call)).can_write is False
    except NotFound:
        return False


async def _is_repository_locked(sdk: "Sdk", transport: Transport, repository: Repository) -> bool:
    call = Call(transport, f"read the lock of {repository}", read_scope(repository))
    try:
        return (await sdk.repository(repository, call)).can_write is False
    except NotFound:
        return False
