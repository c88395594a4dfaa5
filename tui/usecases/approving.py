"""Approving of a promotion: what would be approved, and the approval itself, pushed beside the image."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from tui.domain.approval import Approval
from tui.domain.content import Descriptor
from tui.domain.environment import Environment
from tui.domain.events import Recorded
from tui.domain.reference import Reference, Repository, Tag
from tui.ports.errors import WindlassError
from tui.usecases.tools import Tools


class CannotApprove(WindlassError):
    """It cannot be approved; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Approving:
    """What somebody would approve of: promoting `root`, which `source` holds under `tag`, to `target`.

    `by` is who the source's registry takes this client for; `given` are the approvals that are there already.
    """

    source: Environment
    target: Environment
    repository: Repository
    tag: Tag
    root: Descriptor
    by: str
    given: tuple[Approval, ...] = ()

    @property
    def subject(self) -> Reference:
        """The image, pinned by digest."""
        return self.source.reference(self.repository, self.tag, self.root.digest)

    @property
    def place(self) -> str:
        """Where it may then be promoted to, as `tui.domain.approval` spells it."""
        return f"{self.target.registry}/{self.target.locate(self.repository)}"


async def look_at_approval(
    tools: Tools, source: Environment, target: Environment, repository: Repository, tag: Tag
) -> Approving:
    """What would be approved, read now. Raises CannotApprove (nobody is logged in there), RegistryError."""
    raise NotImplementedError


async def approve(
    tools: Tools, approving: Approving, remark: str, forbidden: str = ""
) -> AsyncGenerator[Recorded, None]:
    """Pushes the approval and finds it again among the referrers. `forbidden` says why nothing may be written.

    The last event is ApprovalGiven, PromotionRefused or PromotionFailed. Raises JournalError.
    """
    raise NotImplementedError
    yield
