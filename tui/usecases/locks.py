"""What a lock means for a promotion: a tag that may not be written, and a wish that cannot be fulfilled."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tui.domain.environment import Environment, Kind
from tui.domain.locks import LockedPart
from tui.domain.reference import Reference, Repository, Tag
from tui.domain.verdict import Verdict, fails, passes
from tui.ports.errors import RegistryError
from tui.ports.registry import TagLocker

LOCK = "lock"
"""The gate that refuses where a tag may not be written because it is locked, which whoever may unlock it can mend."""
REPOSITORY_LOCK = "repository lock"
"""The gate that refuses where nothing of the repository may be written."""
LOCK_AFTERWARDS = "lock afterwards"
"""The gate for the wish that a promoted tag is locked."""
_GATES: Final = {LockedPart.TAG: LOCK, LockedPart.REPOSITORY: REPOSITORY_LOCK}


@dataclass(frozen=True, slots=True)
class LockedTag:
    """A tag of the board's `repository` in `environment`, whose lock is looked at or changed."""

    environment: Environment
    repository: Repository
    tag: Tag

    @property
    def reference(self) -> Reference:
        """In full."""
        return self.environment.reference(self.repository, self.tag)

    @property
    def place(self) -> Repository:
        """The repository's full name in its registry."""
        return self.environment.locate(self.repository)

    def command(self, verb: str) -> str:
        """The command line that locks or unlocks it."""
        return f"windlass {verb} {self.repository}:{self.tag} --in {self.environment.name}"


def describe_lock(part: LockedPart, wanted: LockedTag) -> tuple[str, str]:
    """What forbids writing a tag, and what would allow it."""
    name = wanted.environment.name
    if part is LockedPart.TAG:
        return f"{name} holds {wanted.tag} locked", f"unlock it first: `{wanted.command('unlock')}` (on the board U)"
    registry = wanted.environment.registry.partition(".")[0]
    command = f"az acr repository update --name {registry} --repository {wanted.place} --write-enabled true"
    return f"in {name} the whole repository {wanted.place} is locked", f"unlock it first: `{command}`"


async def judge_lock(wanted: LockedTag, lockers: Mapping[Environment, TagLocker]) -> tuple[Verdict, ...]:
    """The verdict on a tag that is to be written; none where nothing is locked, or where nothing can be.

    A lock that cannot be read refuses nothing: reading it takes another right (metadata) than writing does, and a
    tag that is locked after all is refused by its registry when it is written.
    """
    locker = lockers.get(wanted.environment)
    if locker is None:
        return ()
    try:
        part = await locker.write_lock(wanted.place, wanted.tag)
    except RegistryError as error:
        return (passes(LOCK, f"could not be read: {error.detail}"),)
    return (fails(_GATES[part], *describe_lock(part, wanted)),) if part else ()


def judge_wish(target: Environment, lockers: Mapping[Environment, TagLocker]) -> tuple[Verdict, ...]:
    """Says that a promoted tag is locked; refuses where the settings of an Azure registry want that in vain.

    Of other registries, which cannot lock at all, the settings say that the wish stays unmet.
    """
    if not target.lock or target.kind is not Kind.ACR:
        return ()
    if target in lockers:
        return (
            passes(LOCK_AFTERWARDS, f"the tag is locked after promotion, as the settings of {target.name} want it"),
        )
    reason = f"the settings want a promoted tag locked, and {target.name} cannot be asked to lock one"
    return (fails(LOCK_AFTERWARDS, reason, f"set lock = false for {target.name}, or an auth that reaches it"),)
