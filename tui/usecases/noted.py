"""What the registries themselves tell of the promotions of a tag, whoever made them and whatever journal they share."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.domain.environment import Environment, PromotionPath
from tui.domain.provenance import Note, notes_among
from tui.domain.reference import Repository, Tag
from tui.ports.errors import NotFound, RegistryError
from tui.usecases.concurrency import gather_all
from tui.usecases.tools import Tools


@dataclass(frozen=True, slots=True)
class Noted:
    """What `environment` tells of its image, the newest note first; where it could not be read, `unread` says why."""

    environment: Environment
    notes: tuple[Note, ...] = ()
    unread: str = ""
    holds: bool = True
    """False where it has no such tag."""


async def noted(tools: Tools, path: PromotionPath, repository: Repository, tag: Tag) -> Sequence[Noted]:
    """The notes of what every environment of `path` holds under `tag`, in order of the path."""
    return await gather_all(*(_noted(tools, each, repository, tag) for each in path.environments))


async def _noted(tools: Tools, environment: Environment, repository: Repository, tag: Tag) -> Noted:
    registry, located = tools.registries[environment], environment.locate(repository)
    try:
        held = await registry.resolve(located, tag)
        referrers = await registry.referrers(located, held.digest)
    except NotFound:
        return Noted(environment, holds=False)
    except RegistryError as error:
        return Noted(environment, unread=str(error))
    found = notes_among(referrers, f"{environment.registry}/{located}")
    return Noted(environment, tuple(reversed(found)))
