"""Undoing a promotion: the digest that its tag held before is put back, or the tag taken away that it created."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from tui.domain.environment import Environment, PromotionPath
from tui.domain.events import Recorded
from tui.domain.past import Past
from tui.domain.plan import Consent, Request, Verdict
from tui.domain.reference import Digest, Reference, Repository, Tag
from tui.ports.errors import WindlassError
from tui.usecases.tools import Tools


class CannotUndo(WindlassError):
    """A promotion cannot be undone; the sentence says why and what to do."""


@dataclass(frozen=True, slots=True)
class Untagging:
    """A tag that holds `digest` and is to be taken away, as the promotion `past` created it; with what gates say."""

    past: Past
    environment: Environment
    repository: Repository
    tag: Tag
    digest: Digest
    verdicts: tuple[Verdict, ...]

    @property
    def reference(self) -> Reference:
        """The tag."""
        return self.environment.reference(self.repository, self.tag)

    @property
    def refusals(self) -> tuple[Verdict, ...]:
        """The gates that do not pass."""
        return tuple(verdict for verdict in self.verdicts if not verdict.passed)

    @property
    def consent(self) -> Consent:
        """The yes of somebody who was shown it, whole."""
        return Consent(frozenset(verdict.gate for verdict in self.verdicts if verdict.asks))


async def undoing(tools: Tools, path: PromotionPath, promotion: str = "") -> Request | Untagging:
    """What undoes `promotion` (an id, or how one begins), or the last one that wrote a tag.

    A request is for `make_plan`, which looks whether the digest is still there. Raises CannotUndo, RegistryError,
    JournalError.
    """
    raise NotImplementedError


async def untag(
    tools: Tools, untagging: Untagging, consent: Consent, forbidden: str = ""
) -> AsyncGenerator[Recorded, None]:
    """Takes the tag away, if it still holds what it did; the last event is an ending. Raises JournalError.

    `forbidden` says why nothing may be written in this session; empty where it may.
    The tag is looked for afterwards, and so is its manifest: it is to stay.
    """
    raise NotImplementedError
    yield
